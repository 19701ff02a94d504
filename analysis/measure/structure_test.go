package measure

import (
	"math"
	"testing"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/shape"
)

// TestStructureOfAShellAndABall: a piece with a cavity counts 2, a ball 1; the ball is the larger whole piece.
func TestStructureOfAShellAndABall(t *testing.T) {
	g := volume.Grid{N: [3]int{80, 50, 30}, Spacing: [3]float64{0.02, 0.02, 0.03}, Calibration: volume.Calibration{Source: volume.Typed}}
	l := volume.New[uint8](g)
	for _, s := range []shape.Solid{
		shape.Sphere{Center: shape.Point{1.1, 0.5, 0.45}, Radius: 0.3},
		shape.Shell{Center: shape.Point{0.3, 0.5, 0.45}, Inner: 0.1, Outer: 0.2},
	} {
		m, err := shape.Mask(t.Context(), g, s, parallel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, v := range m.Data {
			l.Data[i] = max(l.Data[i], v*segment.Deposit)
		}
	}
	all := measuredLabels(t, l)
	area := 4 * math.Pi * (0.3*0.3 + 0.2*0.2 + 0.1*0.1)
	breadth := 0.6 + 0.4 - 0.2
	window := 79 * 0.02 * 49 * 0.02 * 29 * 0.03
	for _, want := range []struct {
		metric, part string
		value, off   float64
	}{
		{"dep.euler", "", 3, 0},
		{"dep.sv", "", area / window, 0.03},
		{"dep.breadth", "", breadth / window, 0.05},
		{"dep.radii", "longest", 300, 0.02},
		{"dep.radii", "shortest", 300, 0.02},
	} {
		if got, ok := all[[2]string{want.metric, want.part}]; !ok || math.Abs(got-want.value) > want.off*want.value {
			t.Errorf("%s %s is %g (%v), want %g", want.metric, want.part, got, ok, want.value)
		}
	}
	l.Spacing, l.Calibration = [3]float64{}, volume.Calibration{}
	if all := measuredLabels(t, l); len(all) != 1 || all[[2]string{"dep.euler", ""}] != 3 {
		t.Errorf("without a voxel size: %v", all)
	}
}

// measuredLabels are the values of form of labels.
func measuredLabels(t *testing.T, l *volume.Labels) map[[2]string]float64 {
	t.Helper()
	grey := volume.New[uint16](l.Grid)
	s := &segment.Segmentation{Labels: l, Levels: [segment.ClassCount]float64{6000, 6000, 20000, 26000, 29000}}
	f, err := Volume(t.Context(), grey, s, Params{Structure: true}, Input{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	out := map[[2]string]float64{}
	for _, m := range f.Measurements {
		switch m.Metric {
		case "dep.euler", "dep.sv", "dep.breadth", "dep.radii":
			out[[2]string{m.Metric, m.Part}] = m.Value
		}
	}
	return out
}
