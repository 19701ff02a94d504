package slide

import "math"

// k2 is the coverage of an interval of two standard uncertainties.
const k2 = 0.95

// jackknife is twice the standard uncertainty of a quantity whose values without each block are left:
// the square root of (n-1)/n times the sum of the squared deviations from their mean. ok is false for
// fewer than minBlocks values.
//
// Source: Efron and Stein, Ann. Statist. 9(3):586-596, 1981, doi:10.1214/aos/1176345462.
func jackknife(left []float64) (u float64, ok bool) {
	n := float64(len(left))
	if len(left) < minBlocks {
		return 0, false
	}
	var mean, sum float64
	for _, v := range left {
		mean += v / n
	}
	for _, v := range left {
		sum += (v - mean) * (v - mean)
	}
	return 2 * math.Sqrt(sum*(n-1)/n), true
}

// replicates evaluates f on the tally of each replicate.
func (c census) replicates(f func(tally) float64) []float64 {
	var v []float64
	for _, t := range c.tallies[cutReplicates:] {
		v = append(v, f(t))
	}
	return v
}

// medianOD is the median amount of the stain in positive pixels, by interpolation in its histogram; NaN
// where there is none.
func (a tally) medianOD() float64 {
	half, before := float64(a.positive)/2, 0.0
	for i, n := range a.od {
		if next := before + float64(n); n > 0 && next >= half {
			return odLow + odWidth*(float64(i)+(half-before)/float64(n))
		} else {
			before = next
		}
	}
	return math.NaN()
}

// share is a as a percentage of b, 0 where b is 0.
func share(a, b int64) float64 {
	if b == 0 {
		return 0
	}
	return 100 * float64(a) / float64(b)
}
