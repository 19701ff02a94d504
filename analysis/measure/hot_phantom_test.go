package measure

import (
	"os"
	"strings"
	"testing"

	"explant/analysis/phantom"
	"explant/analysis/segment"
	"explant/volume/parallel"
)

// crowdOf is how many hot spots a phantom has in its smallest cells, and whether the largest lies in its crowd;
// ok is false where they are withheld.
func crowdOf(t *testing.T, o phantom.Oxygenator) (n float64, there, ok bool) {
	t.Helper()
	o.InletDecay, o.Coverage = 1e9, 1 // deposit as common everywhere
	grey, truth, _, err := o.Make(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &segment.Segmentation{Labels: truth, Levels: [segment.ClassCount]float64{6000, 6000, 20000, 26000, 29000}}
	f, err := Volume(t.Context(), grey, s, Params{HotSpots: true}, Input{Axis: "z"}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	there = true
	for _, m := range f.Measurements {
		if m.Metric != "hot.gi" || !strings.HasPrefix(m.Part, "cells of 0.5 mm") {
			continue
		}
		ok = true
		switch {
		case strings.HasSuffix(m.Part, "hot spots"):
			n = m.Value
		case len(m.Part) > 3 && m.Part[len(m.Part)-3:len(m.Part)-1] == ", ":
			a := m.Part[len(m.Part)-1] - 'x'
			d := m.Value - o.Crowd.At[a]*float64(o.N[a])*o.SpacingUM/1000
			there = there && d*d < 0.36
		}
	}
	return n, there && n > 0, ok
}

// Deposits of every kind scattered evenly over a bundle make no hot spots; a crowd of 1 mm radius in which they
// fill two fifths of the space is one. EXPLANT_VALIDATE=1 counts 20 phantoms of 256 voxels, of which one may
// have a hot spot by chance.
func TestHotSpotsOfPhantomsValidate(t *testing.T) {
	size, seeds, most := 160, 1, 0
	if os.Getenv("EXPLANT_VALIDATE") != "" {
		size, seeds, most = 256, 20, 2
	}
	false1, found := 0, 0
	for seed := 1; seed <= seeds; seed++ {
		o := phantom.DefaultOxygenator(size, uint64(seed))
		n, _, ok := crowdOf(t, o)
		if n > 0 {
			false1++
		}
		o.Crowd = phantom.Crowd{At: [3]float64{0.6, 0.4, 0.65}, RadiusUM: 1000, Share: 0.4}
		m, there, okCrowd := crowdOf(t, o)
		if there {
			found++
		}
		t.Logf("seed %d: uniform %g hot spots (%v), with a crowd %g (%v), the largest in it: %v", seed, n, ok, m, okCrowd, there)
	}
	if false1 > most {
		t.Errorf("%d of %d uniform phantoms have hot spots", false1, seeds)
	}
	if size == 256 && found < seeds*9/10 {
		t.Errorf("the crowd is found in %d of %d", found, seeds)
	}
}
