package places

import (
	"context"

	"explant/analysis/result"
	"explant/io/report"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
)

// fromSolid is a deposit as far from polymer and housing as a measurement says: that in the middle of those in its
// bin, in scan order, or of those within a pixel of its median.
func (s *Scene) fromSolid(ctx context.Context, m result.Measurement) (p Place, ok bool) {
	l := *s.Map.labels
	l.Grid.Calibration, l.Axes = s.Grid.Calibration, [3][3]float64{}
	least := 0.0
	for a := range 3 {
		l.Spacing[a] = s.Grid.Spacing[a] * float64(s.Map.step[a])
		if least == 0 || l.Spacing[a] < least {
			least = l.Spacing[a]
		}
	}
	lo, hi := m.Value/1000-least, m.Value/1000+least
	if _, from, to, unit, binned := report.Bin(m); binned && unit == "um" {
		lo, hi = from/1000, to/1000
	} else if m.Unit != "um" {
		return p, false
	}
	v, known := s.Map.Value("deposit")
	var solid []uint8
	for _, name := range []string{"polymer", "housing"} {
		if v, there := s.Map.Value(name); there {
			solid = append(solid, v)
		}
	}
	far, err := distance.To(ctx, &l, label.Of(solid...), parallel.Options{}, parallel.Discard{})
	if err != nil || !known {
		return p, false
	}
	var there []int
	for i, c := range l.Data {
		if d := float64(far.Data[i]); c == v && d >= lo && d < hi {
			there = append(there, i)
		}
	}
	if len(there) == 0 {
		return p, false
	}
	i := there[len(there)/2]
	x, y, z := i%l.N[0], i/l.N[0]%l.N[1], i/(l.N[0]*l.N[1])
	p.At = s.Map.image([3]float64{float64(x), float64(y), float64(z)})
	p.Text = "a deposit at this distance from polymer and housing"
	return p, true
}
