package oxygenator

import (
	"math"
	"slices"
)

// minimize searches a minimum of f near start by the simplex of Nelder and Mead, first spread by
// size, until the values of its corners agree to tolerance or f was called most times. It needs no
// derivatives and draws no random numbers.
//
// Source: Nelder, Mead, Comput. J. 7(4):308-313, 1965, doi:10.1093/comjnl/7.4.308.
func minimize(f func([]float64) float64, start []float64, size, tolerance float64, most int) []float64 {
	type corner struct {
		x []float64
		v float64
	}
	calls := 0
	at := func(x []float64) corner { calls++; return corner{x, f(x)} }
	n := len(start)
	s := []corner{at(start)}
	for i := range n {
		x := slices.Clone(start)
		x[i] += size
		s = append(s, at(x))
	}
	byValue := func(a, b corner) int {
		switch {
		case a.v < b.v:
			return -1
		case a.v > b.v:
			return 1
		}
		return 0
	}
	for calls < most {
		slices.SortStableFunc(s, byValue)
		if s[n].v-s[0].v < tolerance {
			break
		}
		mid := make([]float64, n)
		for _, c := range s[:n] {
			for k := range mid {
				mid[k] += c.x[k] / float64(n)
			}
		}
		towards := func(t float64) corner { // t = -1 mirrors the worst corner at the middle of the others
			x := make([]float64, n)
			for k := range x {
				x[k] = mid[k] + t*(s[n].x[k]-mid[k])
			}
			return at(x)
		}
		switch r := towards(-1); {
		case r.v < s[0].v:
			if e := towards(-2); e.v < r.v {
				r = e
			}
			s[n] = r
		case r.v < s[n-1].v:
			s[n] = r
		default:
			t := 0.5
			if r.v < s[n].v {
				t = -0.5
			}
			if c := towards(t); c.v < math.Min(r.v, s[n].v) {
				s[n] = c
				continue
			}
			for i := 1; i <= n; i++ {
				for k := range mid {
					s[i].x[k] = (s[i].x[k] + s[0].x[k]) / 2
				}
				s[i] = at(s[i].x)
			}
		}
	}
	slices.SortStableFunc(s, byValue)
	return s[0].x
}
