package measure

import (
	"math"
	"slices"
	"testing"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/shape"
)

const void, polymer, deposit = 6000.0, 20000.0, 29000.0

// scene is a volume whose labels and greys are those of deposit solids in void.
type scene struct {
	grey *volume.Volume[float32]
	seg  *segment.Segmentation
}

func newScene(n [3]int, spacing [3]float64) *scene {
	g := volume.Grid{N: n, Spacing: spacing}
	s := &scene{grey: volume.New[float32](g), seg: &segment.Segmentation{Labels: volume.New[uint8](g)}}
	for i := range s.grey.Data {
		s.grey.Data[i] = void
	}
	nan := math.NaN()
	s.seg.Levels = [segment.ClassCount]float64{void, nan, polymer, nan, deposit}
	return s
}

// add draws a solid: greys by sub-voxel coverage, labels where it covers at least half.
func (s *scene) add(t *testing.T, class uint8, solid shape.Solid) {
	t.Helper()
	c, err := shape.Coverage(t.Context(), s.grey.Grid, solid, 6, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	level := float32(s.seg.Levels[class])
	for i, f := range c.Data {
		s.grey.Data[i] += f * (level - s.grey.Data[i])
		if f >= 0.5 {
			s.seg.Labels.Data[i] = class
		}
	}
}

func (s *scene) measure(t *testing.T, p Params, in Input) result.Findings {
	t.Helper()
	f, err := Volume(t.Context(), s.grey, s.seg, p, in, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// row finds the measurement of a metric and part.
func row(t *testing.T, f result.Findings, metric, part string) result.Measurement {
	t.Helper()
	for _, m := range f.Measurements {
		if m.Metric == metric && m.Part == part {
			return m
		}
	}
	t.Fatalf("no %s %q among %d measurements", metric, part, len(f.Measurements))
	return result.Measurement{}
}

func rows(f result.Findings, metric string) (out []result.Measurement) {
	for _, m := range f.Measurements {
		if m.Metric == metric {
			out = append(out, m)
		}
	}
	return out
}

func flagged(f result.Findings, id string) bool {
	return slices.ContainsFunc(f.Flags, func(g result.Flag) bool { return g.ID == id })
}

func withheld(f result.Findings, metric string) bool {
	return slices.ContainsFunc(f.NotMeasured, func(w result.Withheld) bool { return w.Metric == metric && w.Reason != "" })
}

func near1(t *testing.T, what string, got, want, rel float64) {
	t.Helper()
	if !(math.Abs(got-want) <= rel*math.Abs(want)) {
		t.Errorf("%s is %g, want %g within %g %%", what, got, want, 100*rel)
	}
}

// pitted is one deposit ball and one on a polymer rod, off the grid's symmetry.
func pitted(t *testing.T, spacing [3]float64) (*scene, float64) {
	s := newScene([3]int{int(1.2 / spacing[0]), int(1.2 / spacing[1]), int(1.6 / spacing[2])}, spacing)
	free := shape.Sphere{Center: shape.Point{0.41, 0.6, 0.43}, Radius: 0.27}
	far := shape.Sphere{Center: shape.Point{0.71, 0.52, 1.15}, Radius: 0.21}
	s.add(t, segment.Polymer, shape.Cylinder{Center: shape.Point{1.02, 0.2, 0.8}, Axis: shape.Point{0, 0, 1}, Radius: 0.1, Length: math.Inf(1)})
	s.add(t, segment.Deposit, free)
	s.add(t, segment.Deposit, far)
	return s, free.Volume() + far.Volume()
}
