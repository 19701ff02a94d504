package slide

import (
	"math"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// outlined is the area in pixels of 5 µm (one a cell) of the section of a drawn slide; tissue tells where it is.
func outlined(t *testing.T, w, h int, reachUM, leastMM2 float64, tissue func(x, y int) bool) int64 {
	t.Helper()
	g := volume.Grid{N: [3]int{w, h, 1}, Spacing: [3]float64{0.005, 0.005, 0}}
	s := newSection(Params{SectionReachUM: reachUM, SectionLeastMM2: leastMM2}, g)
	labels := make([]uint8, w*h)
	for i := range labels {
		if tissue(i%w, i/w) {
			labels[i] = otherValue
		}
	}
	s.add(s.slide, labels)
	px, err := s.area(t.Context(), Params{SectionReachUM: reachUM, SectionLeastMM2: leastMM2}, parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return px
}

func TestSectionOutline(t *testing.T) {
	disc := func(cx, cy, r float64) func(x, y int) bool {
		return func(x, y int) bool { return math.Hypot(float64(x)-cx, float64(y)-cy) <= r }
	}
	ring := func(x, y int) bool { return disc(60, 60, 40)(x, y) && !disc(60, 60, 20)(x, y) }
	area := func(r float64) float64 { return math.Pi * r * r }
	const rough = 0.03 // of the area: a disc of cells is no circle
	for name, c := range map[string]struct {
		reach, least float64
		tissue       func(x, y int) bool
		want         float64 // cells
	}{
		"a disc grows by the reach":          {25, 0, disc(60, 60, 30), area(35.5)},
		"a hole smaller than the least":      {5, 0.05, ring, area(41.5)},
		"a hole larger than the least":       {5, 0.01, ring, area(41.5) - area(19.5)},
		"a piece smaller than the least":     {5, 0.05, disc(60, 60, 10), 0},
		"no tissue":                          {25, 0, func(int, int) bool { return false }, 0},
		"what a side cuts is not small":      {5, 10, func(_, y int) bool { return y < 20 }, 21 * 120},
		"a gap of less than twice the reach": {25, 0, func(x, _ int) bool { return x < 50 || x >= 58 }, 120 * 120},
	} {
		got := float64(outlined(t, 120, 120, c.reach, c.least, c.tissue))
		if math.Abs(got-c.want) > rough*c.want {
			t.Errorf("%s: %v cells, want %v", name, got, c.want)
		}
	}
}

func TestSectionWantsASize(t *testing.T) {
	if newSection(HE(), volume.Grid{N: [3]int{10, 10, 1}}) != nil || newSection(DAB(), (&memory{w: 9, h: 9}).grid(0.001)) != nil {
		t.Error("a section without a pixel size, or without a rule for it")
	}
	big := newSection(HE(), volume.Grid{N: [3]int{200000, 90000, 1}, Spacing: [3]float64{0.00025, 0.00025, 0}})
	if big.grid.N[0] > maxCells || math.Abs(big.grid.Spacing[0]-0.00025*float64(big.side)) > 1e-12 {
		t.Errorf("%v cells of %v mm", big.grid.N, big.grid.Spacing)
	}
}
