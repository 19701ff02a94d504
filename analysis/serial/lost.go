package serial

import "math"

// When sections count as lost.
const (
	mostLost    = 3    // sections that are looked for between two neighbours
	lostGain    = 9.0  // twice the logarithm of the likelihood that a loss must gain
	growth      = 0.65 // power of the distance with which sections come to differ, until pairs tell it
	leastTested = 5    // sections below which nothing is told from likeness
	unlikeSD    = 0.10 // least spread of the logarithm of unlikeness between pairs of one distance
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
	now := c.misfit()
	for {
		best, at, by := now, -1, 0
		for k := range lost {
			for more := 1; lost[k] == 0 && more <= mostLost; more++ {
				lost[k] = more
				if m := c.misfit(); m+lostGain < best || at >= 0 && m < best {
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

// course is how unlikeness grows with distance.
type course struct {
	pairs []Pair
	steps []float64
	lost  []int
}

// misfit is minus twice the logarithm of the likelihood of all pairs, but for a constant, with the course that
// fits them best.
func (c *course) misfit() float64 {
	var n, sx, sy, sxx, sxy, syy float64
	for _, p := range c.pairs {
		d := 0.0
		for k := min(p.Fixed, p.Moving); k < max(p.Fixed, p.Moving); k++ {
			d += c.steps[k] + float64(c.lost[k])
		}
		x, y := math.Log(d), math.Log(max(1-p.Similarity, 1e-3))
		n, sx, sy, sxx, sxy, syy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y, syy+y*y
	}
	vx, cxy, vy := sxx-sx*sx/n, sxy-sx*sy/n, syy-sy*sy/n
	slope := growth
	if vx > 0 {
		slope = min(max(cxy/vx, growth/2), 2*growth)
	}
	return (vy - 2*slope*cxy + slope*slope*vx) / square2(unlikeSD)
}
