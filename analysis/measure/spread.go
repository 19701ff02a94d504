package measure

import (
	"maps"
	"math"
	"slices"
	"sort"
)

// spread is many values of which few are different.
type spread struct {
	values []float64 // rising, µm
	upTo   []int64   // how many are not above each value
	total  int64
}

// newSpread takes how often each value occurs, in nanometres.
func newSpread(counts map[int64]int64) spread {
	var s spread
	for _, nm := range slices.Sorted(maps.Keys(counts)) {
		s.total += counts[nm]
		s.values = append(s.values, float64(nm)/1000)
		s.upTo = append(s.upTo, s.total)
	}
	return s
}

// at is value i in rising order.
func (s spread) at(i int64) float64 {
	return s.values[sort.Search(len(s.upTo), func(k int) bool { return s.upTo[k] > i })]
}

// below is how many values are less than limit.
func (s spread) below(limit float64) int64 {
	if k := sort.SearchFloat64s(s.values, limit); k > 0 {
		return s.upTo[k-1]
	}
	return 0
}

// moments are the mean and the standard deviation, summed value by value.
func (s spread) moments() (mean, sd float64) {
	sum, squares := 0.0, 0.0
	s.each(func(v float64) { sum += v })
	mean = sum / float64(s.total)
	s.each(func(v float64) { squares += (v - mean) * (v - mean) })
	return mean, math.Sqrt(squares / float64(s.total))
}

func (s spread) each(f func(float64)) {
	from := int64(0)
	for k, v := range s.values {
		for range s.upTo[k] - from {
			f(v)
		}
		from = s.upTo[k]
	}
}

// percentile is that of the function of this name, for at least one value.
func (s spread) percentile(p float64) float64 {
	at := p * float64(s.total-1)
	i := min(int64(at), s.total-2)
	if i < 0 {
		return s.at(0)
	}
	return s.at(i) + (at-float64(i))*(s.at(i+1)-s.at(i))
}
