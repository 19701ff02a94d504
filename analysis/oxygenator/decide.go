package oxygenator

import (
	"context"

	"explant/volume/parallel"
)

// candidate reports whether the excess at i is over share of what deposit of the given contrast
// would add there.
func (c *clean) candidate(i int, contrast, share float64) bool {
	return c.free.Data[i] > 127 && float64(c.excess.Data[i]) > share*contrast*c.openAt(i)
}

// depositContrast is the grey of deposit above air: from voxels of the blood side that lie deep in
// bright regions. false where there are none.
func (c *clean) depositContrast(ctx context.Context, start float64, o parallel.Options) (contrast float64, ok bool, err error) {
	contrast = start
	for range 4 {
		mean, found, err := c.coreMean(ctx, contrast, o)
		if err != nil || !found {
			return contrast, false, err
		}
		if abs(mean-contrast) < 0.002*contrast {
			return mean, true, nil
		}
		contrast = mean
	}
	return contrast, true, nil
}

// amount is a sum and how many it is of.
type amount struct {
	sum float64
	n   int
}

// coreMean averages the excess over voxels deep in deposit, as deep as leaves coreVoxels of them.
func (c *clean) coreMean(ctx context.Context, contrast float64, o parallel.Options) (float64, bool, error) {
	for _, reach := range []int{3, 2, 1} {
		parts, err := perSlice(ctx, c.labels.Grid, o, func(lo, hi int) (a amount) {
			for i := lo; i < hi; i++ {
				if c.open.Data[i] >= mostlyOpen && c.deep(i, contrast, reach) {
					a.sum, a.n = a.sum+float64(c.excess.Data[i]), a.n+1
				}
			}
			return a
		})
		if err != nil {
			return 0, false, err
		}
		var all amount
		for _, a := range parts {
			all.sum, all.n = all.sum+a.sum, all.n+a.n
		}
		if all.n >= coreVoxels {
			return all.sum / float64(all.n), true, nil
		}
	}
	return 0, false, nil
}

const coreVoxels = 300

// deep reports that there is deposit by half the contrast at i and at the reach voxels to all six
// sides of it, inside the image.
func (c *clean) deep(i int, contrast float64, reach int) bool {
	if !c.candidate(i, contrast, 0.5) {
		return false
	}
	n := c.labels.N
	x, y, z := split(c.labels.Grid, i)
	if min(x, y, z) < reach || x >= n[0]-reach || y >= n[1]-reach || z >= n[2]-reach {
		return false
	}
	for _, step := range [3]int{1, n[0], n[0] * n[1]} {
		for k := step; k <= reach*step; k += step {
			if !c.candidate(i+k, contrast, 0.5) || !c.candidate(i-k, contrast, 0.5) {
				return false
			}
		}
	}
	return true
}
