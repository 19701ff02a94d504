package filter

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// truncate is where the Gaussian is cut off, in standard deviations.
const truncate = 4

// Gaussian returns v smoothed by a sampled Gaussian of standard deviation sigma voxels along x, y
// and z, cut off at 4 sigma and scaled to sum 1, the nearest voxel being repeated beyond the faces.
// A sigma of 0 leaves its axis as it is; a negative one or NaN is an error. Sums are in float64.
func Gaussian[T volume.Voxel](ctx context.Context, v *volume.Volume[T], sigma [3]float64, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], error) {
	if err := v.Check(); err != nil {
		return nil, err
	}
	var kernels [3][]float64
	for a, s := range sigma {
		if !(s >= 0) || s > 1e4 {
			return nil, fmt.Errorf("sigma of %g voxels along %c: must lie between 0 and 10000", s, "xyz"[a])
		}
		kernels[a] = gaussKernel(s)
	}
	if p != nil {
		p.Stage("Gaussian", v.N[2])
	}
	out := volume.New[float32](v.Grid)
	err := parallel.Slabs(ctx, v.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		w := newSmoother(v.N, kernels)
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			smoothSlice(out.Slice(z), v, z, w)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// gaussKernel is the half kernel: weight of the centre first, then of each distance.
func gaussKernel(sigma float64) []float64 {
	if sigma == 0 {
		return []float64{1}
	}
	k := make([]float64, int(truncate*sigma+0.5)+1)
	sum := 0.0
	for i := range k {
		k[i] = math.Exp(-0.5 * float64(i*i) / (sigma * sigma))
		sum += k[i] * float64(1+min(i, 1))
	}
	for i := range k {
		k[i] /= sum
	}
	return k
}

// smoother holds the kernels and the buffers of one goroutine.
type smoother struct {
	n       [3]int
	kernels [3][]float64
	slice   []float64 // summed along z
	row     []float64 // one row summed along y, with room for the reach along x at both ends
}

func newSmoother(n [3]int, kernels [3][]float64) *smoother {
	return &smoother{
		n: n, kernels: kernels,
		slice: make([]float64, n[0]*n[1]),
		row:   make([]float64, n[0]+2*(len(kernels[0])-1)),
	}
}

// smoothSlice sums along z into w.slice, then row by row along y and x into dst.
func smoothSlice[T volume.Voxel](dst []float32, v *volume.Volume[T], z int, w *smoother) {
	clear(w.slice)
	for d, k := range w.kernels[2] {
		accumulate(w.slice, v.Slice(max(z-d, 0)), k)
		if d > 0 {
			accumulate(w.slice, v.Slice(min(z+d, w.n[2]-1)), k)
		}
	}
	nx, ny := w.n[0], w.n[1]
	for y := range ny {
		w.alongY(y)
		w.alongX(dst[y*nx : (y+1)*nx])
	}
}

func accumulate[T volume.Voxel](dst []float64, src []T, weight float64) {
	for i, v := range src {
		dst[i] += weight * float64(v)
	}
}

// alongY sums the rows around y into the middle of w.row and repeats its ends.
func (w *smoother) alongY(y int) {
	nx, ny, reach := w.n[0], w.n[1], len(w.kernels[0])-1
	mid := w.row[reach : reach+nx]
	clear(mid)
	for d, k := range w.kernels[1] {
		lo := max(y-d, 0)
		accumulate(mid, w.slice[lo*nx:(lo+1)*nx], k)
		if hi := min(y+d, ny-1); d > 0 {
			accumulate(mid, w.slice[hi*nx:(hi+1)*nx], k)
		}
	}
	for i := range reach {
		w.row[i], w.row[reach+nx+i] = mid[0], mid[nx-1]
	}
}

func (w *smoother) alongX(dst []float32) {
	k := w.kernels[0]
	reach := len(k) - 1
	for x := range dst {
		c := x + reach
		sum := k[0] * w.row[c]
		for d := 1; d <= reach; d++ {
			sum += k[d] * (w.row[c-d] + w.row[c+d])
		}
		dst[x] = float32(sum)
	}
}
