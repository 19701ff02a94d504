package frame

import (
	"math"
	"slices"
)

// smooth averages each value with its neighbours, 1:2:1, leaving out those that are no numbers.
func smooth(a []float64) []float64 {
	out := make([]float64, len(a))
	for i, v := range a {
		sum, weight := 2*v, 2.0
		for _, j := range [2]int{i - 1, i + 1} {
			if j >= 0 && j < len(a) && !math.IsNaN(a[j]) {
				sum, weight = sum+a[j], weight+1
			}
		}
		out[i] = sum / weight // no number where v is none
	}
	return out
}

// quantile of the values that are numbers; 0 where there is none.
func quantile(a []float64, q float64) float64 {
	sorted := slices.DeleteFunc(slices.Clone(a), math.IsNaN)
	if len(sorted) == 0 {
		return 0
	}
	slices.Sort(sorted)
	return sorted[int(q*float64(len(sorted)-1))]
}

// above are the values that are numbers and at least a share of the largest.
func above(a []float64, share float64) (out []float64) {
	most := 0.0
	for _, v := range a {
		if v > most {
			most = v
		}
	}
	for _, v := range a {
		if v > 0 && v >= share*most {
			out = append(out, v)
		}
	}
	return out
}

// ends are the first and the last value that is a number.
func ends(a []float64) (first, last int) {
	first, last = 0, len(a)-1
	for first < last && math.IsNaN(a[first]) {
		first++
	}
	for last > first && math.IsNaN(a[last]) {
		last--
	}
	return first, last
}

// lowest is the bin of the lowest value strictly between two bins, the middle one of equal ones; from where
// there is none between.
func lowest(a []float64, from, to int) int {
	best, last := from, from
	for b := from + 1; b < to; b++ {
		switch {
		case best == from || a[b] < a[best]:
			best, last = b, b
		case a[b] == a[best]:
			last = b
		}
	}
	return (best + last) / 2
}

// peaks are the maxima of a whose prominence, the height over the higher of the valleys towards higher
// ground on both sides, is at least least, in rising order. The highest of all counts where a falls that far
// below it anywhere.
//
// Source: topological persistence in one dimension by merging from the top; Edelsbrunner, Letscher,
// Zomorodian, Discrete Comput. Geom. 28:511-533, 2002, doi:10.1007/s00454-002-2885-2.
func peaks(a []float64, least float64) []int {
	order := make([]int, 0, len(a))
	for i, v := range a {
		if !math.IsNaN(v) {
			order = append(order, i)
		}
	}
	if len(order) == 0 {
		return nil
	}
	slices.SortStableFunc(order, func(i, j int) int {
		switch {
		case a[i] > a[j]:
			return -1
		case a[i] < a[j]:
			return 1
		}
		return i - j
	})
	hill := make([]int, len(a)) // the top of the hill to which a bin belongs, and one more; 0 where the water stands
	find := func(i int) int {
		for hill[i] != i+1 {
			i = hill[i] - 1
		}
		return i
	}
	var out []int
	for _, i := range order {
		hill[i] = i + 1
		for _, j := range [2]int{i - 1, i + 1} {
			if j < 0 || j >= len(a) || hill[j] == 0 {
				continue
			}
			p, q := find(i), find(j)
			if p == q {
				continue
			}
			if a[q] > a[p] || a[q] == a[p] && q < p {
				p, q = q, p
			}
			if a[q]-a[i] >= least {
				out = append(out, q)
			}
			hill[q] = p + 1
		}
	}
	if top := order[0]; a[top]-a[order[len(order)-1]] >= least {
		out = append(out, top)
	}
	slices.Sort(out)
	return out
}
