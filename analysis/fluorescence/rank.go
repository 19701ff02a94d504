package fluorescence

// ranked is the value that would be at place k if v were sorted; v changes its order. Hoare's selection, with
// the middle of three for its pivot.
func ranked(v []float32, k int) float32 {
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
