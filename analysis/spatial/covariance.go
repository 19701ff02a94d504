package spatial

import (
	"context"
	"math"
	"slices"

	"explant/volume/parallel"
)

// Lag is how alike points at a distance are: 1 where they are equal, 0 where they know nothing of each
// other.
type Lag struct{ Distance, Correlation float64 }

// depth is the number of slices of a lattice that are counted at once.
const depth = 16

// Covariance is the two-point covariance of the load within the room along each axis, over the variance of
// the load: at lags of 1 to 8 steps and from there in steps of a quarter, up to farthest. An axis along
// which a lag has no pairs ends before it. Without load, or where all is loaded, there is none.
//
// Source: Torquato, Random Heterogeneous Materials, Springer, 2002, 2.2 (two-point correlation); edges by
// counting only pairs of which both points have room.
func Covariance(ctx context.Context, l *Lattice, farthest float64, o parallel.Options) ([3][]Lag, error) {
	var curves [3][]Lag
	load, room := l.Count([3]int{}, l.N)
	share := float64(load) / float64(room)
	variance := share * (1 - share)
	if room == 0 || !(variance > 0) {
		return curves, ctx.Err()
	}
	for axis := range 3 {
		for k := 1; k < l.N[axis] && float64(k)*l.Step[axis] <= farthest; k = max(k+1, k*5/4) {
			p, err := l.pairs(ctx, axis, k, o)
			if err != nil {
				return curves, err
			}
			if p.all == 0 {
				break
			}
			curves[axis] = append(curves[axis], Lag{float64(k) * l.Step[axis], p.covariance() / variance})
		}
	}
	return curves, nil
}

func (l *Lattice) pairs(ctx context.Context, axis, k int, o parallel.Options) (sum pairs, err error) {
	o.Depth = depth
	parts := make([]pairs, o.Count(l.N[2]))
	err = parallel.Slabs(ctx, l.N[2], o, nil, func(_ context.Context, s parallel.Slab) error {
		parts[s.Index(o)] = l.in(axis, k, s.Z0, s.Z1)
		return nil
	})
	for _, p := range parts {
		sum.add(p)
	}
	return sum, err
}

// Mean is the mean of curves over those that reach a distance, at all distances of any of them that all
// reach; between lags they are straight, and they start at (0, 1). Empty curves are left out.
func Mean(curves ...[]Lag) []Lag {
	var at []float64
	end := math.Inf(1)
	curves = slices.DeleteFunc(slices.Clone(curves), func(c []Lag) bool { return len(c) == 0 })
	for _, c := range curves {
		end = min(end, c[len(c)-1].Distance)
		for _, lag := range c {
			at = append(at, lag.Distance)
		}
	}
	slices.Sort(at)
	var out []Lag
	for _, d := range slices.Compact(at) {
		if d > end {
			break
		}
		sum := 0.0
		for _, c := range curves {
			sum += value(c, d)
		}
		out = append(out, Lag{d, sum / float64(len(curves))})
	}
	return out
}

// value is that of a curve at a distance that it reaches.
func value(c []Lag, d float64) float64 {
	before := Lag{0, 1}
	for _, lag := range c {
		if d <= lag.Distance {
			return before.Correlation + (lag.Correlation-before.Correlation)*(d-before.Distance)/(lag.Distance-before.Distance)
		}
		before = lag
	}
	return before.Correlation
}

// Reach is the distance at which a curve first falls to a level, straight between its lags; false where
// it does not.
func Reach(c []Lag, level float64) (float64, bool) {
	before := Lag{0, 1}
	for _, lag := range c {
		if lag.Correlation <= level {
			return before.Distance + (lag.Distance-before.Distance)*(before.Correlation-level)/(before.Correlation-lag.Correlation), true
		}
		before = lag
	}
	return 0, false
}
