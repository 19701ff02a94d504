package frame

import (
	"math"
	"slices"
)

// judge says how good the evidence for the mats is.
func (s *Stack) judge(share []float64, below int, c *Columns) {
	at := func(mm float64) float64 {
		b := int(math.Floor((mm-c.From)/c.Step)) + below
		return share[max(0, min(b, len(share)-1))]
	}
	gaps, n := 0.0, 0.0
	var apart, thick []float64
	for i, m := range s.Mats {
		thick = append(thick, m.To.MM-m.From.MM)
		if i == 0 {
			continue
		}
		before := s.Mats[i-1]
		apart = append(apart, m.middle()-before.middle())
		if in := (at(m.middle()) + at(before.middle())) / 2; in > 0 {
			gaps, n = gaps+at((before.To.MM+m.From.MM)/2)/in, n+1
		}
	}
	s.Faint, s.Even = gaps/n, spreadOf(s.uncut(apart))
	slices.Sort(thick)
	for _, t := range thick {
		if t > fused*thick[len(thick)/2] {
			s.Fused++
		}
	}
}

func (m Mat) middle() float64 { return (m.From.MM + m.To.MM) / 2 }

// uncut leaves out the distances to mats that an end of the scan cuts.
func (s *Stack) uncut(apart []float64) (out []float64) {
	for i, d := range apart {
		if !s.Mats[i].Cut() && !s.Mats[i+1].Cut() {
			out = append(out, d)
		}
	}
	return out
}

// spreadOf is the relative standard deviation; no number below two values.
func spreadOf(a []float64) float64 {
	if len(a) < 2 {
		return math.NaN()
	}
	sum, squares := 0.0, 0.0
	for _, v := range a {
		sum += v
	}
	mean := sum / float64(len(a))
	for _, v := range a {
		squares += (v - mean) * (v - mean)
	}
	return math.Sqrt(squares/float64(len(a)-1)) / mean
}
