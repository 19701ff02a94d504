package coloc

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"explant/volume/parallel"
)

// Thresholds are the automatic thresholds of Costes et al. 2004 (doi:10.1529/biophysj.103.038422): the pair
// on the line of orthogonal regression below which the channels do not correlate any more. They are found
// by halving to 1/4096 of the range of A. Channels that do not correlate at all have none.
func (p Pair) Thresholds() (ta, tb float64, err error) {
	r, err := p.Pearson()
	if err != nil {
		return 0, 0, err
	}
	if r <= 0 {
		return 0, 0, fmt.Errorf("thresholds of Costes for a correlation of %.3g: %w", r, ErrEmpty)
	}
	slope, offset, top := p.line()
	lo, hi := 0.0, top
	for range 12 {
		ta = (lo + hi) / 2
		if p.below(ta, slope*ta+offset) > 0 {
			hi = ta // still correlated below: the threshold lies lower
		} else {
			lo = ta
		}
	}
	return hi, max(slope*hi+offset, 0), nil
}

// line is the orthogonal regression B = slope*A + offset, and the largest A.
func (p Pair) line() (slope, offset, top float64) {
	var m moments
	p.each(func(a, b float64) {
		m.add(a, b)
		top = max(top, a)
	})
	aa, bb, ab := m.spread()
	d := bb - aa
	slope = (d + math.Sqrt(d*d+4*ab*ab)) / (2 * ab)
	n := float64(m.n)
	return slope, m.b0 + m.b/n - slope*(m.a0+m.a/n), top
}

// below is the correlation of the pixels that are below one of the thresholds, 0 without any.
func (p Pair) below(ta, tb float64) float64 {
	var m moments
	p.each(func(a, b float64) {
		if a < ta || b < tb {
			m.add(a, b)
		}
	})
	r, err := m.correlation()
	if err != nil {
		return 0
	}
	return r
}

// mostBlocks is how many blocks change places at most.
const mostBlocks = 1 << 14

// Scrambled is the test of Costes et al. 2004: how often the correlation of A with B is below that seen,
// when the blocks of side pixels of A that lie wholly in the mask change places at random. 0.95 and more
// is taken for colocalisation. Of more than 16384 blocks as many are taken, evenly spread. The seed decides
// the places; rounds is at least 20.
func (p Pair) Scrambled(ctx context.Context, side, rounds int, seed uint64, o parallel.Options) (float64, error) {
	if err := p.Check(); err != nil {
		return 0, err
	}
	if side < 1 || rounds < 20 {
		return 0, fmt.Errorf("scramble blocks of %d pixels in %d rounds: at least 1 and 20 are wanted", side, rounds)
	}
	at := p.blocks(side)
	if len(at) < 8 {
		return 0, fmt.Errorf("%d whole blocks of %d x %d pixels in the mask: %w", len(at), side, side, ErrEmpty)
	}
	if _, err := p.Pearson(); err != nil {
		return 0, err
	}
	a, b, same := p.gather(p.A, at, side), p.gather(p.B, at, side), make([]int, len(at))
	for i := range same {
		same[i] = i
	}
	seen := product(a, b, same, side*side)
	lower := make([]bool, rounds)
	err := parallel.Each(ctx, rounds, o, nil, func(_ context.Context, k int) error {
		order := rand.New(rand.NewPCG(seed, uint64(k))).Perm(len(at))
		lower[k] = product(a, b, order, side*side) < seen
		return nil
	})
	n := 0
	for _, l := range lower {
		if l {
			n++
		}
	}
	return float64(n) / float64(rounds), err
}

// blocks are the first pixels of the whole blocks in the mask, or of mostBlocks of them.
func (p Pair) blocks(side int) (at []int) {
	for y := 0; y+side <= p.H; y += side {
		for x := 0; x+side <= p.W; x += side {
			if p.whole(x, y, side) {
				at = append(at, y*p.W+x)
			}
		}
	}
	if len(at) <= mostBlocks {
		return at
	}
	some := make([]int, mostBlocks)
	for i := range some {
		some[i] = at[i*len(at)/mostBlocks]
	}
	return some
}

// gather puts the blocks behind each other.
func (p Pair) gather(v []float32, at []int, side int) []float32 {
	out := make([]float32, 0, len(at)*side*side)
	for _, i := range at {
		for dy := range side {
			out = append(out, v[i+dy*p.W:][:side]...)
		}
	}
	return out
}

func (p Pair) whole(x, y, side int) bool {
	if p.In == nil {
		return true
	}
	for dy := range side {
		row := p.In[(y+dy)*p.W+x:][:side]
		for _, in := range row {
			if !in {
				return false
			}
		}
	}
	return true
}

// product is the sum of the products when block k of b meets block order[k] of a. Means and spreads stay what
// they are whatever the order, so that it ranks as the correlation does. Four sums run beside each other.
func product(a, b []float32, order []int, n int) float64 {
	var sum [4]float64
	for k, o := range order {
		x, y := a[o*n:][:n], b[k*n:][:n]
		i := 0
		for ; i+4 <= len(x) && i+4 <= len(y); i += 4 {
			sum[0] += float64(x[i]) * float64(y[i])
			sum[1] += float64(x[i+1]) * float64(y[i+1])
			sum[2] += float64(x[i+2]) * float64(y[i+2])
			sum[3] += float64(x[i+3]) * float64(y[i+3])
		}
		for ; i < n; i++ {
			sum[0] += float64(x[i]) * float64(y[i])
		}
	}
	return sum[0] + sum[1] + sum[2] + sum[3]
}
