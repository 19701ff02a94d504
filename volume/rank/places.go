package rank

import "math"

// Places are the values that would be at the places ks, from 0, if v were sorted; v is left as it is. v must hold no
// NaN and the places lie in it. Values are counted by the upper half of their bits, then those that share it with
// the one looked for by the lower half.
func Places(v []float32, ks ...int) []float32 {
	out, counts := make([]float32, len(ks)), make([]uint32, 1<<16)
	var upper []uint32 // the upper half at each place
	var rest []int     // the place among those that share it
	for _, x := range v {
		counts[ordered(x)>>16]++
	}
	for _, k := range ks {
		h, r := stand(counts, k)
		upper, rest = append(upper, h), append(rest, r)
	}
	for i, h := range upper {
		clear(counts)
		for _, x := range v {
			if b := ordered(x); b>>16 == h {
				counts[b&0xffff]++
			}
		}
		low, _ := stand(counts, rest[i])
		out[i] = unordered(h<<16 | low)
	}
	return out
}

// stand is which of the counted values is at place k, and its place among its equals.
func stand(counts []uint32, k int) (value uint32, rest int) {
	for i, n := range counts {
		if k < int(n) {
			return uint32(i), k
		}
		k -= int(n)
	}
	panic("rank: a place outside of the values")
}

// ordered are bits whose order is that of the values.
func ordered(x float32) uint32 {
	b := math.Float32bits(x)
	return b ^ (uint32(int32(b)>>31) | 1<<31)
}

// unordered is the value of bits of [ordered].
func unordered(b uint32) float32 { return math.Float32frombits(b ^ (uint32(int32(^b)>>31) | 1<<31)) }
