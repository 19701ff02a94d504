package serial

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
)

// How the affine map is refined.
const (
	affineSteps  = 40    // at most, on each level
	affineRest   = 0.005 // pixels of the level: a step that moves no corner farther is the last
	leastOverlap = 0.25  // of the fixed picture that the moving one must cover
)

// refineAffine maximises the correlation of a level over affine maps from fixed to moving, starting from a: steps
// of Gauss and Newton on the gradient of the fixed level, each with the moving values brought to the fixed ones'
// mean and spread, which makes their squared difference a measure of the correlation alone. It returns the map with
// the largest correlation that it met.
func refineAffine(ctx context.Context, fixed, moving *level, a Affine) (best Affine, zncc float64, err error) {
	best, zncc = a, math.Inf(-1)
	for range affineSteps {
		if err := ctx.Err(); err != nil {
			return best, zncc, err
		}
		w := warp(fixed, moving, a.Apply)
		if float64(w.count) < leastOverlap*float64(len(w.seen)) {
			return best, zncc, nil
		}
		if w.zncc > zncc {
			best, zncc = a, w.zncc
		}
		d, ok := affineStep(fixed, &twin{fixed, w})
		if !ok {
			return best, zncc, nil
		}
		a = a.After(d)
		if reach := farthest(d, fixed.middle()); reach < affineRest*fixed.step {
			break
		}
	}
	if w := warp(fixed, moving, a.Apply); w.zncc > zncc {
		best, zncc = a, w.zncc
	}
	return best, zncc, nil
}

// middle is that of a level, in pixels of the section.
func (l *level) middle() [2]float64 {
	return [2]float64{float64(l.w) * l.step / 2, float64(l.h) * l.step / 2}
}

// affineStep solves the normal equations of a small affine map of the fixed plane, whose parameters are those of
// the place relative to the middle, in units of half the longer side.
func affineStep(fixed *level, s slopes) (Affine, bool) {
	middle := fixed.middle()
	size := max(middle[0], middle[1])
	var h [3][6]float64 // gxx, gxy, gyy times uu, uv, u, vv, v, 1
	var b [2][3]float64
	for y := range fixed.h {
		for x := range fixed.w {
			i := y*fixed.w + x
			e, gx, gy, ok := s.at(i)
			if !ok {
				continue
			}
			var gxx, gxy, gyy, bx, by float64
			for c, e := range e {
				gx, gy := gx[c], gy[c]
				gxx, gxy, gyy = gxx+gx*gx, gxy+gx*gy, gyy+gy*gy
				bx, by = bx+gx*e, by+gy*e
			}
			p := fixed.place(x, y)
			u, v := (p[0]-middle[0])/size, (p[1]-middle[1])/size
			for k, f := range [6]float64{u * u, u * v, u, v * v, v, 1} {
				h[0][k] += gxx * f
				h[1][k] += gxy * f
				h[2][k] += gyy * f
			}
			for k, f := range [3]float64{u, v, 1} {
				b[0][k] += bx * f
				b[1][k] += by * f
			}
		}
	}
	normal := mat.NewSymDense(6, nil)
	at := [3][3]int{{0, 1, 2}, {1, 3, 4}, {2, 4, 5}}
	for i := range 6 {
		for j := i; j < 6; j++ {
			normal.SetSym(i, j, h[i/3+j/3][at[i%3][j%3]])
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(normal) {
		return Identity, false
	}
	var step mat.VecDense
	if err := chol.SolveVecTo(&step, mat.NewVecDense(6, []float64{b[0][0], b[0][1], b[0][2], b[1][0], b[1][1], b[1][2]})); err != nil {
		return Identity, false // singular to working precision: flat pictures
	}
	q := step.RawVector().Data
	d := Affine{{1 + q[0]/size, q[1] / size, q[2]}, {q[3] / size, 1 + q[4]/size, q[5]}}
	return about(d, middle), d.Det() > 0.5 && d.Det() < 2
}

// about makes a map of places relative to the middle one of places.
func about(m Affine, middle [2]float64) Affine {
	at := Affine{{m[0][0], m[0][1], 0}, {m[1][0], m[1][1], 0}}.Apply(middle)
	m[0][2] += middle[0] - at[0]
	m[1][2] += middle[1] - at[1]
	return m
}

// farthest is how far a map moves the corners of a plane around the middle.
func farthest(d Affine, middle [2]float64) (reach float64) {
	for _, p := range [][2]float64{{0, 0}, {2 * middle[0], 0}, {0, 2 * middle[1]}, {2 * middle[0], 2 * middle[1]}} {
		q := d.Apply(p)
		reach = max(reach, math.Hypot(q[0]-p[0], q[1]-p[1]))
	}
	return reach
}
