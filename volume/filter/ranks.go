package filter

import (
	"cmp"
	"math/bits"
	"slices"

	"explant/volume"
	"explant/volume/threshold"
)

// ranking replaces greys by their ranks among the different greys of a tile.
type ranking[T volume.Voxel] struct {
	values []T
	// 8- and 16-bit integers: which of them occur, and how many do before each word.
	seen   []uint64
	before []uint16
	// Others: keys in the order of the greys, with where they stand.
	small, spare []uint64
	wide         []placed
}

// placed is a key of eight bytes and where it stands.
type placed struct {
	key uint64
	at  int32
}

func newRanking[T volume.Voxel](n int) (r ranking[T]) {
	r.values = make([]T, 0, n)
	switch {
	case threshold.Narrow[T]():
		r.seen, r.before = make([]uint64, 1<<10), make([]uint16, 1<<10)
	case kindOf[T]() == double:
		r.wide = make([]placed, n)
	default:
		r.small, r.spare = make([]uint64, n), make([]uint64, n)
	}
	return r
}

// of writes the rank of each grey and returns the greys by rank, valid until the next call.
func (r *ranking[T]) of(ranks []uint16, greys []T) []T {
	switch {
	case r.seen != nil:
		r.narrow(ranks, greys)
	case r.wide != nil:
		r.doubles(ranks, greys)
	default:
		r.keys(ranks, greys)
	}
	return r.values
}

// narrow marks the greys that occur and counts the marks.
func (r *ranking[T]) narrow(ranks []uint16, greys []T) {
	bias := uint16(signBias[T]() >> 16)
	clear(r.seen)
	for _, g := range greys {
		k := uint16(g) ^ bias
		r.seen[k/64] |= 1 << (k % 64)
	}
	r.values = r.values[:0]
	for w, word := range r.seen {
		r.before[w] = uint16(len(r.values))
		for ; word != 0; word &= word - 1 {
			r.values = append(r.values, T(uint16(64*w+bits.TrailingZeros64(word))^bias))
		}
	}
	for i, g := range greys {
		k := uint16(g) ^ bias
		ranks[i] = r.before[k/64] + uint16(bits.OnesCount64(r.seen[k/64]&(1<<(k%64)-1)))
	}
}

// keys sorts keys of four bytes by their digits, the place of each in the lower half.
func (r *ranking[T]) keys(ranks []uint16, greys []T) {
	keys := make([]uint32, len(greys))
	if kindOf[T]() == single {
		singleKeys(keys, greys)
	} else {
		integerKeys(keys, greys)
	}
	a, b := r.small[:len(greys)], r.spare[:len(greys)]
	for i, k := range keys {
		a[i] = uint64(k)<<32 | uint64(i)
	}
	for shift := 32; shift < 64; shift += 8 {
		sortByDigit(b, a, shift)
		a, b = b, a
	}
	r.values = r.values[:0]
	var last uint64
	for i, k := range a {
		if i == 0 || k>>32 != last {
			last = k >> 32
			r.values = append(r.values, greys[uint32(k)])
		}
		ranks[uint32(k)] = uint16(len(r.values) - 1)
	}
}

// sortByDigit copies src to dst in the order of the eight bits from shift on, equal ones as they were.
func sortByDigit(dst, src []uint64, shift int) {
	var at [256]int
	for _, k := range src {
		at[uint8(k>>shift)]++
	}
	sum := 0
	for d, n := range at {
		at[d] = sum
		sum += n
	}
	for _, k := range src {
		d := uint8(k >> shift)
		dst[at[d]] = k
		at[d]++
	}
}

// doubles sorts keys of eight bytes.
func (r *ranking[T]) doubles(ranks []uint16, greys []T) {
	keys := make([]uint64, len(greys))
	doubleKeys(keys, greys)
	all := r.wide[:len(greys)]
	for i, k := range keys {
		all[i] = placed{k, int32(i)}
	}
	slices.SortFunc(all, func(a, b placed) int { return cmp.Compare(a.key, b.key) })
	r.values = r.values[:0]
	for i, k := range all {
		if i == 0 || k.key != all[i-1].key {
			r.values = append(r.values, greys[k.at])
		}
		ranks[k.at] = uint16(len(r.values) - 1)
	}
}
