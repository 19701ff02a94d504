package register

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// Numbers of cells along the longest side.
const (
	coarsest = 32  // of the level where the start is searched for
	finest   = 256 // at most: a fit is good to a few hundredths of a cell
)

// pair is both volumes on cells of the same side.
type pair struct {
	fixed, moving *level
	last          bool     // the finest level
	edges         []sample // of the fixed volume
	grid          []sample // evenly spread over it
}

// pyramid makes the levels from coarse to fine; each has half the cells' side of the one before.
func pyramid[A, B volume.Voxel](ctx context.Context, f *volume.Volume[A], m *volume.Volume[B], o parallel.Options, p parallel.Progress) ([]*pair, error) {
	for _, g := range []volume.Grid{f.Grid, m.Grid} {
		if _, err := g.VoxelVolume(); err != nil {
			return nil, fmt.Errorf("register: %w", err)
		}
	}
	gf, err := greyOf(ctx, f, o)
	if err != nil {
		return nil, fmt.Errorf("register, fixed volume: %w", err)
	}
	gm, err := greyOf(ctx, m, o)
	if err != nil {
		return nil, fmt.Errorf("register, moving volume: %w", err)
	}
	long := 0.0
	for a := range 3 {
		long = max(long, float64(f.N[a])*f.Spacing[a], float64(m.N[a])*m.Spacing[a])
	}
	h := max(mean(f.Spacing), mean(m.Spacing), long/finest)
	lf, err := reduce(ctx, f, gf, h, o)
	if err != nil {
		return nil, err
	}
	lm, err := reduce(ctx, m, gm, h, o)
	if err != nil {
		return nil, err
	}
	return halved(ctx, lf, lm, long, o, p)
}

// mean spacing: the side of the cube that has a voxel's volume.
func mean(s [3]float64) float64 { return math.Cbrt(s[0] * s[1] * s[2]) }

// halved makes the levels from the finest one on, and what each is compared by.
func halved(ctx context.Context, f, m *level, long float64, o parallel.Options, p parallel.Progress) ([]*pair, error) {
	steps := max(int(math.Round(math.Log2(long/f.h/coarsest))), 0)
	p.Stage("levels of both volumes", steps+1)
	all := make([]*pair, steps+1)
	for k := range all {
		lf, lm := f, m
		if k > 0 {
			var err error
			if lf, err = f.coarser(ctx, 1<<k, o); err != nil {
				return nil, err
			}
			if lm, err = m.coarser(ctx, 1<<k, o); err != nil {
				return nil, err
			}
		}
		pr, err := newPair(ctx, lf, lm, k == 0, o)
		if err != nil {
			return nil, err
		}
		all[steps-k] = pr
		p.Add(1)
	}
	return all, nil
}

func newPair(ctx context.Context, f, m *level, last bool, o parallel.Options) (pr *pair, err error) {
	pr = &pair{last: last}
	if pr.fixed, err = f.blurred(ctx, o); err != nil {
		return nil, err
	}
	if pr.moving, err = m.blurred(ctx, o); err != nil {
		return nil, err
	}
	most := fewEdges
	if last {
		most = mostEdges
	}
	pr.edges, pr.grid = pr.fixed.edges(most), pr.fixed.spread()
	return pr, nil
}
