package measure

import (
	"math"
	"testing"

	"explant/analysis/segment"
	"explant/volume/shape"
)

// plates are walls of polymer along the flow, 0.29 mm apart, with or without a wall across it in the way.
func plates(t *testing.T, detour bool) *scene {
	s := newScene([3]int{44, 40, 60}, [3]float64{0.02, 0.02, 0.02})
	for k := range 3 {
		x := 0.39*float64(k) - 0.01
		s.add(t, segment.Polymer, shape.Box{Min: shape.Point{x, -9, -9}, Max: shape.Point{x + 0.1, 9, 9}})
	}
	if detour {
		s.add(t, segment.Polymer, shape.Box{Min: shape.Point{-9, 0.19, 0.59}, Max: shape.Point{9, 9, 0.63}})
	}
	return s
}

func TestGapsBetweenPlates(t *testing.T) {
	for _, block := range []int{1, 2} {
		s := plates(t, false)
		f := s.measure(t, Params{GapThickness: true, GapNarrowUM: 310, FreePathBlock: block}, Input{Axis: "z"})
		for _, part := range []string{"mean", "median", "P5", "P95"} {
			if got := row(t, f, "gap.thick", part).Value; got > 290 || got < 290-35*float64(block) {
				t.Errorf("blocks of %d: %s of the gaps is %g µm, want 290", block, part, got)
			}
		}
		near1(t, "narrow share", row(t, f, "gap.thick", "narrower than 310 um").Value, 100, 1e-6)
		if flagged(f, "coarse-free-path") != (block > 1) {
			t.Errorf("blocks of %d: flags %v", block, f.Flags)
		}
	}
}

func TestTortuosityOfADetour(t *testing.T) {
	s := plates(t, false)
	f := s.measure(t, Params{Tortuosity: true}, Input{Axis: "z"})
	near1(t, "straight way", row(t, f, "perf.tort", "").Value, 1, 1e-6)
	f = plates(t, true).measure(t, Params{Tortuosity: true}, Input{Axis: "z"})
	// the wall leaves the way at y up to 0.18: who starts and ends beside it need not turn
	near1(t, "way past the wall", row(t, f, "perf.tort", "").Value, 1, 1e-6)
	f = plates(t, true).measure(t, Params{Tortuosity: true}, Input{Axis: "y"})
	near1(t, "way along y", row(t, f, "perf.tort", "").Value, 1, 1e-6)
	f = plates(t, true).measure(t, Params{Tortuosity: true}, Input{Axis: "x"})
	if !withheld(f, "perf.tort") {
		t.Error("a way through the plates")
	}
}

// Two walls that overlap by 0.4 mm and are 0.2 mm apart: the way is aslant between their ends.
func TestTortuosityBetweenOverlappingWalls(t *testing.T) {
	s := newScene([3]int{60, 8, 60}, [3]float64{0.02, 0.02, 0.02})
	s.add(t, segment.Polymer, shape.Box{Min: shape.Point{-9, -9, 0.39}, Max: shape.Point{0.79, 9, 0.43}})
	s.add(t, segment.Polymer, shape.Box{Min: shape.Point{0.39, -9, 0.63}, Max: shape.Point{9, 9, 0.67}})
	f := s.measure(t, Params{Tortuosity: true}, Input{Axis: "z"})
	slant := math.Hypot(0.42, 0.22) // between the centres of the voxels beside the ends
	want := (1.2 - 0.22 + slant) / 1.2
	near1(t, "tortuosity", row(t, f, "perf.tort", "").Value, want, 0.01)
}

func TestFreePathIsWithheldWithAReason(t *testing.T) {
	s := plates(t, false)
	s.seg.LumensInVoid = true
	f := s.measure(t, Params{GapThickness: true, Tortuosity: true}, Input{Axis: "z"})
	if !withheld(f, "gap.thick") || !withheld(f, "perf.tort") {
		t.Error("ways and gaps through lumens")
	}
	s.seg.LumensInVoid = false
	if f = s.measure(t, Params{Tortuosity: true}, Input{}); !withheld(f, "perf.tort") {
		t.Error("a way without an axis")
	}
	if (Params{FreePathBlock: -1}).Check() == nil || (Params{HotCellUM: math.NaN()}).Check() == nil {
		t.Error("rules that cannot be followed")
	}
}
