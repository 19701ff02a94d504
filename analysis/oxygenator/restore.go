package oxygenator

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

const (
	spread  = 2  // voxels that the point spread reaches in the restoration
	colour  = 8  // slices a slab of it; two of the same colour never touch the same voxel
	sweeps  = 8  // at most
	faint   = 12 // of 255: a smaller share of blood side is not looked at
	settled = 2e-4
)

// restoration is a two-valued deposit map whose blur explains the excess: a Markov field with the
// point spread in its data term.
//
// Source: Besag, J. R. Stat. Soc. B 48(3):259-302, 1986 (iterated conditional modes).
type restoration struct {
	*clean
	on      *volume.Labels          // 1 where deposit is
	rest    *volume.Volume[float32] // excess less the blurred map, in units of the deposit contrast
	kernel  [2*spread + 1][2*spread + 1][2*spread + 1]float32
	square  float32 // sum of squares of the kernel
	inverse float32 // 1/(2 variance of the noise)
	prior   float32 // cost of a face between deposit and void
}

// restore starts from the excess over half of what deposit would add and flips voxels as long as
// that explains the scan better or makes the border smaller. c.solid becomes the excess in units of
// the contrast, c.open is used up.
func (c *clean) restore(ctx context.Context, contrast, psf, noise, smoothness float64, o parallel.Options, p parallel.Progress) (*restoration, error) {
	r := &restoration{clean: c, on: volume.New[uint8](c.labels.Grid), rest: c.open, prior: float32(smoothness)}
	r.setKernel(psf)
	r.inverse = float32(contrast * contrast / (2 * noise * noise))
	if err := r.start(ctx, contrast, o); err != nil {
		return nil, err
	}
	if _, err := r.each(ctx, o, nil, func(x, y, z int) int {
		if i := r.on.Offset(x, y, z); r.on.Data[i] != 0 {
			r.splat(x, y, z, -r.share(i))
		}
		return 0
	}); err != nil {
		return nil, err
	}
	for range sweeps {
		flips, err := r.each(ctx, o, p, r.visit)
		if err != nil {
			return nil, err
		}
		if float64(flips) <= settled*float64(r.count()) {
			break
		}
	}
	return r, nil
}

// start turns on what exceeds half of what deposit would add.
func (r *restoration) start(ctx context.Context, contrast float64, o parallel.Options) error {
	return eachSlice(ctx, r.on.Grid, o, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			if r.free.Data[i] > faint && float64(r.solid.Data[i]) > 0.5*contrast*max(float64(r.open.Data[i]), 0.2) {
				r.on.Data[i] = 1
			}
			r.solid.Data[i] /= float32(contrast)
			r.rest.Data[i] = r.solid.Data[i]
		}
	})
}

func (r *restoration) setKernel(sigma float64) {
	sum := 0.0
	w := func(k int) float64 { return math.Exp(-float64(k*k) / (2 * sigma * sigma)) }
	for i := -spread; i <= spread; i++ {
		for j := -spread; j <= spread; j++ {
			for k := -spread; k <= spread; k++ {
				sum += w(i) * w(j) * w(k)
			}
		}
	}
	for i := range r.kernel {
		for j := range r.kernel {
			for k := range r.kernel {
				v := float32(w(i-spread) * w(j-spread) * w(k-spread) / sum)
				r.kernel[i][j][k] = v
				r.square += v * v
			}
		}
	}
}

func (r *restoration) share(i int) float32 { return float32(r.free.Data[i]) / 255 }

