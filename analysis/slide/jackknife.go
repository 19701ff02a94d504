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

// spread is how far a quantity moves with what it was made from.
type spread struct {
	left          []float64 // its values with the levels of each replicate
	lower, higher float64   // its values with the threshold of the stain one step lower and higher
	phantom       float64   // standard error on phantoms, in the unit of the quantity
}

// spread evaluates f on the tallies of the replicates and of the moved thresholds.
func (c census) spread(f func(tally) float64) spread {
	s := spread{lower: f(c.tallies[cutLower]), higher: f(c.tallies[cutHigher])}
	for _, t := range c.tallies[cutReplicates:] {
		s.left = append(s.left, f(t))
	}
	return s
}

// expanded is twice the combined standard uncertainty and its larger term: "class" for the levels, by
// the jackknife, and "border" for where the class ends: the threshold, which is not known better than to
// one step up or down and anywhere between (rectangular distribution, half width over the root of 3),
// and the error on phantoms, whose staining is uneven and whose vectors are not the profile's. ok is false
// where the jackknife has too few replicates.
//
// Source: JCGM 100:2008 (GUM), 4.3.7 and 5.1.2.
func (s spread) expanded() (u float64, dominant string, ok bool) {
	class, ok := jackknife(s.left)
	if !ok {
		return 0, "", false
	}
	step := math.Abs(s.higher-s.lower) / math.Sqrt(3) // 2 · (half width of the change)/√3
	if math.IsNaN(step) {
		step = 0 // no pixel of the class is left at one of the thresholds
	}
	border := math.Hypot(step, 2*s.phantom)
	if dominant = "class"; border > class {
		dominant = "border"
	}
	return math.Hypot(class, border), dominant, true
}

// medianOD is the median amount in the pixels of a measured class, by interpolation in its histogram; NaN
// where there is none.
func (a tally) medianOD(class uint8) float64 {
	half, before := float64(a.pixels[class])/2, 0.0
	for i, n := range a.od[class-firstValue] {
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
