package serial

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// When sections count as lost.
const (
	mostLost    = 3    // sections that are looked for between two neighbours
	edgeGain    = 8.0  // the same behind the first section and before the last one, which few pairs tell
	lostGain    = 3.0  // twice the logarithm of the likelihood that a loss must gain
	growth      = 0.65 // power of the distance with which sections come to differ, until pairs tell it
	leastTested = 5    // sections below which nothing is told from likeness
	unlikeSD    = 0.10 // spread of the logarithm of unlikeness between pairs of one distance
	sectionSD   = 0.20 // of what one section adds to it in all of its pairs: its stain, and how much it shows
)

// Lost tells from the likeness of pairs how many sections are lost between each section and the next: how unlike
// two sections are grows with the power of their distance, and a lost section makes all pairs across it more
// unlike. steps are the numbered distances between neighbours, 1 or more each; what is returned are the further
// ones, 0 where nothing is missing.
func Lost(sections int, pairs []Pair, steps []float64) []int {
	lost := make([]int, max(sections-1, 0))
	if sections < leastTested {
		return lost
	}
	c := course{pairs: pairs, steps: steps, lost: lost}
	if !c.weigh() {
		return lost
	}
	now := c.misfit()
	for {
		best, at, by := now, -1, 0
		for k := range lost {
			for more := 1; lost[k] == 0 && more <= mostLost; more++ {
				lost[k] = more
				if m := c.misfit(); m+c.least(k) < now && m < best {
					best, at, by = m, k, more
				}
				lost[k] = 0
			}
		}
		if at < 0 {
			return lost
		}
		lost[at], now = by, best
	}
}

// least is what a loss behind section k must gain.
func (c *course) least(k int) float64 {
	if k == 0 || k == len(c.lost)-1 {
		return edgeGain
	}
	return lostGain
}

// course is how unlikeness grows with distance.
type course struct {
	pairs   []Pair
	steps   []float64
	lost    []int
	y       []float64  // logarithm of unlikeness
	inverse *mat.Dense // of the covariance of y
}

// weigh finds the covariance of the pairs: those of one section rise and fall together.
func (c *course) weigh() bool {
	n := len(c.pairs)
	cov := mat.NewSymDense(n, nil)
	for i, p := range c.pairs {
		c.y = append(c.y, math.Log(max(1-p.Similarity, 1e-3)))
		cov.SetSym(i, i, square2(unlikeSD)+2*square2(sectionSD))
		for j, q := range c.pairs[:i] {
			for _, same := range [4]bool{p.Fixed == q.Fixed, p.Fixed == q.Moving, p.Moving == q.Fixed, p.Moving == q.Moving} {
				if same {
					cov.SetSym(i, j, cov.At(i, j)+square2(sectionSD))
				}
			}
		}
	}
	var chol mat.Cholesky
	if n == 0 || !chol.Factorize(cov) {
		return false
	}
	var inverse mat.SymDense
	if chol.InverseTo(&inverse) != nil {
		return false
	}
	c.inverse = mat.DenseCopyOf(&inverse)
	return true
}

// misfit is minus twice the logarithm of the likelihood of all pairs, but for a constant, with the course that
// fits them best: generalised least squares of a constant and a slope.
func (c *course) misfit() float64 {
	n := len(c.pairs)
	x, one := make([]float64, n), make([]float64, n)
	for i, p := range c.pairs {
		d := 0.0
		for k := min(p.Fixed, p.Moving); k < max(p.Fixed, p.Moving); k++ {
			d += c.steps[k] + float64(c.lost[k])
		}
		x[i], one[i] = math.Log(d), 1
	}
	w := func(a, b []float64) float64 {
		return mat.Inner(mat.NewVecDense(n, a), c.inverse, mat.NewVecDense(n, b))
	}
	s, sx, sy := w(one, one), w(one, x), w(one, c.y)
	vx, cxy, vy := w(x, x)-sx*sx/s, w(x, c.y)-sx*sy/s, w(c.y, c.y)-sy*sy/s
	slope := growth
	if vx > 0 {
		slope = min(max(cxy/vx, growth/2), 2*growth)
	}
	return vy - 2*slope*cxy + slope*slope*vx
}
