package register

import (
	"context"

	"explant/volume/parallel"
)

const (
	shiftReach = 4   // steps to each side
	shiftStep  = 1.5 // cells: no more than half a fibre that is just resolved
	shiftTries = 4000
	shiftBest  = 6 // poses that go on
)

// shifted gives the best poses among those given and shifts about each: a fit on a coarser level, which
// does not show single fibres, may be a fibre off.
func (pr *pair) shifted(ctx context.Context, all []candidate, o parallel.Options) ([]candidate, error) {
	thin := pair{fixed: pr.fixed, moving: pr.moving}
	for i := 0; i < len(pr.grid); i += len(pr.grid)/shiftTries + 1 {
		thin.grid = append(thin.grid, pr.grid[i])
	}
	const side = 2*shiftReach + 1
	var out []candidate
	for _, c := range all {
		tries := make([]candidate, side*side*side)
		err := parallel.Each(ctx, len(tries), o, nil, func(ctx context.Context, k int) (err error) {
			t := c
			for a, n := range [3]int{k % side, k / side % side, k / (side * side)} {
				t.To[a] += float64(n-shiftReach) * shiftStep * pr.fixed.h
			}
			t.score, _, err = thin.score(ctx, motion{Rigid: t.Rigid}, parallel.Options{Workers: 1})
			tries[k] = t
			return err
		})
		if err != nil {
			return nil, err
		}
		out = append(out, tries...)
	}
	return best(out, shiftBest, shiftStep*pr.fixed.h), nil
}
