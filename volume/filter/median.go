package filter

import (
	"context"
	"sync"

	"explant/volume"
	"explant/volume/parallel"
)

// Median3 returns the median of the 27 voxels around each voxel, the nearest voxel being repeated
// beyond the faces. The result lies on the grid of v and has its type. NaN sorts above +Inf, or
// below -Inf when its sign bit is set.
//
// The 27 values are reached by sorting: triples along z, their merge to nine along y, and a
// selection among three sorted nines along x, so that each step is shared by its neighbours.
// Comparator network of the nines: Floyd, in Knuth, The Art of Computer Programming 3, 5.3.4.
func Median3[T volume.Voxel](ctx context.Context, v *volume.Volume[T], o parallel.Options, p parallel.Progress) (*volume.Volume[T], error) {
	if err := v.Check(); err != nil {
		return nil, err
	}
	if p != nil {
		p.Stage("median 3x3x3", v.N[2])
	}
	out, err := volume.Make[T](ctx, v.Grid)
	if err != nil {
		return nil, err
	}
	err = parallel.Slabs(ctx, v.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		b := newBench[T](v.N[0])
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			medianSlice(b, out.Slice(z), v, z)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Slab gives slices [Z0, Z1) of [Median3]. It is valid until the function that received it returns.
type Slab[T volume.Voxel] struct {
	parallel.Slab
	v     *volume.Volume[T]
	bench *bench
	slice []T
}

// Slice makes slice z, which is valid until the next one is asked for.
func (s *Slab[T]) Slice(z int) []T {
	medianSlice(s.bench, s.slice, s.v, z)
	return s.slice
}

// Median3Slabs calls fn for every slab of [Median3], at most o.Workers at once. Nothing is held for all of
// the volume: where [Vectors] says so, to make a slice anew takes less than to write it and read it.
func Median3Slabs[T volume.Voxel](ctx context.Context, v *volume.Volume[T], o parallel.Options, p parallel.Progress, fn func(context.Context, *Slab[T]) error) error {
	if err := v.Check(); err != nil {
		return err
	}
	free := sync.Pool{New: func() any { return &Slab[T]{v: v, bench: newBench[T](v.N[0]), slice: make([]T, v.N[0]*v.N[1])} }}
	return parallel.Slabs(ctx, v.N[2], o, p, func(ctx context.Context, slab parallel.Slab) error {
		s := free.Get().(*Slab[T])
		defer free.Put(s)
		s.Slab = slab
		return fn(ctx, s)
	})
}

// Vectors reports whether medians of rows of nx voxels are found many at a time.
func Vectors[T volume.Voxel](nx int) bool { return newBench[T](nx) != nil }

// medianSlice writes slice z of the median, many voxels at a time where b is given, else one at a
// time with keys as wide as the voxel type needs.
func medianSlice[T volume.Voxel](b *bench, dst []T, v *volume.Volume[T], z int) {
	switch kind := kindOf[T](); {
	case b != nil && kind == integer:
		integers(b, dst, v, z)
	case b != nil && kind == single:
		singles(b, dst, v, z)
	default:
		portable(dst, v, z)
	}
}

// portable writes slice z of the median in plain Go.
func portable[T volume.Voxel](dst []T, v *volume.Volume[T], z int) {
	switch kindOf[T]() {
	case double:
		median(dst, v, z, doubleKeys[T], fromDoubleKeys[T])
	case single:
		median(dst, v, z, singleKeys[T], fromSingleKeys[T])
	default:
		median(dst, v, z, integerKeys[T], fromIntegerKeys[T])
	}
}

// triples are rows of three sorted values along z, one triple an x.
type triples[K key] struct{ lo, mid, hi []K }

// median writes slice z: a ring of three rows of triples moves along y.
func median[T volume.Voxel, K key](dst []T, v *volume.Volume[T], z int, load func([]K, []T), store func([]T, []K)) {
	nx, ny, nz := v.N[0], v.N[1], v.N[2]
	slices := [3][]T{v.Slice(max(z-1, 0)), v.Slice(z), v.Slice(min(z+1, nz-1))}
	var ring [3]triples[K]
	for i := range ring {
		ring[i] = triples[K]{make([]K, nx), make([]K, nx), make([]K, nx)}
	}
	var nines [9][]K
	for i := range nines {
		nines[i] = make([]K, nx)
	}
	row := make([]K, nx)
	fill := func(y int) {
		r := ring[y%3]
		load(r.lo, slices[0][y*nx:(y+1)*nx])
		load(r.mid, slices[1][y*nx:(y+1)*nx])
		load(r.hi, slices[2][y*nx:(y+1)*nx])
		sortTriples(r)
	}
	fill(0)
	for y := range ny {
		if y+1 < ny {
			fill(y + 1)
		}
		mergeNines(&nines, ring[max(y-1, 0)%3], ring[y%3], ring[min(y+1, ny-1)%3])
		selectMedians(row, &nines)
		store(dst[y*nx:(y+1)*nx], row)
	}
}
