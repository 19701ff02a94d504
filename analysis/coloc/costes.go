package coloc

import (
	"fmt"
	"math"
)

// Thresholds are the automatic thresholds of Costes et al. 2004 (doi:10.1529/biophysj.103.038422): the pair
// on the line of orthogonal regression below which the channels do not correlate any more. They are found
// by halving to 1/4096 of the range of A. Channels that do not correlate at all have none.
func (p Pair) Thresholds() (ta, tb float64, err error) {
	r, err := p.Pearson()
	if err != nil {
		return 0, 0, err
	}
	if r <= 0 {
		return 0, 0, fmt.Errorf("thresholds of Costes for a correlation of %.3g: %w", r, ErrEmpty)
	}
	slope, offset, top := p.line()
	lo, hi := 0.0, top
	for range 12 {
		ta = (lo + hi) / 2
		if p.below(ta, slope*ta+offset) > 0 {
			hi = ta // still correlated below: the threshold lies lower
		} else {
			lo = ta
		}
	}
	return hi, max(slope*hi+offset, 0), nil
}

// line is the orthogonal regression B = slope*A + offset, and the largest A.
func (p Pair) line() (slope, offset, top float64) {
	var m moments
	p.each(func(a, b float64) {
		m.add(a, b)
		top = max(top, a)
	})
	aa, bb, ab := m.spread()
	d := bb - aa
	slope = (d + math.Sqrt(d*d+4*ab*ab)) / (2 * ab)
	n := float64(m.n)
	return slope, m.b0 + m.b/n - slope*(m.a0+m.a/n), top
}

// below is the correlation of the pixels that are below one of the thresholds, 0 without any.
func (p Pair) below(ta, tb float64) float64 {
	var m moments
	p.each(func(a, b float64) {
		if a < ta || b < tb {
			m.add(a, b)
		}
	})
	r, err := m.correlation()
	if err != nil {
		return 0
	}
	return r
}
