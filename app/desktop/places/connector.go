package places

import (
	"context"
	"strings"

	"explant/analysis/result"
	"explant/io/report"
)

// reduction is where along a connector a lumen reduction lies: the middle of the deposit of a bin, or about the plane of
// the largest one. Bins are told from the tip and begin where the bore enters the image, which is its first slice
// along the flow where that runs along an axis of the image.
func (s *Scene) reduction(ctx context.Context, m result.Measurement) (p Place, ok bool) {
	axis := s.Result.Inputs["axis"]
	a := strings.Index("xyz", strings.TrimPrefix(axis, "-"))
	if a < 0 || len(strings.TrimPrefix(axis, "-")) != 1 || !s.Grid.Calibrated() {
		return p, false
	}
	first, known := 0.0, false // of the curve, from the tip
	most := m.Value
	for _, k := range s.Result.Measurements {
		if _, lo, _, unit, binned := report.Bin(k); k.Metric == m.Metric && binned && unit == "mm" && (!known || lo < first) {
			first, known = lo, true
		}
		if k.Metric == m.Metric && k.Part == "place of the max from the tip" {
			most = k.Value
		}
	}
	if !known || m.Part == "mean" {
		return p, false
	}
	step := s.Grid.Spacing[a]
	lo, hi := most-step*float64(s.Map.step[a]), most+step*float64(s.Map.step[a])
	if _, from, to, _, binned := report.Bin(m); binned {
		lo, hi = from, to
	}
	long, down := float64(s.Grid.N[a]), strings.HasPrefix(axis, "-")
	p, ok = s.middle(ctx, lo-first, hi-first, func(at [3]float64) float64 {
		if down {
			return (long - 0.5 - at[a]) * step
		}
		return (at[a] + 0.5) * step
	})
	p.Text = "about this part of the connector"
	return p, ok
}
