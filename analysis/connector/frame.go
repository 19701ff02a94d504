package connector

import "math"

type vec [3]float64

func (a vec) plus(k float64, b vec) vec { return vec{a[0] + k*b[0], a[1] + k*b[1], a[2] + k*b[2]} }
func (a vec) dot(b vec) float64         { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
func (a vec) cross(b vec) vec {
	return vec{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}
func (a vec) unit() vec { return vec{}.plus(1/math.Sqrt(a.dot(a)), a) }

// frame is a straight axis through the device: a point on it, two directions across, and the flow.
type frame struct{ o, u, v, w vec }

// along makes the frame with the flow w through o. The direction u, from which angles are counted towards v, is the
// next of the image's axes x, y, z, x after the one along which the flow runs most.
func along(o, w vec) frame {
	w = w.unit()
	most := 0
	for a := range 3 {
		if math.Abs(w[a]) > math.Abs(w[most]) {
			most = a
		}
	}
	var e vec
	e[(most+1)%3] = 1
	u := e.plus(-e.dot(w), w).unit()
	return frame{o, u, w.cross(u), w}
}

// place is the point of the scanner at x, y across and s along the axis.
func (f *frame) place(x, y, s float64) vec { return f.o.plus(x, f.u).plus(y, f.v).plus(s, f.w) }

// device is the inverse of place.
func (f *frame) device(p vec) (x, y, s float64) {
	d := p.plus(-1, f.o)
	return d.dot(f.u), d.dot(f.v), d.dot(f.w)
}
