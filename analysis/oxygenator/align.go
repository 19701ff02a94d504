package oxygenator

import (
	"math"

	"gonum.org/v1/gonum/spatial/r3"
)

const (
	alignReach = 32.0 // voxels of length that speak about the place of a knot
	alignMost  = 1.0  // voxels that a knot may move at once
)

// lean are the normal equations of a sideways shift of a piece of a fibre: along its side and up.
type lean struct{ aa, ab, bb, a, b float64 }

func (l *lean) add(ja, jb, e float64) {
	l.aa, l.ab, l.bb = l.aa+ja*ja, l.ab+ja*jb, l.bb+jb*jb
	l.a, l.b = l.a+ja*e, l.b+jb*e
}

func (l *lean) merge(m lean) {
	l.aa, l.ab, l.bb, l.a, l.b = l.aa+m.aa, l.ab+m.ab, l.bb+m.bb, l.a+m.a, l.b+m.b
}

// ramp is what a fibre's grey above air and its fall with the distance from the axis are, by distance.
type ramp struct{ grey, fall []float32 }

func (lv levels) ramp(f *fibre) ramp {
	var r ramp
	wall := lv.polymer - lv.air
	for k := 0; float64(k)*tableStep < f.outer+beyond+2; k++ {
		d := float64(k) * tableStep
		r.grey = append(r.grey, float32(wall*disc(d, f.outer, lv.sigma)+(f.content-wall)*disc(d, f.inner, lv.sigma)))
		r.fall = append(r.fall, float32(wall*slope(d, f.outer, lv.sigma)+(f.content-wall)*slope(d, f.inner, lv.sigma)))
	}
	return r
}

// align moves the knots to where the pieces say that the axis is: a straight line through the shifts of
// the pieces around each knot, the nearer ones weighing more.
func (f *fibre) align() {
	n := len(f.knots)
	at := make([]float64, n) // place of each knot along the fibre
	for k := 1; k < n; k++ {
		at[k] = at[k-1] + r3.Norm(r3.Sub(f.knots[k], f.knots[k-1]))
	}
	moved := make([]r3.Vec, n)
	for k := range f.knots {
		p := f.piece(min(k, n-2))
		var s [2]float64
		for axis := range s {
			s[axis] = bound(f.shiftAt(axis, at, at[k]), -alignMost, alignMost)
		}
		moved[k] = along(along(f.knots[k], p.side, s[0]), p.up, s[1])
	}
	f.knots = moved
}

// shiftAt is the shift along one axis at a place along the fibre.
func (f *fibre) shiftAt(axis int, at []float64, place float64) float64 {
	var w0, w1, w2, y0, y1 float64
	for k, l := range f.leans {
		det := l.aa*l.bb - l.ab*l.ab
		if !(det > 1e-6*l.aa*l.bb) {
			continue
		}
		shift, weight := (l.a*l.bb-l.b*l.ab)/det, det/l.bb
		if axis == 1 {
			shift, weight = (l.b*l.aa-l.a*l.ab)/det, det/l.aa
		}
		x := ((at[k]+at[k+1])/2 - place) / alignReach
		w := weight / (1 + math.Pow(x, 4))
		shift = bound(shift, -2, 2)
		w0, w1, w2 = w0+w, w1+w*x, w2+w*x*x
		y0, y1 = y0+w*shift, y1+w*x*shift
	}
	w2 += 0.01 * w0 // where all speak from one place, the fibre is not turned
	if det := w0*w2 - w1*w1; det > 0 {
		return (y0*w2 - y1*w1) / det
	}
	return 0
}
