package distance

import (
	"context"
	"sync"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Slab gives the distances of slices [Z0, Z1), and of one slice beyond both ends where the volume
// has one. It is valid until the function that received it returns.
type Slab struct {
	Z0, Z1 int
	slice  func(dst []Distance, z int)
}

// Slice writes the distances of slice z, one a voxel, x fastest.
func (s *Slab) Slice(dst []Distance, z int) { s.slice(dst, z) }

// Slabs calls fn for every slab of the volume, at most o.Workers at once, with the distances of
// [To] and [Centers], which are never held for all of the volume: the memory needed is about half a
// byte a voxel. Errors are those of To.
func Slabs(ctx context.Context, l *volume.Labels, sites *label.Set, o parallel.Options, p parallel.Progress, fn func(context.Context, *Slab) error) error {
	if _, err := l.VoxelVolume(); err != nil {
		return err
	}
	if err := l.Check(); err != nil {
		return err
	}
	o.Depth = depth
	if p != nil {
		p.Stage("distance", 2*l.N[2])
	}
	c, err := newColumns(ctx, l, sites, o, p)
	if err != nil {
		return err
	}
	defer c.drop(ctx)
	if cubic(l.Grid) {
		return eachSlab[int32](ctx, c, newSquares[int32](l.Grid, [3]float64{1, 1, 1}, countless), o, p, fn)
	}
	return eachSlab[float64](ctx, c, newSquares[float64](l.Grid, l.Spacing, beyond), o, p, fn)
}

func eachSlab[T square](ctx context.Context, c *columns, sq squares[T], o parallel.Options, p parallel.Progress, fn func(context.Context, *Slab) error) error {
	table := sq.table(c.l.Spacing)
	free := sync.Pool{New: func() any { return newLayers(c, sq, table) }}
	return parallel.Slabs(ctx, c.l.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		w := free.Get().(*layers[T])
		defer free.Put(w)
		w.enter(s)
		return fn(ctx, &Slab{Z0: s.Z0, Z1: s.Z1, slice: w.slice})
	})
}
