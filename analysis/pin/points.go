package pin

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Pair is one place on the slide and in the scan, mm.
type Pair struct {
	Slide [2]float64
	Scan  [3]float64
}

// Place leads from the slide to the scan: Axes are the unit vectors of right, down and into the slide, Origin is
// where the slide's corner lies, and a mm of the slide is Scale mm of the scan.
type Place struct {
	Axes   [3][3]float64
	Origin [3]float64
	Scale  float64
}

// Map is where a place of the slide lies in the scan, mm.
func (p *Place) Map(at [2]float64) (out [3]float64) {
	for b := range 3 {
		out[b] = p.Origin[b] + p.Scale*(at[0]*p.Axes[0][b]+at[1]*p.Axes[1][b])
	}
	return out
}

// Affine is the matrix of a frame file: from mm on the slide (right, down, into it, 1) to mm in the scan.
func (p *Place) Affine() [4][4]float64 {
	var m [4][4]float64
	for b := range 3 {
		for a := range 3 {
			m[b][a] = p.Scale * p.Axes[a][b]
		}
		m[b][3] = p.Origin[b]
	}
	m[3][3] = 1
	return m
}

// Reasons why pairs do not place a slide.
var (
	ErrFew       = errors.New("three pairs of points at least are wanted")
	ErrOnOneLine = errors.New("the points lie on one line: take one that lies beside it")
)

// leastBreadth is how far points must lie off their line, relative to their extent along it.
const leastBreadth = 0.02

// Fit finds the place with the least sum of squared distances in the scan; with scaled, also the scale, which
// shrinks and swells a section in the making, else 1. It returns the distance of each pair, mm.
func Fit(pairs []Pair, scaled bool) (p Place, distance []float64, err error) {
	if len(pairs) < 3 {
		return p, nil, fmt.Errorf("%d pairs: %w", len(pairs), ErrFew)
	}
	n := float64(len(pairs))
	var from [2]float64
	var to [3]float64
	for _, q := range pairs {
		for a := range 2 {
			from[a] += q.Slide[a] / n
		}
		for a := range 3 {
			to[a] += q.Scan[a] / n
		}
	}
	cov, spread := mat.NewDense(3, 3, nil), mat.NewSymDense(2, nil)
	squares := 0.0
	for _, q := range pairs {
		f := [3]float64{q.Slide[0] - from[0], q.Slide[1] - from[1], 0}
		for i := range 3 {
			for j := range 3 {
				cov.Set(i, j, cov.At(i, j)+(q.Scan[i]-to[i])*f[j])
			}
		}
		spread.SetSym(0, 0, spread.At(0, 0)+f[0]*f[0])
		spread.SetSym(0, 1, spread.At(0, 1)+f[0]*f[1])
		spread.SetSym(1, 1, spread.At(1, 1)+f[1]*f[1])
		squares += f[0]*f[0] + f[1]*f[1]
	}
	var e mat.EigenSym
	if !e.Factorize(spread, false) || !(e.Values(nil)[0] > leastBreadth*leastBreadth*e.Values(nil)[1]) {
		return p, nil, ErrOnOneLine
	}
	var svd mat.SVD
	if !svd.Factorize(cov, mat.SVDFull) || svd.Values(nil)[1] <= 1e-9*svd.Values(nil)[0] {
		return p, nil, ErrOnOneLine
	}
	p = rotation(&svd)
	if scaled {
		v := svd.Values(nil)
		p.Scale = (v[0] + v[1]) / squares // the third value is 0: the slide is flat
	}
	at := p.Map(from)
	for b := range 3 {
		p.Origin[b] = to[b] - at[b]
	}
	return p, p.distances(pairs), nil
}

// rotation is that which turns the slide's axes best, proper by the sign of the normal, which flat points leave open.
func rotation(svd *mat.SVD) Place {
	var u, v, r mat.Dense
	svd.UTo(&u)
	svd.VTo(&v)
	r.Mul(&u, v.T())
	if mat.Det(&r) < 0 {
		for i := range 3 {
			u.Set(i, 2, -u.At(i, 2))
		}
		r.Mul(&u, v.T())
	}
	p := Place{Scale: 1}
	for a := range 3 {
		for b := range 3 {
			p.Axes[a][b] = r.At(b, a)
		}
	}
	return p
}

func (p *Place) distances(pairs []Pair) []float64 {
	out := make([]float64, len(pairs))
	for i, q := range pairs {
		at := p.Map(q.Slide)
		out[i] = math.Sqrt(square(at[0]-q.Scan[0]) + square(at[1]-q.Scan[1]) + square(at[2]-q.Scan[2]))
	}
	return out
}

// RMS is the root mean square of distances.
func RMS(all []float64) float64 {
	sum := 0.0
	for _, d := range all {
		sum += d * d
	}
	return math.Sqrt(sum / math.Max(float64(len(all)), 1))
}

func square(v float64) float64 { return v * v }
