package serial

import (
	"math"

	"gonum.org/v1/gonum/mat"

	"explant/analysis/opencv"
)

// mean is a section and what its neighbours show at its places, averaged.
type mean struct {
	fixed      *level
	neighbours []*warped
	weights    []float64
	seen       []bool // by the section and all its neighbours
	count      int
	turn       Affine // from a displacement that is sought to one of the section

	colours [3][3]float64 // lower triangle of Cholesky: what differences of the three colours have in common
	strange []float32     // by value: mean square of the differences about it, in units of their variance
}

// Differences are averaged over this sigma, in values, to tell how much they say; below leastStrange of their mean
// square nothing is believed more.
const (
	strangeSigma = 8.0
	leastStrange = 0.1
)

// newMean warps the sections before and behind section k, which count by their distance; to the first and the last one
// goes on what changes between the next two.
func newMean(pictures []*Picture, places []Placement, steps []float64, k int) (*mean, error) {
	m := &mean{fixed: &pictures[k].levels[0], turn: Identity}
	add := func(j int, weight float64) {
		w := warp(m.fixed, &pictures[j].levels[0], func(p [2]float64) [2]float64 { return places[j].Unmap(places[k].Map(p)) })
		m.neighbours, m.weights = append(m.neighbours, w), append(m.weights, weight)
	}
	switch last := len(places) - 1; k {
	case 0:
		share := steps[0] / steps[1]
		add(1, 1+share)
		add(2, -share)
	case last:
		share := steps[last-1] / steps[last-2]
		add(last-1, 1+share)
		add(last-2, -share)
	default:
		both := steps[k-1] + steps[k]
		add(k-1, steps[k]/both)
		add(k+1, steps[k-1]/both)
	}
	m.look()
	if err := m.weigh(); err != nil {
		return nil, err
	}
	return m, nil
}

// look finds the values that all show.
func (m *mean) look() {
	m.seen = make([]bool, len(m.neighbours[0].seen))
	for i := range m.seen {
		m.seen[i] = m.neighbours[0].seen[i] && m.neighbours[1].seen[i]
		if m.seen[i] {
			m.count++
		}
	}
}

// enough says whether the neighbours cover the section well enough to be believed.
func (m *mean) enough() bool { return float64(m.count) >= leastOverlap*float64(len(m.seen)) }

// difference is the section less its neighbours.
func (m *mean) difference(i int) (e [3]float64) {
	for k, w := range m.neighbours {
		for c := range e {
			e[c] += m.weights[k] * w.difference(m.fixed, c, i)
		}
	}
	return e
}

// weigh finds what differences have in common between the colours and how large they are from place to place: where
// cells are packed, which end within a section, they say little.
func (m *mean) weigh() (err error) {
	var sum [3][3]float64
	for i, ok := range m.seen {
		if ok {
			e := m.difference(i)
			for a := range e {
				for b := range a + 1 {
					sum[a][b] += e[a] * e[b]
				}
			}
		}
	}
	m.colours = triangle(sum, float64(max(m.count, 1)))
	size := make([]float32, len(m.seen))
	for i, ok := range m.seen {
		if ok {
			e := m.alone(m.difference(i))
			size[i] = float32(e[0]*e[0]+e[1]*e[1]+e[2]*e[2]) / 3
		}
	}
	m.strange, err = opencv.Gaussian(opencv.Plane{W: m.fixed.w, H: m.fixed.h, Pix: size}, strangeSigma)
	return err
}

// ridge is added to the variances of the colours, of which two may tell the same.
const ridge = 0.02

// triangle is the lower triangle of Cholesky of sums over n; the identity where a colour never differs.
func triangle(sum [3][3]float64, n float64) (l [3][3]float64) {
	shared := mat.NewSymDense(3, nil)
	for i := range l {
		for j := range i + 1 {
			shared.SetSym(i, j, sum[i][j]/n)
		}
		shared.SetSym(i, i, sum[i][i]/n*(1+ridge))
	}
	var c mat.Cholesky
	if !c.Factorize(shared) {
		return [3][3]float64{{1}, {0, 1}, {0, 0, 1}}
	}
	var lower mat.TriDense
	c.LTo(&lower)
	for i := range l {
		for j := range i + 1 {
			l[i][j] = lower.At(i, j)
		}
	}
	return l
}

// alone takes out of each colour what it has in common with those before, and its size.
func (m *mean) alone(v [3]float64) [3]float64 {
	l := &m.colours
	v[0] /= l[0][0]
	v[1] = (v[1] - l[1][0]*v[0]) / l[1][1]
	v[2] = (v[2] - l[2][0]*v[0] - l[2][1]*v[1]) / l[2][2]
	return v
}

func (m *mean) at(i int) (e, gx, gy [3]float64, ok bool) {
	if !m.seen[i] {
		return e, gx, gy, false
	}
	for c := range gx {
		x, y := float64(m.fixed.gx[c][i]), float64(m.fixed.gy[c][i])
		gx[c], gy[c] = x*m.turn[0][0]+y*m.turn[1][0], x*m.turn[0][1]+y*m.turn[1][1]
	}
	e, gx, gy = m.alone(m.difference(i)), m.alone(gx), m.alone(gy)
	weight := 1 / math.Sqrt(float64(m.strange[i])+leastStrange)
	for c := range e {
		e[c], gx[c], gy[c] = e[c]*weight, gx[c]*weight, gy[c]*weight
	}
	return e, gx, gy, true
}
