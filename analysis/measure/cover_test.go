package measure

import (
	"math"
	"testing"

	"explant/analysis/segment"
)

// fibre is a hollow fibre along z with deposit of some voxels, some voxels off it, over part of its angle.
func fibre(spacing [3]float64, radius float64, thick, off, share float64) *scene {
	s := newScene([3]int{int(1.4 / spacing[0]), int(1.4 / spacing[1]), int(0.8 / spacing[2])}, spacing)
	step := max(spacing[0], spacing[1], spacing[2])
	for i := range s.seg.Labels.Data {
		p := s.grey.Position(i)
		x, y := float64(p[0])*spacing[0]-0.69, float64(p[1])*spacing[1]-0.71
		switch r := math.Hypot(x, y); {
		case r < radius-0.1:
			s.seg.Labels.Data[i] = segment.Lumen
		case r < radius:
			s.seg.Labels.Data[i] = segment.Polymer
		case r > radius+off*step && r < radius+(off+thick)*step && math.Abs(math.Atan2(y, x)) < share*math.Pi:
			s.seg.Labels.Data[i] = segment.Deposit
		}
	}
	return s
}

func TestCoverageOfAFibre(t *testing.T) {
	for _, c := range []struct {
		name       string
		spacing    [3]float64
		off, share float64
		contact    float64
		want       float64
	}{
		{"half", [3]float64{0.02, 0.02, 0.02}, 0, 0.5, 0, 50},
		{"a fifth", [3]float64{0.02, 0.02, 0.02}, 0, 0.2, 0, 20},
		{"a gap of a voxel is closed", [3]float64{0.02, 0.02, 0.02}, 1, 0.3, 40, 30},
		{"a gap of three is not", [3]float64{0.02, 0.02, 0.02}, 3, 0.3, 40, 0},
		{"slices farther apart", [3]float64{0.02, 0.02, 0.03}, 0, 0.5, 0, 50},
	} {
		s := fibre(c.spacing, 0.4, 4, c.off, c.share)
		f := s.measure(t, Params{Coverage: true, ContactUM: c.contact}, Input{})
		m := rows(f, "fib.cover")
		if len(m) != 1 {
			t.Fatalf("%s: %d rows", c.name, len(m))
		}
		if math.Abs(m[0].Value-c.want) > 1.5 {
			t.Errorf("%s: %g %% covered, want %g", c.name, m[0].Value, c.want)
		}
		margin := int(2.5*max(c.spacing[0], c.spacing[2])/c.spacing[2]) + 1
		near1(t, c.name+": surface of the fibre", *m[0].Denominator, 2*math.Pi*0.4*float64(s.grey.N[2]-2*margin)*c.spacing[2], 0.025)
	}
}

func TestCoverageNeedsLumensApart(t *testing.T) {
	s := fibre([3]float64{0.02, 0.02, 0.02}, 0.4, 4, 0, 0.5)
	s.seg.LumensInVoid = true
	if f := s.measure(t, Params{Coverage: true}, Input{}); !withheld(f, "fib.cover") || len(rows(f, "fib.cover")) > 0 {
		t.Error("coverage of fibres whose insides count as blood side")
	}
	s.seg.LumensInVoid = false
	s.seg.Diagnostics = map[string]float64{"fibre_outer_diameter_voxels": 6}
	if f := s.measure(t, Params{Coverage: true}, Input{}); !flagged(f, "thin-fibres") {
		t.Error("thin fibres are not flagged")
	}
}
