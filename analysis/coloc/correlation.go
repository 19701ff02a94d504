package coloc

import (
	"fmt"
	"math"
	"slices"
)

// Pearson is the correlation of both channels in the mask, -1 to 1. Empty pixels make large fields
// correlate: it needs a mask. Source: Manders et al. 1992, J Cell Sci 103:857.
func (p Pair) Pearson() (float64, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	var m moments
	p.each(m.add)
	return m.correlation()
}

// moments are the sums of pairs of values; the first pair is their origin, so that large offsets cost no
// digits.
type moments struct {
	n                int
	a0, b0           float64
	a, b, aa, bb, ab float64
}

func (m *moments) add(a, b float64) {
	if m.n == 0 {
		m.a0, m.b0 = a, b
	}
	a, b = a-m.a0, b-m.b0
	m.n++
	m.a += a
	m.b += b
	m.aa += a * a
	m.bb += b * b
	m.ab += a * b
}

// spread are the variances and the covariance.
func (m *moments) spread() (aa, bb, ab float64) {
	n := float64(m.n)
	return m.aa/n - m.a/n*m.a/n, m.bb/n - m.b/n*m.b/n, m.ab/n - m.a/n*m.b/n
}

func (m *moments) correlation() (float64, error) {
	if m.n < 2 {
		return 0, fmt.Errorf("correlation of %d pixels: %w", m.n, ErrEmpty)
	}
	aa, bb, ab := m.spread()
	if !(aa > 0 && bb > 0) {
		return 0, fmt.Errorf("correlation of a channel without spread: %w", ErrEmpty)
	}
	return min(max(ab/math.Sqrt(aa*bb), -1), 1), nil
}

// Spearman is the correlation of the ranks of both channels in the mask; equal values share their mean
// rank.
func (p Pair) Spearman() (float64, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	var a, b []float64
	p.each(func(x, y float64) { a, b = append(a, x), append(b, y) })
	ra, rb := ranks(a), ranks(b)
	var m moments
	for i := range ra {
		m.add(ra[i], rb[i])
	}
	return m.correlation()
}

// ranks are the ranks from 1, the mean one for equal values.
func ranks(v []float64) []float64 {
	order := make([]int, len(v))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int {
		switch {
		case v[i] < v[j]:
			return -1
		case v[i] > v[j]:
			return 1
		}
		return i - j
	})
	out := make([]float64, len(v))
	for i := 0; i < len(order); {
		j := i
		for j < len(order) && v[order[j]] == v[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			out[order[k]] = float64(i+j+1) / 2
		}
		i = j
	}
	return out
}

// ICQ is the intensity correlation quotient of Li et al. 2004 (doi:10.1523/JNEUROSCI.0346-04.2004), -0.5 to
// 0.5: the share of pixels where both channels are on the same side of their means, less a half. Pixels at
// a mean are on neither side, and do not count as together.
func (p Pair) ICQ() (float64, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	var m moments
	p.each(m.add)
	if m.n == 0 {
		return 0, fmt.Errorf("quotient of no pixels: %w", ErrEmpty)
	}
	meanA, meanB := m.a0+m.a/float64(m.n), m.b0+m.b/float64(m.n)
	together := 0
	p.each(func(a, b float64) {
		if (a-meanA)*(b-meanB) > 0 {
			together++
		}
	})
	return float64(together)/float64(m.n) - 0.5, nil
}
