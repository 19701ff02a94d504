package register

import "math"

type (
	vec    [3]float64
	matrix [3][3]float64 // rows
)

func (a vec) plus(b vec) vec      { return vec{a[0] + b[0], a[1] + b[1], a[2] + b[2]} }
func (a vec) minus(b vec) vec     { return vec{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }
func (a vec) times(f float64) vec { return vec{f * a[0], f * a[1], f * a[2]} }
func (a vec) dot(b vec) float64   { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
func (a vec) length() float64     { return math.Sqrt(a.dot(a)) }
func (m *matrix) apply(a vec) vec { return vec{vec(m[0]).dot(a), vec(m[1]).dot(a), vec(m[2]).dot(a)} }
func (m *matrix) transposed() (t matrix) {
	for i := range m {
		for j := range m {
			t[i][j] = m[j][i]
		}
	}
	return t
}

func cross(a, b vec) vec {
	return vec{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

func (m *matrix) by(n *matrix) (p matrix) {
	for i := range m {
		for j := range n {
			for k := range n {
				p[i][j] += m[i][k] * n[k][j]
			}
		}
	}
	return p
}

func (m *matrix) determinant() float64 { return vec(m[0]).dot(cross(vec(m[1]), vec(m[2]))) }

// turned is the rotation about w by its length, in radians (Rodrigues' formula).
func turned(w vec) matrix {
	angle := w.length()
	m := matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	if angle < 1e-12 {
		return m
	}
	u := w.times(1 / angle)
	k := matrix{{0, -u[2], u[1]}, {u[2], 0, -u[0]}, {-u[1], u[0], 0}}
	kk := k.by(&k)
	for i := range m {
		for j := range m {
			m[i][j] += math.Sin(angle)*k[i][j] + (1-math.Cos(angle))*kk[i][j]
		}
	}
	return m
}

// identity is the matrix that leaves vectors alone.
var identity = matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
