package sem

import "math"

// blocks cuts the field into parts of about one shape, for jackknives.
type blocks struct {
	w, h int // px
	n    [2]int
}

// newBlocks makes 16 blocks.
func newBlocks(w, h int) blocks { return blocks{w, h, [2]int{4, 4}} }

func (b blocks) count() int { return b.n[0] * b.n[1] }

func (b blocks) of(x, y int) int {
	return min(y*b.n[1]/b.h, b.n[1]-1)*b.n[0] + min(x*b.n[0]/b.w, b.n[0]-1)
}

// jackknife is the standard uncertainty of a value from its values without one block each (Efron and Stein 1981,
// doi:10.1214/aos/1176345462).
func jackknife(n int, without func(block int) float64) float64 {
	values := make([]float64, n)
	mean := 0.0
	for k := range values {
		values[k] = without(k)
		mean += values[k] / float64(n)
	}
	sum := 0.0
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum * float64(n-1) / float64(n))
}
