package fluorescence

import (
	"cmp"
	"container/heap"
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

// flood is the watershed of Meyer (priority flooding) of the falling heights v within the mask: every pixel
// gets the number, from 1, of the seed from which it is reached over the highest pass. Pieces of the mask
// without a seed stay 0.
func flood(v []float32, mask []bool, seeds []int, w, h int) []uint32 {
	out := make([]uint32, len(v))
	q := &queue{v: v}
	for k, i := range seeds {
		out[i] = uint32(k + 1)
		q.at = append(q.at, pending{i, k - len(seeds)})
	}
	heap.Init(q)
	for turn := 0; q.Len() > 0; {
		p := heap.Pop(q).(pending)
		x, y := p.i%w, p.i/w
		for _, d := range [4][2]int{{-1, 0}, {1, 0}, {0, -1}, {0, 1}} {
			nx, ny := x+d[0], y+d[1]
			if nx < 0 || ny < 0 || nx >= w || ny >= h {
				continue
			}
			if j := ny*w + nx; mask[j] && out[j] == 0 {
				out[j] = out[p.i]
				heap.Push(q, pending{j, turn})
				turn++
			}
		}
	}
	return out
}

// pending is a pixel whose neighbours are to be flooded; of equally high ones the first that was reached.
type pending struct{ i, turn int }

type queue struct {
	v  []float32
	at []pending
}

func (q *queue) Len() int { return len(q.at) }

func (q *queue) Less(a, b int) bool {
	if x, y := q.v[q.at[a].i], q.v[q.at[b].i]; x != y {
		return x > y
	}
	return q.at[a].turn < q.at[b].turn
}

func (q *queue) Swap(a, b int) { q.at[a], q.at[b] = q.at[b], q.at[a] }

func (q *queue) Push(p any) { q.at = append(q.at, p.(pending)) }

func (q *queue) Pop() any {
	last := q.at[len(q.at)-1]
	q.at = q.at[:len(q.at)-1]
	return last
}
