package register

import (
	"context"
	"math"
	"slices"

	"explant/volume/parallel"
)

const (
	blocksAlong = 10  // blocks along the longest side
	leastBlock  = 8   // cells
	agrees      = 0.6 // correlation of a block from which on it agrees
	leastVaried = 0.1 // standard deviation of the share of solid of a block that can agree
	leastShown  = 0.5 // share of a block's samples that the moving volume must show
)

// block is what part of the volume says of a fit.
type block struct {
	moments
	all float64
	pull
}

// blocks gives the share of blocks that agree and the median shift that they still want, mm.
func (pr *pair) blocks(ctx context.Context, f *Fit, o parallel.Options) (agreement, residual float64, err error) {
	whole := motion{f.Rigid, f.Local}
	grid, err := misfits(ctx, pr.moving, pr.grid, whole, o)
	if err != nil {
		return 0, 0, err
	}
	edges, err := misfits(ctx, pr.moving, pr.edges, whole, o)
	if err != nil {
		return 0, 0, err
	}
	n := pr.blockCount()
	all := make([]block, n[0]*n[1]*n[2])
	for i, r := range grid {
		b := &all[pr.blockOf(pr.grid[i].at, n)]
		b.all++
		if !math.IsNaN(r) {
			b.moments.add(pr.grid[i].value, pr.grid[i].value+r)
		}
	}
	sd := spreadOf(edges)
	for i, r := range edges {
		if w := weight(r, sd); w > 0 {
			all[pr.blockOf(pr.edges[i].at, n)].pull.add(pr.edges[i].slope, r, w)
		}
	}
	agreement, residual = verdict(all)
	return agreement, residual, nil
}

func verdict(all []block) (agreement, residual float64) {
	said, agreed := 0, 0
	var left []float64
	for i := range all {
		b := &all[i]
		if b.n < leastShown*b.all || b.n < 8 || b.xx-b.x*b.x/b.n < leastVaried*leastVaried*b.n {
			continue
		}
		if said++; b.correlation() > agrees {
			agreed++
			left = append(left, b.solve((b.a[0]+b.a[1]+b.a[2])/30, b.b).length())
		}
	}
	if said == 0 {
		return 0, 0
	}
	slices.Sort(left)
	if len(left) > 0 {
		residual = left[len(left)/2]
	}
	return float64(agreed) / float64(said), residual
}

func (pr *pair) blockCount() (n [3]int) {
	side := pr.blockSide()
	for a := range n {
		n[a] = max(int(float64(pr.fixed.N[a])/side), 1)
	}
	return n
}

func (pr *pair) blockSide() float64 {
	l := pr.fixed
	return max(float64(max(l.N[0], l.N[1], l.N[2]))/blocksAlong, leastBlock)
}

func (pr *pair) blockOf(p vec, n [3]int) int {
	i, side := pr.fixed.index(p), pr.blockSide()
	var k [3]int
	for a := range k {
		k[a] = min(max(int(i[a]/side), 0), n[a]-1)
	}
	return k[0] + n[0]*(k[1]+n[1]*k[2])
}
