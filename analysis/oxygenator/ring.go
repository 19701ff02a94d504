package oxygenator

import (
	"context"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

const (
	ringReach   = 6   // slices to both sides that speak about the rings of a slice
	ringOff     = 2   // voxels about a voxel that tell whether deposit shines into it
	ringClear   = 0.2 // of the deposit contrast: more excess than that is deposit or its blur
	ringFewest  = 60  // voxels that tell how strong rings are
	ringOutlier = 4.0 // noise standard deviations at which a voxel's excess is cut off
)

// circles holds, for each slice, sum and weight of the unexplained grey by distance from the middle of the image
// in voxels; a voxel counts for the two nearest circles.
type circles struct{ sum, weight []float64 }

// removeRings takes from the excess what is common to all voxels at one distance from the axis of
// rotation, the z axis through the middle of the image, in nearby slices: rings that unequal detector
// elements leave. What deposit may shine into does not count. Each circle is trusted as far as the
// strength of all rings exceeds its noise: little is taken from a scan without rings. It returns the
// standard deviation of the rings, in grey. contrast is that of deposit, noise its standard deviation in air.
func (c *clean) removeRings(ctx context.Context, contrast, noise float64, o parallel.Options) (float64, error) {
	radius := radii(c.labels.Grid)
	size := int(radius[0]) + 2
	rows := make([]circles, c.labels.N[2])
	if err := parallel.Each(ctx, len(rows), o, nil, func(_ context.Context, z int) error {
		rows[z] = c.sumCircles(radius, size, z, float32(ringClear*contrast), ringOutlier*noise)
		return nil
	}); err != nil {
		return 0, err
	}
	strength, amount := ringAmounts(rows, noise)
	return strength, parallel.Each(ctx, len(rows), o, nil, func(_ context.Context, z int) error {
		excess := c.excess.Slice(z)
		for i, r := range radius {
			k := int(r)
			f := r - float32(k)
			excess[i] -= (1-f)*amount[z][k] + f*amount[z][k+1]
		}
		return nil
	})
}

// radii of the voxels of a slice, from its middle.
func radii(g volume.Grid) []float32 {
	cx, cy := float64(g.N[0]-1)/2, float64(g.N[1]-1)/2
	out := make([]float32, g.N[0]*g.N[1])
	for i := range out {
		out[i] = float32(math.Hypot(float64(i%g.N[0])-cx, float64(i/g.N[0])-cy))
	}
	return out
}

// sumCircles adds up a slice. A voxel counts when neither it nor what lies ringOff off in its slice
// is brighter than the limit.
func (c *clean) sumCircles(radius []float32, size, z int, limit float32, most float64) circles {
	out := circles{make([]float64, size), make([]float64, size)}
	nx, ny := c.labels.N[0], c.labels.N[1]
	excess, free := c.excess.Slice(z), c.free.Slice(z)
	dark := func(i int) bool { return free[i] <= faint || excess[i] <= limit }
	for y := ringOff; y < ny-ringOff; y++ {
		for x := ringOff; x < nx-ringOff; x++ {
			i := x + y*nx
			if dark(i) && dark(i-ringOff) && dark(i+ringOff) && dark(i-ringOff*nx) && dark(i+ringOff*nx) {
				out.add(radius[i], bound(float64(excess[i]), -most, most))
			}
		}
	}
	return out
}

func (c *circles) add(radius float32, v float64) {
	k := int(radius)
	f := float64(radius) - float64(k)
	c.sum[k] += (1 - f) * v
	c.sum[k+1] += f * v
	c.weight[k] += 1 - f
	c.weight[k+1] += f
}

// ringAmounts averages the circles over nearby slices and gives the strength of the rings and what is
// to be taken away, by slice and circle.
func ringAmounts(slices []circles, noise float64) (float64, [][]float32) {
	mean, doubt := make([][]float64, len(slices)), make([][]float64, len(slices))
	var square, n float64
	for z := range slices {
		mean[z], doubt[z] = ringMeans(slices, z, noise)
		for k, d := range doubt[z] {
			if d < noise*noise/ringFewest {
				square, n = square+mean[z][k]*mean[z][k]-d, n+1
			}
		}
	}
	power := max(square/max(n, 1), 0)
	out := make([][]float32, len(slices))
	for z := range out {
		out[z] = make([]float32, len(mean[z]))
		for k, m := range mean[z] {
			out[z][k] = float32(m * power / (power + doubt[z][k]))
		}
	}
	return math.Sqrt(power), out
}

// ringMeans gives the mean excess of each circle around slice z and the variance of that mean.
func ringMeans(slices []circles, z int, noise float64) (mean, doubt []float64) {
	const together = 6 // how many times the variance of a mean of correlated voxels exceeds that of free ones
	size := len(slices[z].sum)
	mean, doubt = make([]float64, size), make([]float64, size)
	weight, square := make([]float64, size), make([]float64, size)
	for s := max(z-ringReach, 0); s <= min(z+ringReach, len(slices)-1); s++ {
		w := 1 - abs(float64(s-z))/(ringReach+1)
		for k := range mean {
			mean[k] += w * slices[s].sum[k]
			weight[k] += w * slices[s].weight[k]
			square[k] += w * w * slices[s].weight[k]
		}
	}
	for k := range mean {
		doubt[k] = math.Inf(1)
		if weight[k] > 0 {
			mean[k] /= weight[k]
			doubt[k] = together * noise * noise * square[k] / (weight[k] * weight[k])
		}
	}
	return mean, doubt
}
