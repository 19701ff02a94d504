package oxygenator

import (
	"context"

	"explant/volume"
	"explant/volume/parallel"
)

// excess turns the scan into what it shows above the clean device, in greys at gain 1; it is written
// over c.solid.
func (c *clean) excess(ctx context.Context, v *volume.Volume[float32], g gain, lv levels, o parallel.Options, p parallel.Progress) error {
	o.Halo = 0
	return parallel.Slabs(ctx, v.N[2], o, p, func(_ context.Context, s parallel.Slab) error {
		plane := v.N[0] * v.N[1]
		for i := s.Z0 * plane; i < s.Z1*plane; i++ {
			c.solid.Data[i] = float32(float64(v.Data[i])/g.at(v.Grid, i) - lv.air - float64(c.solid.Data[i]))
		}
		return nil
	})
}

// candidate reports whether the excess at i is over share of what deposit of the given contrast
// would add there.
func (c *clean) candidate(i int, contrast, share float64) bool {
	return c.free.Data[i] > 127 && float64(c.solid.Data[i]) > share*contrast*float64(c.open.Data[i])
}

// depositContrast is the grey of deposit above air: from voxels of the blood side that lie deep in
// bright regions, deeper where there are enough of them. false where there are none.
func (c *clean) depositContrast(start float64) (float64, bool) {
	contrast := start
	for range 4 {
		mean, ok := c.coreMean(contrast)
		if !ok {
			return contrast, false
		}
		if abs(mean-contrast) < 0.002*contrast {
			return mean, true
		}
		contrast = mean
	}
	return contrast, true
}

// coreMean averages the excess over voxels at whose 5x5x5 neighbourhood's corners, faces and centre
// there is deposit by half the contrast; with fewer than coreVoxels of them over 3x3x3.
func (c *clean) coreMean(contrast float64) (float64, bool) {
	for _, reach := range []int{3, 2, 1} {
		sum, n := 0.0, 0
		g := c.labels.Grid
		row, plane := g.N[0], g.N[0]*g.N[1]
		for z := reach; z < g.N[2]-reach; z++ {
			for y := reach; y < g.N[1]-reach; y++ {
				for x := reach; x < g.N[0]-reach; x++ {
					i := g.Offset(x, y, z)
					if c.open.Data[i] < 0.98 || !c.candidate(i, contrast, 0.5) {
						continue
					}
					deep := true
					for _, d := range [...]int{1, -1, row, -row, plane, -plane} {
						for k := 1; k <= reach && deep; k++ {
							deep = c.candidate(i+k*d, contrast, 0.5)
						}
					}
					if deep {
						sum, n = sum+float64(c.solid.Data[i]), n+1
					}
				}
			}
		}
		if n >= coreVoxels {
			return sum / float64(n), true
		}
	}
	return 0, false
}

const coreVoxels = 300
