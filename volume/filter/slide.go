package filter

import "math/bits"

// box is a histogram of the ranks in a box that moves through a tile.
type box struct {
	ranks  []uint16
	stride [3]int
	width  [3]int // voxels
	at     [3]int // its first voxel along each axis
	counts []uint16
	used   []uint64 // a bit for each rank that occurs
	now    int      // where the median was last
	below  int      // how many ranks are less than now
	half   int      // how many are less than or equal to the median, less one, at least
}

// start puts the box at the first corner of a tile of so many different ranks.
func (b *box) start(ranks []uint16, different int, full, radius [3]int) {
	b.ranks, b.stride, b.at = ranks, [3]int{1, full[0], full[0] * full[1]}, [3]int{}
	words := (different + 63) / 64
	if cap(b.used) < words {
		b.counts, b.used = make([]uint16, 64*words), make([]uint64, words)
	}
	b.counts, b.used = b.counts[:64*words], b.used[:words]
	clear(b.counts)
	clear(b.used)
	b.now, b.below = 0, 0
	for a, r := range radius {
		b.width[a] = 2*r + 1
	}
	b.half = b.width[0] * b.width[1] * b.width[2] / 2
	for x := range b.width[0] {
		b.plane(0, x, true)
	}
}

// move moves the box by one voxel along an axis, forth or back.
func (b *box) move(axis, step int) {
	lo, hi := b.at[axis], b.at[axis]+b.width[axis]
	if step < 0 {
		lo, hi = hi-1, lo-1
	}
	b.plane(axis, lo, false)
	b.at[axis] += step
	b.plane(axis, hi, true)
}

// plane takes the ranks of the box in the plane at across an axis in or out.
func (b *box) plane(axis, at int, in bool) {
	u, v := 1, 2 // the two other axes
	switch axis {
	case 1:
		u = 0
	case 2:
		u, v = 0, 1
	}
	from := at*b.stride[axis] + b.at[u]*b.stride[u] + b.at[v]*b.stride[v]
	for range b.width[v] {
		if in {
			b.add(from, b.width[u], b.stride[u])
		} else {
			b.remove(from, b.width[u], b.stride[u])
		}
		from += b.stride[v]
	}
}

func (b *box) add(at, n, stride int) {
	now, below := uint(b.now), 0
	counts, used, ranks := b.counts, b.used, b.ranks
	for range n {
		r := uint(ranks[at])
		counts[r]++
		used[r/64] |= 1 << (r % 64)
		below += int((r - now) >> 63) // 1 where r < now
		at += stride
	}
	b.below += below
}

func (b *box) remove(at, n, stride int) {
	now, below := uint(b.now), 0
	counts, used, ranks := b.counts, b.used, b.ranks
	for range n {
		r := uint(ranks[at])
		c := counts[r] - 1
		counts[r] = c
		gone := (uint64(c) - 1) >> 63 // 1 where none is left
		used[r/64] &^= gone << (r % 64)
		below += int((r - now) >> 63)
		at += stride
	}
	b.below -= below
}

// median moves on to the median and returns its rank.
func (b *box) median() int {
	for b.below > b.half {
		b.now = b.before(b.now)
		b.below -= int(b.counts[b.now])
	}
	for b.below+int(b.counts[b.now]) <= b.half {
		b.below += int(b.counts[b.now])
		b.now = b.after(b.now)
	}
	return b.now
}

// before is the last rank before r that occurs; there must be one.
func (b *box) before(r int) int {
	w := r / 64
	word := b.used[w] & (1<<(r%64) - 1)
	for word == 0 {
		w--
		word = b.used[w]
	}
	return 64*w + 63 - bits.LeadingZeros64(word)
}

// after is the first rank after r that occurs; there must be one.
func (b *box) after(r int) int {
	w := r / 64
	word := b.used[w] &^ (2<<(r%64) - 1)
	for word == 0 {
		w++
		word = b.used[w]
	}
	return 64*w + bits.TrailingZeros64(word)
}
