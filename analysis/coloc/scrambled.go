package coloc

import (
	"context"
	"fmt"
	"image"
	"math/rand/v2"

	"explant/volume/parallel"
)

// mostBlocks is how many blocks change places at most.
const mostBlocks = 1 << 14

// leastBlocks is how few say nothing.
const leastBlocks = 8

// Blocks are the first pixels of the blocks of side pixels of a field of w x h that lie wholly in the mask, which whole
// tells by a block's first pixel (nil: all do), in the order of rows. Of more than 16384 as many are taken, evenly spread.
func Blocks(w, h, side int, whole func(x, y int) bool) (at []image.Point) {
	n := 0
	each := func(use func(image.Point)) {
		for y := 0; y+side <= h; y += side {
			for x := 0; x+side <= w; x += side {
				if whole == nil || whole(x, y) {
					use(image.Pt(x, y))
				}
			}
		}
	}
	each(func(image.Point) { n++ })
	take := min(n, mostBlocks)
	k := 0
	each(func(p image.Point) {
		if len(at) < take && k == len(at)*n/take {
			at = append(at, p)
		}
		k++
	})
	return at
}

// Within tells for [Blocks] whether a block of side pixels lies in a mask of rows of w pixels.
func Within(in []bool, w, side int) func(x, y int) bool {
	return func(x, y int) bool {
		for dy := range side {
			for _, is := range in[(y+dy)*w+x:][:side] {
				if !is {
					return false
				}
			}
		}
		return true
	}
}

// Blocked is two channels block by block: block k has the values [k*N, (k+1)*N) of both.
type Blocked struct {
	A, B []float32
	N    int // pixels of a block
}

// Blocked gathers the blocks of side pixels whose first pixels are at.
func (p Pair) Blocked(at []image.Point, side int) Blocked {
	out := Blocked{A: make([]float32, len(at)*side*side), B: make([]float32, len(at)*side*side), N: side * side}
	for k, b := range at {
		out.Put(k, p, b, side)
	}
	return out
}

// Put sets block k to the one of side pixels whose first pixel in p is at.
func (b Blocked) Put(k int, p Pair, at image.Point, side int) {
	for dy := range side {
		from, to := (at.Y+dy)*p.W+at.X, k*b.N+dy*side
		copy(b.A[to:], p.A[from:from+side])
		copy(b.B[to:], p.B[from:from+side])
	}
}

// Scrambled is the test of Costes et al. 2004 (doi:10.1529/biophysj.103.038422) for pairs with the same blocks: how often
// the correlation of A with B is below that seen, when the blocks of A change places at random. 0.95 and more is
// taken for colocalisation. The seed decides the places, which are those of all pairs; rounds is at least 20.
func Scrambled(ctx context.Context, all []Blocked, rounds int, seed uint64, o parallel.Options) ([]float64, error) {
	if len(all) == 0 {
		return nil, nil
	}
	n := len(all[0].A) / max(all[0].N, 1)
	for _, p := range all {
		if p.N < 1 || rounds < 20 || len(p.A) != n*p.N || len(p.B) != n*p.N {
			return nil, fmt.Errorf("scramble %d and %d values in blocks of %d pixels in %d rounds: %d blocks of at least 1 and 20 rounds are wanted", len(p.A), len(p.B), p.N, rounds, n)
		}
	}
	if n < leastBlocks {
		return nil, fmt.Errorf("%d whole blocks of %d pixels in the mask: %w", n, all[0].N, ErrEmpty)
	}
	same := make([]int, n)
	for i := range same {
		same[i] = i
	}
	seen := make([]float64, len(all))
	for k, p := range all {
		seen[k] = product(p, same)
	}
	lower := make([][]bool, rounds)
	err := parallel.Each(ctx, rounds, o, nil, func(_ context.Context, r int) error {
		order := rand.New(rand.NewPCG(seed, uint64(r))).Perm(n)
		lower[r] = make([]bool, len(all))
		for k, p := range all {
			lower[r][k] = product(p, order) < seen[k]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := make([]float64, len(all))
	for k := range all {
		n := 0
		for _, l := range lower {
			if l[k] {
				n++
			}
		}
		out[k] = float64(n) / float64(rounds)
	}
	return out, nil
}

// product is the sum of the products when block k of B meets block order[k] of A. Means and spreads stay what
// they are whatever the order, so that it ranks as the correlation does. Four sums run beside each other.
func product(p Blocked, order []int) float64 {
	var sum [4]float64
	if !productWide(&sum, p, order) {
		productPlain(&sum, p, order)
	}
	return sum[0] + sum[1] + sum[2] + sum[3]
}

func productPlain(sum *[4]float64, p Blocked, order []int) {
	for k, o := range order {
		x, y := p.A[o*p.N:][:p.N], p.B[k*p.N:][:p.N]
		for i := range x {
			sum[i%4] += float64(x[i]) * float64(y[i])
		}
	}
}
