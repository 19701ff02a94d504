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
		w := newSmoother[T](v.N, kernels)
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			w.smoothSlice(out.Slice(z), v, z)
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
type smoother[T volume.Voxel] struct {
	n       [3]int
	kernels [3][]float64
	whole   [3][]float64 // kernels z and y by tap: middle, then the two sides of each distance
	slices  [][]T        // taps along z
	rows    [][]float64  // taps along y
	slice   []float64    // summed along z
	row     []float64    // one row summed along y, with room for the reach along x at both ends
}

func newSmoother[T volume.Voxel](n [3]int, kernels [3][]float64) *smoother[T] {
	w := &smoother[T]{
		n: n, kernels: kernels,
		slice: make([]float64, n[0]*n[1]),
		row:   make([]float64, n[0]+2*(len(kernels[0])-1)),
	}
	for a := 1; a < 3; a++ {
		for d, k := range kernels[a] {
			if w.whole[a] = append(w.whole[a], k); d > 0 {
				w.whole[a] = append(w.whole[a], k)
			}
		}
	}
	return w
}

// smoothSlice sums along z into w.slice, then row by row along y and x into dst.
func (w *smoother[T]) smoothSlice(dst []float32, v *volume.Volume[T], z int) {
	w.slices = w.slices[:0]
	for d := range w.kernels[2] {
		if w.slices = append(w.slices, v.Slice(max(z-d, 0))); d > 0 {
			w.slices = append(w.slices, v.Slice(min(z+d, w.n[2]-1)))
		}
	}
	sums(w.slice, w.slices, w.whole[2])
	nx, ny := w.n[0], w.n[1]
	for y := range ny {
		w.alongY(y)
		fold(dst[y*nx:(y+1)*nx], w.row, w.kernels[0])
	}
}

// alongY sums the rows around y into the middle of w.row and repeats its ends.
func (w *smoother[T]) alongY(y int) {
	nx, ny, reach := w.n[0], w.n[1], len(w.kernels[0])-1
	mid := w.row[reach : reach+nx]
	w.rows = w.rows[:0]
	for d := range w.kernels[1] {
		lo := max(y-d, 0)
		w.rows = append(w.rows, w.slice[lo*nx:(lo+1)*nx])
		if hi := min(y+d, ny-1); d > 0 {
			w.rows = append(w.rows, w.slice[hi*nx:(hi+1)*nx])
		}
	}
	sums(mid, w.rows, w.whole[1])
	for i := range reach {
		w.row[i], w.row[reach+nx+i] = mid[0], mid[nx-1]
	}
}