// each visits every voxel in an order that does not depend on the number of workers: even slabs side
// by side, then odd ones. It returns the sum of what visit returns.
func (r *restoration) each(ctx context.Context, o parallel.Options, p parallel.Progress, visit func(x, y, z int) int) (int, error) {
	n := r.on.N
	slabs := (n[2] + colour - 1) / colour
	flips := make([]int, slabs)
	for parity := range 2 {
		err := parallel.Each(ctx, (slabs+1-parity)/2, o, p, func(ctx context.Context, k int) error {
			slab := 2*k + parity
			for z := slab * colour; z < min((slab+1)*colour, n[2]); z++ {
				if err := ctx.Err(); err != nil {
					return err
				}
				for y := range n[1] {
					for x := range n[0] {
						flips[slab] += visit(x, y, z)
					}
				}
			}
			return nil
		})
		if err != nil {
			return 0, err
		}
	}
	total := 0
	for _, f := range flips {
		total += f
	}
	return total, nil
}

// visit flips the voxel when that lowers the cost.
func (r *restoration) visit(x, y, z int) int {
	i := r.on.Offset(x, y, z)
	if r.free.Data[i] <= faint || (r.on.Data[i] == 0 && r.solid.Data[i] < 0.1) {
		return 0
	}
	same, other := r.neighbours(x, y, z, r.on.Data[i])
	if other == 0 {
		return 0
	}
	sign, share := float32(1), r.share(i)
	if r.on.Data[i] != 0 {
		sign = -1
	}
	data := share*share*r.square - 2*sign*share*r.match(x, y, z)
	if data*r.inverse+r.prior*(same-other) >= 0 {
		return 0
	}
	r.on.Data[i] ^= 1
	r.splat(x, y, z, -sign*share)
	return 1
}

// neighbours weighs the 26 neighbours of the same and of the other state by inverse distance, scaled
// so that a flat face counts 1. Voxels that are solid for sure count as neither.
func (r *restoration) neighbours(x, y, z int, state uint8) (same, other float32) {
	n := r.on.N
	for k := max(z-1, 0); k <= min(z+1, n[2]-1); k++ {
		for j := max(y-1, 0); j <= min(y+1, n[1]-1); j++ {
			for i := max(x-1, 0); i <= min(x+1, n[0]-1); i++ {
				at := r.on.Offset(i, j, k)
				if r.free.Data[at] <= faint {
					continue
				}
				w := nearness[(i-x)*(i-x)+(j-y)*(j-y)+(k-z)*(k-z)]
				if r.on.Data[at] == state {
					same += w
				} else {
					other += w
				}
			}
		}
	}
	return same - nearness[0], other
}

// nearness of neighbours by squared distance: 1/distance over the sum on one side of a plane.
var nearness = [4]float32{0, 0.163, 0.115, 0.094}

// match is the kernel's inner product with the rest about the voxel.
func (r *restoration) match(x, y, z int) float32 {
	var sum float32
	r.window(x, y, z, func(row, k []float32) {
		for i, w := range k {
			sum += w * row[i]
		}
	})
	return sum
}

// splat adds f times the kernel to the rest.
func (r *restoration) splat(x, y, z int, f float32) {
	r.window(x, y, z, func(row, k []float32) {
		for i, w := range k {
			row[i] += f * w
		}
	})
}

// window pairs the rows of the rest about the voxel with those of the kernel.
func (r *restoration) window(x, y, z int, pair func(row, k []float32)) {
	n := r.rest.N
	x0, x1 := max(x-spread, 0), min(x+spread+1, n[0])
	for k := max(z-spread, 0); k <= min(z+spread, n[2]-1); k++ {
		for j := max(y-spread, 0); j <= min(y+spread, n[1]-1); j++ {
			row := r.rest.Offset(0, j, k)
			pair(r.rest.Data[row+x0:row+x1], r.kernel[k-z+spread][j-y+spread][x0-x+spread:x1-x+spread])
		}
	}
}

func (r *restoration) count() (n int) {
	for _, v := range r.on.Data {
		n += int(v)
	}
	return n
}

// commit enters the map in the labels.
func (r *restoration) commit() {
	for i, v := range r.on.Data {
		if v != 0 && r.labels.Data[i] == segment.Void && r.free.Data[i] > 127 {
			r.labels.Data[i] = segment.Deposit
		}
	}
}
