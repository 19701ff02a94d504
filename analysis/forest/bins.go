package forest

import "slices"

// bins is the number of bins of a feature at most; cuts is one less.
const bins = 256

// Cuts part the range of a feature: a value lies in the bin whose number is that of the cuts below it.
type Cuts []uint16

// newCuts puts the same number of samples into each bin as far as equal values allow.
func newCuts(values []uint16) Cuts {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	var c Cuts
	for k := 1; k < bins; k++ {
		at := k * len(sorted) / bins
		if at == 0 {
			continue
		}
		lo := sorted[at-1]
		next, _ := slices.BinarySearch(sorted, lo+1)
		if lo == 65535 || next == len(sorted) {
			break // nothing lies above
		}
		cut := lo + (sorted[next]-lo)/2 // in the middle of the gap above lo
		if len(c) == 0 || cut > c[len(c)-1] {
			c = append(c, cut)
		}
	}
	return c
}

// table is the bin of every value.
func (c Cuts) table() *[1 << 16]uint8 {
	t := new([1 << 16]uint8)
	bin := 0
	for v := range t {
		if bin < len(c) && v > int(c[bin]) {
			bin++
		}
		t[v] = uint8(bin)
	}
	return t
}

// binned is the bins of the samples, by feature, then by sample.
func (s Samples) binned(cuts []Cuts) [][]uint8 {
	all := make([][]uint8, len(s.Values))
	for f, values := range s.Values {
		t := cuts[f].table()
		all[f] = make([]uint8, len(values))
		for i, v := range values {
			all[f][i] = t[v]
		}
	}
	return all
}
