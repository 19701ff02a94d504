package serial

import "math"

// Affine takes a point (x, y) of one plane to another, in pixels: row i is (a, b, c) of a*x + b*y + c.
type Affine [2][3]float64

// Identity leaves every point where it is.
var Identity = Affine{{1, 0, 0}, {0, 1, 0}}

// Apply takes a point to its place.
func (a Affine) Apply(p [2]float64) [2]float64 {
	return [2]float64{a[0][0]*p[0] + a[0][1]*p[1] + a[0][2], a[1][0]*p[0] + a[1][1]*p[1] + a[1][2]}
}

// After is the map that applies b first and then a.
func (a Affine) After(b Affine) (out Affine) {
	for i := range 2 {
		for j := range 3 {
			out[i][j] = a[i][0]*b[0][j] + a[i][1]*b[1][j]
		}
		out[i][2] += a[i][2]
	}
	return out
}

// Det is the factor by which areas grow; it is negative where the plane is mirrored.
func (a Affine) Det() float64 { return a[0][0]*a[1][1] - a[0][1]*a[1][0] }

// Inverse undoes a. A map without inverse gives infinities.
func (a Affine) Inverse() Affine {
	d := 1 / a.Det()
	m := Affine{{a[1][1] * d, -a[0][1] * d, 0}, {-a[1][0] * d, a[0][0] * d, 0}}
	t := m.Apply([2]float64{a[0][2], a[1][2]})
	m[0][2], m[1][2] = -t[0], -t[1]
	return m
}

// Degrees is the angle by which a turns, counted from x to y; of a mirrored map that after mirroring along x.
func (a Affine) Degrees() float64 {
	x, y := a[0][0]+a[1][1], a[1][0]-a[0][1]
	if a.Det() < 0 {
		x, y = a[1][1]-a[0][0], -a[1][0]-a[0][1]
	}
	return math.Atan2(y, x) * 180 / math.Pi
}

// turned is the map that turns by an angle about from, mirrors along x before where asked, and moves from to to.
func turned(degrees float64, mirror bool, from, to [2]float64) Affine {
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	m := Affine{{cos, -sin, 0}, {sin, cos, 0}}
	if mirror {
		m[0][0], m[1][0] = -m[0][0], -m[1][0]
	}
	at := m.Apply(from)
	m[0][2], m[1][2] = to[0]-at[0], to[1]-at[1]
	return m
}
