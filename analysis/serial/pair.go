package serial

import (
	"context"
	"math"
)

// Pair is a section registered to another one.
type Pair struct {
	Fixed, Moving int     // their numbers in the order of cutting
	Affine        Affine  // from the fixed section to the moving one, after Field
	Field         *Field  // displacement on the fixed section
	Similarity    float64 // correlation of the two pictures where they overlap, mean of the colours, -1 to 1
}

// Map takes a place of the fixed section to the moving one.
func (p *Pair) Map(at [2]float64) [2]float64 {
	d := p.Field.At(at)
	return p.Affine.Apply([2]float64{at[0] + d[0], at[1] + d[1]})
}

// When a mirrored section is looked for and believed.
const (
	surelyAlike  = 0.85 // a correlation above which nobody looks for a mirrored one
	mirroredGain = 0.08 // by which the mirrored one must be more alike
)

// Register finds where the places of the fixed section lie on the moving one.
func Register(ctx context.Context, fixed, moving *Picture) (Pair, error) {
	p := Pair{}
	best, zncc, err := coarse(ctx, fixed, moving, false)
	if err != nil {
		return p, err
	}
	if zncc < surelyAlike {
		other, z, err := coarse(ctx, fixed, moving, true)
		if err != nil {
			return p, err
		}
		if z > zncc+mirroredGain {
			best = other
		}
	}
	levels := min(len(fixed.levels), len(moving.levels))
	for k := levels - 1; k >= 0; k-- {
		if best, _, err = refineAffine(ctx, &fixed.levels[k], &moving.levels[k], best); err != nil {
			return p, err
		}
	}
	p.Affine, p.Field = best, newField(fixed.W, fixed.H)
	for k := levels - 1; k >= 0; k-- {
		if err := refineField(ctx, &fixed.levels[k], &moving.levels[k], p.Affine, p.Field); err != nil {
			return p, err
		}
	}
	p.Similarity = warp(&fixed.levels[0], &moving.levels[0], p.Map).zncc
	return p, nil
}

// coarse refines the best turns of the search on the coarsest level and returns the one that is most alike.
func coarse(ctx context.Context, fixed, moving *Picture, mirror bool) (best Affine, zncc float64, err error) {
	starts, err := search(ctx, fixed, moving, mirror)
	if err != nil {
		return best, 0, err
	}
	levels := min(len(fixed.levels), len(moving.levels))
	f, m := &fixed.levels[levels-1], &moving.levels[levels-1]
	best, zncc = starts[0].at, math.Inf(-1)
	for _, s := range starts {
		a, z, err := refineAffine(ctx, f, m, s.at)
		if err != nil {
			return best, zncc, err
		}
		if z > zncc {
			best, zncc = a, z
		}
	}
	return best, zncc, nil
}
