package fluorescence

import (
	"cmp"
	"slices"
)

// summits are the local maxima of v in the mask, at least apart pixels from each other, the highest first;
// of equal ones the first in the order of pixels. top is the largest value near each pixel.
func summits(v, top []float32, mask []bool, w int, apart float64) (at []int) {
	var all []int
	for i, in := range mask {
		if in && v[i] >= top[i] {
			all = append(all, i)
		}
	}
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(v[b], v[a]) })
	for _, i := range all {
		if !slices.ContainsFunc(at, func(j int) bool {
			dx, dy := i%w-j%w, i/w-j/w
			return float64(dx*dx+dy*dy) < apart*apart
		}) {
			at = append(at, i)
		}
	}
	return at
}

// flood is the watershed of Meyer (priority flooding) of the falling heights v within the mask, of a plane of w x h
// pixels or a stack of such planes: every pixel gets the number, from 1, of the seed from which it is reached over the
// highest pass. Pieces of the mask without a seed stay 0.
func flood(v []float32, mask []bool, seeds []int, w, h int) []uint32 {
	out, planes := make([]uint32, len(v)), len(v)/(w*h)
	var q queue
	for k, i := range seeds {
		out[i] = uint32(k + 1)
		q.push(pending{v[i], k - len(seeds), i})
	}
	for turn := 0; len(q) > 0; {
		p := q.pop()
		for _, j := range faces(p.i, w, h, planes) {
			if j >= 0 && mask[j] && out[j] == 0 {
				out[j] = out[p.i]
				q.push(pending{v[j], turn, j})
				turn++
			}
		}
	}
	return out
}

// faces are the voxels that share a face with voxel i of a stack of w x h x planes, along x, y and z; -1 where it ends.
func faces(i, w, h, planes int) [6]int {
	n := w * h
	x, y, z := i%w, i/w%h, i/n
	out := [6]int{i - 1, i + 1, i - w, i + w, i - n, i + n}
	for a, beyond := range [6]bool{x == 0, x == w-1, y == 0, y == h-1, z == 0, z == planes-1} {
		if beyond {
			out[a] = -1
		}
	}
	return out
}

// pending is a pixel whose neighbours are to be flooded; of equally high ones the first that was reached.
type pending struct {
	height  float32
	turn, i int
}

func (p pending) before(q pending) bool {
	return p.height > q.height || p.height == q.height && p.turn < q.turn
}

// queue is a binary heap of pixels, the highest first.
type queue []pending

func (q *queue) push(p pending) {
	h := append(*q, p)
	i := len(h) - 1
	for i > 0 && p.before(h[(i-1)/2]) {
		h[i] = h[(i-1)/2]
		i = (i - 1) / 2
	}
	h[i] = p
	*q = h
}

func (q *queue) pop() pending {
	h := *q
	first, last := h[0], h[len(h)-1]
	h = h[:len(h)-1]
	*q = h
	for i := 0; len(h) > 0; {
		c := 2*i + 1
		if c >= len(h) {
			h[i] = last
			break
		}
		if c+1 < len(h) && h[c+1].before(h[c]) {
			c++
		}
		if !h[c].before(last) {
			h[i] = last
			break
		}
		h[i] = h[c]
		i = c
	}
	return first
}
