package oxygenator

import (
	"context"
	"math"

	"explant/volume/parallel"
)

// noise of the scan in air, at gain 1.
type noise struct {
	sd          float64 // grey
	deposit     float64 // grey, in deposit
	correlation float64 // between face neighbours along x
}

// measureNoise takes the blood side that neither deposit nor fibre reaches, and the cores of deposits.
func (c *clean) measureNoise(ctx context.Context, contrast float64, o parallel.Options) (noise, error) {
	out := noise{sd: contrast / 10}
	calm, err := c.pairsIn(ctx, o, func(i int) bool { return c.open.Data[i] >= fullyOpen && float64(c.excess.Data[i]) < contrast/3 })
	if err != nil {
		return out, err
	}
	core, err := c.pairsIn(ctx, o, func(i int) bool { return c.open.Data[i] >= fullyOpen && c.deep(i, contrast, 2) })
	if calm.known() {
		out = noise{sd: math.Sqrt(calm.variance()), correlation: calm.correlation()}
	}
	out.deposit = out.sd
	if core.known() {
		out.deposit = math.Sqrt(core.variance())
	}
	return out, err
}

// pairs are sums over neighbours along x.
type pairs struct{ sum, square, cross, n float64 }

func (p pairs) mean() float64        { return p.sum / (2 * p.n) }
func (p pairs) variance() float64    { return p.square/(2*p.n) - p.mean()*p.mean() }
func (p pairs) correlation() float64 { return (p.cross/p.n - p.mean()*p.mean()) / p.variance() }
func (p pairs) known() bool          { return p.n >= coreVoxels && p.variance() > 0 }

// pairsIn sums the excess over the neighbours of which both are in.
func (c *clean) pairsIn(ctx context.Context, o parallel.Options, in func(i int) bool) (pairs, error) {
	parts, err := perSlice(ctx, c.labels.Grid, o, func(lo, hi int) (p pairs) {
		before := false
		for i := lo; i < hi; i++ {
			here := in(i)
			if here && before && i%c.labels.N[0] != 0 {
				a, b := float64(c.excess.Data[i-1]), float64(c.excess.Data[i])
				p.sum, p.square, p.cross, p.n = p.sum+a+b, p.square+a*a+b*b, p.cross+a*b, p.n+1
			}
			before = here
		}
		return p
	})
	var all pairs
	for _, p := range parts {
		all = pairs{all.sum + p.sum, all.square + p.square, all.cross + p.cross, all.n + p.n}
	}
	return all, err
}
