// Package rank finds the value at a place of sorted data without sorting it, and sorts floats fast.
package rank

import (
	"math"
	"slices"
)

// Of is the value that would be at place k, from 0, if v were sorted; v changes its order. v must hold no NaN and k
// lie in it. Of many values those between two bounds around the place are chosen first, by a sample.
//
// Source: Floyd and Rivest, Commun. ACM 18(3):165-172, 1975, doi:10.1145/360680.360691.
func Of[T float32 | float64](v []T, k int) T {
	if len(v) >= many {
		lo, hi := bounds(v, k)
		mid, half := (float64(lo)+float64(hi))/2, (float64(hi)-float64(lo))/2
		below, in := 0, 0
		for i, x := range v {
			d := float64(x) - mid
			below += int(math.Float64bits(d) >> 63) // a branch would be taken every other time
			if math.Abs(d) <= half {
				below -= int(math.Float64bits(d) >> 63)
				v[i], v[in] = v[in], x
				in++
			}
		}
		if k >= below && k < below+in {
			v, k = v[:in], k-below
		}
	} else if x, ok := counted(v, k); ok {
		return x
	}
	return within(v, k)
}

// counts is how far apart values are at most that are counted.
const counts = 2048

// counted is the value at place k of fewer than many whole numbers close together, such as the counts of a camera in a
// block; not ok where they are not. Counting takes no branch that cannot be foretold.
func counted[T float32 | float64](v []T, k int) (T, bool) {
	lo, hi := v[0], v[0]
	for _, x := range v {
		lo, hi = min(lo, x), max(hi, x)
	}
	if len(v) < few || !(lo > -1<<23 && hi < 1<<23 && hi-lo < counts) {
		return 0, false
	}
	var of [counts]uint16
	least, odd := int(lo), T(0)
	for _, x := range v {
		at := int(x)
		odd += (x - T(at)) * (x - T(at))
		of[(at-least)&(counts-1)]++
	}
	if odd != 0 {
		return 0, false
	}
	for at, n := range of {
		if k -= int(n); k < 0 {
			return T(least + at), true
		}
	}
	return 0, false
}

// few values are chosen faster than counted.
const few = 1 << 8

// many values are worth a sample of sampled ones, which leaves some share of them between the bounds.
const (
	many    = 1 << 14
	sampled = 1 << 10
)

// bounds are values between which that of place k lies but for a chance in thousands: four SDs of a sample's ranks
// from it.
func bounds[T float32 | float64](v []T, k int) (lo, hi T) {
	s := make([]T, sampled)
	for i := range s {
		s[i] = v[i*len(v)/sampled]
	}
	slices.Sort(s)
	p := float64(k) / float64(len(v))
	wide := 4*math.Sqrt(p*(1-p)*sampled) + 1
	at := p * sampled
	return s[max(int(at-wide), 0)], s[min(int(at+wide)+1, sampled-1)]
}

// within is Hoare's selection, with the middle of three for its pivot: Commun. ACM 4(7):321-322, 1961,
// doi:10.1145/366622.366647.
func within[T float32 | float64](v []T, k int) T {
	lo, hi := 0, len(v)-1
	for lo < hi {
		mid := (lo + hi) / 2
		a, b, c := v[lo], v[mid], v[hi]
		pivot := max(min(a, b), min(max(a, b), c))
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return v[k]
		}
	}
	return v[k]
}
