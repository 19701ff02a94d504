package measure

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/analysis/result"
	"explant/analysis/segment"
)

func TestJackknifeOfAMeanIsItsStandardError(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	const n = 27
	var x [n]float64
	var sum float64
	for i := range x {
		x[i] = 1000 + math.Round(100*r.NormFloat64())
		sum += x[i]
	}
	var reps []segment.Counts
	var ss float64
	for i := range x {
		reps = append(reps, segment.Counts{Deposit: int64((sum - x[i]) * (n - 1))}) // exact: 26² times the mean of the rest
		ss += (x[i] - sum/n) * (x[i] - sum/n)
	}
	want := math.Sqrt(ss/(n-1)/n) / (sum / n)
	near1(t, "relative standard error", jackknife(reps, depositOf), want, 1e-9)
	if jackknife(reps[:7], depositOf) != 0 {
		t.Error("seven blocks say nothing")
	}
	alike := slices.Repeat([]segment.Counts{{Deposit: 1234567, BloodSide: 7654321}}, 27)
	if got := jackknife(alike, burdenOf); got != 0 {
		t.Errorf("replicates that are all alike give %g", got)
	}
	if got := jackknife(reps, burdenOf); got != 0 {
		t.Errorf("burden without blood side: %g", got)
	}
}

func TestBoundCombinesAndNamesTheLargest(t *testing.T) {
	m := result.Measurement{Value: 10}
	bound(&m, term{"class", 0.03}, term{"scale", 0.04}, term{"border", 0})
	near1(t, "upper", *m.UHi, 11, 1e-12)
	near1(t, "lower", *m.ULo, 9, 1e-12)
	if m.Dominant != "scale" || *m.Coverage != 0.95 {
		t.Errorf("dominant %s, coverage %g", m.Dominant, *m.Coverage)
	}
	m = result.Measurement{Value: 10}
	if bound(&m, term{"class", 0}, term{"scale", math.NaN()}); m.ULo != nil || m.Dominant != "" {
		t.Error("an interval out of nothing")
	}
	if bound(&m, term{"class", 0.8}); *m.ULo != 0 || *m.UHi != 26 {
		t.Errorf("from %g to %g", *m.ULo, *m.UHi)
	}
}

func TestIntervalsOfTheAmounts(t *testing.T) {
	s, _ := pitted(t, [3]float64{0.02, 0.02, 0.02})
	for i := range 27 { // deposit counts that spread, blood side fixed
		s.seg.Replicates = append(s.seg.Replicates, segment.Counts{Deposit: 10000 + int64(20*(i%2)), BloodSide: 200000})
	}
	scale, border := 0.01, 0.05
	thick := s.measure(t, Params{}, Input{}).Diagnostics["deposit_mean_thickness_voxels"]
	floor := &Floor{SphereUM: 60, FilmUM: math.Inf(1), BorderVoxels: border * thick / 2}
	class := jackknife(s.seg.Replicates, depositOf)
	f := s.measure(t, Params{}, Input{ScaleRel: &scale, Floor: floor})
	for id, rel := range map[string]float64{
		"dep.vol": math.Sqrt(class*class + 0.03*0.03 + 0.05*0.05),
		"dep.vf":  math.Sqrt(class*class + 0.05*0.05), // a ratio of volumes does not know the scale
		"bs.vol":  0.03,
	} {
		m := row(t, f, id, "")
		near1(t, id+" half-width", (*m.UHi-*m.ULo)/2/m.Value, 2*rel, 1e-9)
	}
	if m := row(t, f, "dep.vol", ""); m.Dominant != "border" {
		t.Errorf("dominant is %s", m.Dominant)
	}
	f = s.measure(t, Params{}, Input{})
	if m := row(t, f, "dep.vf", ""); m.Dominant != "class" || flagged(f, "no-level-uncertainty") {
		t.Errorf("dominant is %q", m.Dominant)
	}
	s.seg.Replicates = nil
	if f = s.measure(t, Params{}, Input{}); !flagged(f, "no-level-uncertainty") || row(t, f, "dep.vf", "").ULo != nil {
		t.Error("an interval without replicates")
	}
}

func TestQualityFlags(t *testing.T) {
	s, _ := pitted(t, [3]float64{0.02, 0.02, 0.02})
	f := s.measure(t, Params{}, Input{})
	if flagged(f, "below-resolution") || flagged(f, "threshold-sensitive") {
		t.Errorf("balls 20 voxels wide: %v", f.Flags)
	}
	n := int64(math.Round(row(t, f, "dep.vol", "").Value / 8e-6))
	s.seg.Steps = &segment.Steps{Lower: segment.Counts{Deposit: n * 12 / 10}, Higher: segment.Counts{Deposit: n * 95 / 100}, Size: 120}
	f = s.measure(t, Params{}, Input{})
	if !flagged(f, "threshold-sensitive") || !slices.Contains(row(t, f, "dep.vf", "").Flags, "threshold-sensitive") {
		t.Error("20 % for one step went unnoticed")
	}
	near1(t, "lower step", f.Diagnostics["deposit_change_lower_step_percent"], 20, 0.01)

	s.seg.Diagnostics = map[string]float64{"noise_sd_air_grey": (deposit - void) / 2.5}
	f = s.measure(t, Params{}, Input{})
	if !flagged(f, "low-contrast") || !slices.Contains(row(t, f, "dep.vol", "").Flags, "low-contrast") {
		t.Error("2.5 standard deviations of contrast went unnoticed")
	}
	s.seg.Diagnostics["noise_sd_air_grey"] = (deposit - void) / 3.5
	if f = s.measure(t, Params{}, Input{}); flagged(f, "low-contrast") {
		t.Error("3.5 standard deviations of contrast are flagged")
	}

	film := newScene([3]int{40, 40, 40}, [3]float64{0.02, 0.02, 0.02})
	for i := range film.seg.Labels.Data { // two voxels thick, oblique
		if d := i%40 + i/40%40 + i/1600 - 60; d >= 0 && d < 3 {
			film.seg.Labels.Data[i] = segment.Deposit
		}
	}
	f = film.measure(t, Params{}, Input{})
	if !flagged(f, "below-resolution") {
		t.Errorf("a film of %.2f voxels", f.Diagnostics["deposit_mean_thickness_voxels"])
	}
}

// A cube of n voxels a side has 6·n² faces: a border known to b voxels is 2/3·6·b/n of its volume.
func TestBorderTermOfCubes(t *testing.T) {
	s := pearls(t, 3)
	f := s.measure(t, Params{}, Input{Floor: &Floor{SphereUM: 50, FilmUM: 12, BorderVoxels: 0.1}})
	n := float64(9 * (64 + 125 + 216))
	faces := float64(9 * 6 * (16 + 25 + 36))
	m := row(t, f, "dep.vol", "")
	near1(t, "half-width", (*m.UHi-m.Value)/m.Value, 2*0.1*2/3*faces/n, 1e-9)
	near1(t, "floor of the volume", *m.Floor, math.Pi/6*math.Pow(0.05, 3), 1e-12)
	near1(t, "sphere", row(t, f, "dep.floor", "sphere, diameter").Value, 50, 1e-12)
	near1(t, "film", row(t, f, "dep.floor", "film, thickness").Value, 12, 1e-12)
	if f = s.measure(t, Params{}, Input{}); !withheld(f, "dep.floor") {
		t.Error("no floor, and nothing said")
	}
}
