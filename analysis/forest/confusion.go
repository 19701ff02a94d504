package forest

import (
	"context"

	"explant/volume/parallel"
)

// Confusion counts samples by their class (row) and the class that they were given (column).
type Confusion [][]int64

// NewConfusion is one of no samples.
func NewConfusion(classes int) Confusion {
	c := make(Confusion, classes)
	for k := range c {
		c[k] = make([]int64, classes)
	}
	return c
}

// Add adds the counts of another one of the same classes.
func (c Confusion) Add(other Confusion) {
	for i, row := range other {
		for j, n := range row {
			c[i][j] += n
		}
	}
}

// Total is the number of samples, and Right the number of those that got their class.
func (c Confusion) Total() (total, right int64) {
	for i, row := range c {
		for j, n := range row {
			total += n
			if i == j {
				right += n
			}
		}
	}
	return total, right
}

// Error is the share of the samples that got another class than theirs, 0 where there are none.
func (c Confusion) Error() float64 {
	total, right := c.Total()
	return float64(total-right) / float64(max(total, 1))
}

// Class is the number of samples of class k, how many were given it, and how many of its own got it.
func (c Confusion) Class(k int) (own, given, right int64) {
	for i := range c {
		own += c[k][i]
		given += c[i][k]
	}
	return own, given, c[k][k]
}

// sampleChunk is how many samples are judged by one goroutine at once.
const sampleChunk = 2048

// outOfBag gives each sample the class of most votes of the trees that have not seen it.
func (f *Forest) outOfBag(ctx context.Context, s Samples, binned [][]uint8, trees []*grower, o parallel.Options) (Confusion, error) {
	chunks := (s.Len() + sampleChunk - 1) / sampleChunk
	parts := make([]Confusion, chunks)
	err := parallel.Each(ctx, chunks, o, nil, func(_ context.Context, k int) error {
		parts[k] = NewConfusion(s.Classes)
		lo, hi := k*sampleChunk, min((k+1)*sampleChunk, s.Len())
		votes := make([]uint32, (hi-lo)*s.Classes)
		for t, root := range f.roots {
			for i := lo; i < hi; i++ {
				if trees[t].bag[i] == 0 {
					for c, share := range f.shares(f.leafOf[f.walkDown(root, binned, i)]) {
						votes[(i-lo)*s.Classes+c] += uint32(share)
					}
				}
			}
		}
		for i := lo; i < hi; i++ {
			v := votes[(i-lo)*s.Classes:][:s.Classes]
			if got, percent := best(v); percent > 0 {
				parts[k][s.Class[i]][got]++
			}
		}
		return nil
	})
	sum := NewConfusion(s.Classes)
	for _, p := range parts {
		sum.Add(p)
	}
	return sum, err
}

// best is Best, with 0 percent where no tree voted.
func best(votes []uint32) (class int, percent uint8) {
	for _, v := range votes {
		if v > 0 {
			return Best(votes)
		}
	}
	return 0, 0
}

// walkDown finds the leaf of sample i of a table of bins.
func (f *Forest) walkDown(at uint32, binned [][]uint8, i int) uint32 {
	for {
		n := f.nodes[at]
		next := n.next + above(binned[n.feature][i], n.cut)
		if next == at {
			return at
		}
		at = next
	}
}
