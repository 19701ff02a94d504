package measure

import (
	"testing"

	"explant/analysis/phantom"
	"explant/analysis/segment"
	"explant/volume/parallel"
)

// The plain recipe on a phantom as hard as a real bundle: its count is far too large, its occupancy
// within a tenth, and its interval contains the truth.
func TestPlainRecipeOnTheOxygenatorPhantom(t *testing.T) {
	grey, truth, facts, err := phantom.DefaultOxygenator(144, 1).Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s, err := segment.Panel(t.Context(), grey, segment.PanelParams{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Volume(t.Context(), grey, s, Params{}, Input{Axis: "z"}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	var both, either float64
	for i, c := range truth.Data {
		if c == segment.Deposit {
			either++
		}
		if s.Labels.Data[i] == segment.Deposit {
			either++
			if c == segment.Deposit {
				both++
			}
		}
	}
	v, n := row(t, f, "dep.vol", ""), row(t, f, "dep.vol", "deposit:count").Value
	want := facts.VolumeMM3.Deposit
	t.Logf("Dice %.3f, count %+.1f %%, occupancy %+.1f %%, interval %g to %g for %g", 2*both/either, 100*(n/want-1), 100*(v.Value/want-1), *v.ULo, *v.UHi, want)
	near1(t, "occupancy", v.Value, want, 0.10)
	if n < 1.1*want {
		t.Errorf("the count is %g for %g: the phantom has become too easy, or the recipe is no longer the plain one", n, want)
	}
	if *v.ULo > want || *v.UHi < want {
		t.Errorf("the interval %g to %g does not contain %g", *v.ULo, *v.UHi, want)
	}
	if c := row(t, f, "prof.axis", "inlet half").Value; c < 60 || c > 90 {
		t.Errorf("%g %% of the deposit in the inlet half", c)
	}
}
