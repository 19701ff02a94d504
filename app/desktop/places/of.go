package places

import (
	"context"
	"math"
	"strings"

	"explant/analysis/frame"
	"explant/analysis/result"
	"explant/io/report"
	"explant/volume"
)

// Place is where the view goes for a result.
type Place struct {
	At     [3]float64 // pixels of the image
	Radius float64    // about how far it reaches, pixels
	Text   string     // what is there
}

// Scene is what places are found with: a result, its labels, and the grid of its image.
type Scene struct {
	Result result.Result
	Map    *Map // nil while they are not read
	Grid   volume.Grid
	Frame  *frame.Frame // nil where only an image axis is known
}

// Of is the place of a measurement; ok is false for one that is of the whole image.
func (s *Scene) Of(ctx context.Context, m result.Measurement) (p Place, ok bool) {
	if m.Metric == "hot.gi" {
		return s.hotSpot(m)
	}
	if s.Map == nil {
		return p, false
	}
	if m.Metric == "dist.surf" {
		return s.fromSolid(ctx, m)
	}
	if m.Metric == "conn.lar" {
		return s.reduction(ctx, m)
	}
	if _, lo, hi, unit, binned := report.Bin(m); binned {
		if m.Metric == "prof.axis" {
			return s.stretch(ctx, lo, hi, unit)
		}
		return p, false
	}
	return s.largest(ctx, m)
}

// hotSpot is where the deposit of the largest hot spot lies, which its metric gives in mm.
func (s *Scene) hotSpot(m result.Measurement) (p Place, ok bool) {
	head, _, found := strings.Cut(m.Part, ": ")
	if !found || !s.Grid.Calibrated() {
		return p, false
	}
	n := 0
	for _, k := range s.Result.Measurements {
		for a, name := range [3]string{"x", "y", "z"} {
			if k.Metric == m.Metric && k.Part == head+": largest, "+name {
				p.At[a] = k.Value/s.Grid.Spacing[a] - 0.5
				n++
			}
		}
		if k.Metric == m.Metric && k.Part == head+": largest" && k.Unit == "mm3" {
			edge := math.Cbrt(k.Value)
			p.Radius = edge / 2 / min(s.Grid.Spacing[0], s.Grid.Spacing[1], s.Grid.Spacing[2])
		}
	}
	p.Text = "the largest hot spot of " + head
	return p, n == 3
}

// classOf are the classes that whole families of metrics are of.
var classOf = []struct{ metric, class string }{{"dep.", "deposit"}, {"conn.clot", "deposit"}, {"net.like", "marker:net-like"}, {"net.", "net"}, {"h.cells", "nucleus"}, {"if.nuc", "nucleus"}}

// class is the class that a measurement is of: the one its part names, else that of its metric; "" for none.
func (s *Scene) class(m result.Measurement) string {
	class := ""
	for _, c := range s.Result.Classes {
		for _, name := range []string{c.Name, strings.TrimPrefix(c.Name, "marker:")} {
			if c.Value != 0 && (m.Part == name || strings.HasPrefix(m.Part, name+" ") || strings.HasPrefix(m.Part, name+",")) && len(c.Name) > len(class) {
				class = c.Name
			}
		}
	}
	for _, k := range classOf {
		if class == "" && strings.HasPrefix(m.Metric, k.metric) {
			return k.class
		}
	}
	return class
}

// largest is the largest piece of the class that a measurement is of.
func (s *Scene) largest(ctx context.Context, m result.Measurement) (p Place, ok bool) {
	all, err := s.Map.Pieces(ctx, s.class(m), 1)
	if err != nil || len(all) == 0 {
		return p, false
	}
	return all[0].Place(), true
}

// Place is where the view goes for a piece.
func (p Piece) Place() Place {
	reach := 0
	for a := range 3 {
		reach = max(reach, p.Max[a]-p.Min[a])
	}
	return Place{At: p.At, Radius: float64(reach) / 2, Text: "the largest piece of " + p.Class}
}

// stretch is the middle of the deposit between two distances from the inlet.
func (s *Scene) stretch(ctx context.Context, lo, hi float64, unit string) (p Place, ok bool) {
	along := s.along(unit)
	if along == nil {
		return p, false
	}
	p, ok = s.middle(ctx, lo, hi, along)
	p.Text = "the middle of the deposit in this part of the flow"
	return p, ok
}

// middle is the middle of the deposit where a distance lies in [lo, hi), or of all that does where there is none.
func (s *Scene) middle(ctx context.Context, lo, hi float64, along func([3]float64) float64) (p Place, ok bool) {
	v, known := s.Map.Value("deposit")
	l := s.Map.labels
	var sum, all [3]float64
	var n, room float64
	for z := range l.N[2] {
		if ctx.Err() != nil {
			return p, false
		}
		for y := range l.N[1] {
			for x := range l.N[0] {
				at := s.Map.image([3]float64{float64(x), float64(y), float64(z)})
				if d := along(at); d < lo || d >= hi {
					continue
				}
				room++
				deposit := known && l.At(x, y, z) == v
				for a := range at {
					all[a] += at[a]
					if deposit {
						sum[a] += at[a]
					}
				}
				if deposit {
					n++
				}
			}
		}
	}
	if n == 0 {
		sum, n = all, room
	}
	if n == 0 {
		return p, false
	}
	for a := range sum {
		p.At[a] = sum[a] / n
	}
	return p, true
}

// along is how far a pixel lies from the inlet in the unit of a profile; nil where nobody knows.
func (s *Scene) along(unit string) func([3]float64) float64 {
	if f := s.Frame; f != nil && unit == "mm" {
		return func(at [3]float64) float64 {
			d, _, _ := f.Along(scanner(s.Grid, at))
			return d
		}
	}
	axis := s.Result.Inputs["axis"]
	down := strings.HasPrefix(axis, "-")
	a := strings.Index("xyz", strings.TrimPrefix(axis, "-"))
	if a < 0 || len(strings.TrimPrefix(axis, "-")) != 1 {
		return nil
	}
	step := 1.0
	if unit == "mm" {
		step = s.Grid.Spacing[a]
	}
	lo, hi := s.Map.device()
	from, to := float64(lo[a]*s.Map.step[a]), float64(hi[a]*s.Map.step[a])
	return func(at [3]float64) float64 {
		if down {
			return (to - 0.5 - at[a]) * step
		}
		return (at[a] + 0.5 - from) * step
	}
}

// scanner is a pixel in the scanner's coordinates, mm.
func scanner(g volume.Grid, at [3]float64) [3]float64 {
	axes, p := g.Axes, g.Origin
	if axes == [3][3]float64{} {
		axes = [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	}
	for a, i := range at {
		for k := range p {
			p[k] += axes[a][k] * i * g.Spacing[a]
		}
	}
	return p
}
