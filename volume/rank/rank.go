// Package rank finds the value at a place of sorted data without sorting it.
package rank

// Of is the value that would be at place k, from 0, if v were sorted; v changes its order: what comes before
// place k is no larger then, what comes behind no smaller. v must hold no NaN and k lie in it.
//
// Source: Hoare, Commun. ACM 4(7):321-322, 1961, doi:10.1145/366622.366647; the pivot is the middle of three.
func Of[T float32 | float64](v []T, k int) T {
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
