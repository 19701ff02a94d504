package measure

import (
	"math"
	"testing"

	"explant/analysis/result"
	"explant/analysis/segment"
)

// TestPathThroughAPlate has a plate of polymer with one round hole of 12 voxels diameter, and a closed
// chamber behind a wall.
func TestPathThroughAPlate(t *testing.T) {
	s := newScene([3]int{41, 41, 30}, [3]float64{0.02, 0.02, 0.02})
	for i := range s.seg.Labels.Data {
		p := s.seg.Labels.Position(i)
		hole := math.Hypot(float64(p[0])-15, float64(p[1])-15) <= 6
		shell := max(math.Abs(float64(p[0])-34), math.Abs(float64(p[1])-34), math.Abs(float64(p[2])-24)) == 3
		if p[2] >= 10 && p[2] < 13 && !hole || shell {
			s.seg.Labels.Data[i] = segment.Polymer
		}
	}
	s.seg.Labels.Data[0] = segment.Deposit
	f := s.measure(t, Params{}, Input{Axis: "z"})
	if v := row(t, f, "perf.conn", "").Value; v != 1 {
		t.Errorf("joined %v", v)
	}
	dead := row(t, f, "perf.conn", "dead")
	if n := *dead.Numerator / math.Pow(0.02, 3); math.Abs(n-5*5*5) > 1e-6 {
		t.Errorf("%v dead voxels", n)
	}
	if um := row(t, f, "perf.bottleneck", "").Value; math.Abs(um-240) > 2*20 {
		t.Errorf("bottleneck %v um", um)
	}
}

func TestPathIsWithheld(t *testing.T) {
	closed := newScene([3]int{12, 12, 12}, [3]float64{0.02, 0.02, 0.02})
	for i := range closed.seg.Labels.Data {
		if closed.seg.Labels.Position(i)[2] == 6 {
			closed.seg.Labels.Data[i] = segment.Polymer
		}
	}
	closed.seg.Labels.Data[0] = segment.Deposit
	f := closed.measure(t, Params{}, Input{Axis: "z"})
	if v := row(t, f, "perf.conn", "").Value; v != 0 {
		t.Errorf("joined %v", v)
	}
	if why := reason(f, "perf.bottleneck"); why != "the inlet and the outlet face are not joined" {
		t.Errorf("%q", why)
	}
	closed.seg.LumensInVoid = true
	if why := reason(closed.measure(t, Params{}, Input{Axis: "z"}), "perf.conn"); why == "" {
		t.Error("lumens in the void do not withhold the path")
	}
	closed.seg.LumensInVoid = false
	if why := reason(closed.measure(t, Params{}, Input{Axis: "none"}), "perf.conn"); why != errNoAxis.Error() {
		t.Errorf("%q", why)
	}
}

// reason is why a metric was not measured, "" when it was.
func reason(f result.Findings, metric string) string {
	for _, w := range f.NotMeasured {
		if w.Metric == metric {
			return w.Reason
		}
	}
	return ""
}
