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
	f, err := NewField(ctx, l, sites, o, p)
	if err != nil {
		return err
	}
	defer f.Drop(ctx)
	return f.Range(ctx, 0, l.N[2], o, p, fn)
}

// Field knows the sites of a volume and gives distances where they are asked for.
type Field struct{ c *columns }

// NewField looks the sites up. Errors are those of To; Drop must be called.
func NewField(ctx context.Context, l *volume.Labels, sites *label.Set, o parallel.Options, p parallel.Progress) (*Field, error) {
	if _, err := l.VoxelVolume(); err != nil {
		return nil, err
	}
	if err := l.Check(); err != nil {
		return nil, err
	}
	o.Depth = depth
	if p != nil {
		p.Stage("distance", 2*l.N[2])
	}
	c, err := newColumns(ctx, l, sites, o, p)
	if err != nil {
		return nil, err
	}
	return &Field{c}, nil
}

// Drop gives back what the field holds.
func (f *Field) Drop(ctx context.Context) { f.c.drop(ctx) }

// Range is [Slabs] for slices [z0, z1) alone: slabs are those of all of the volume, cut at the two ends.
func (f *Field) Range(ctx context.Context, z0, z1 int, o parallel.Options, p parallel.Progress, fn func(context.Context, *Slab) error) error {
	l := f.c.l
	if cubic(l.Grid) {
		return eachSlab[int32](ctx, f.c, newSquares[int32](l.Grid, [3]float64{1, 1, 1}, countless), z0, z1, o, p, fn)
	}
	return eachSlab[float64](ctx, f.c, newSquares[float64](l.Grid, l.Spacing, beyond), z0, z1, o, p, fn)
}

func eachSlab[T square](ctx context.Context, c *columns, sq squares[T], z0, z1 int, o parallel.Options, p parallel.Progress, fn func(context.Context, *Slab) error) error {
	o.Depth, o.Halo = depth, 0
	first, n := z0/depth*depth, c.l.N[2]
	table := sq.table(c.l.Spacing)
	free := sync.Pool{New: func() any { return newLayers(c, sq, table) }}
	return parallel.Slabs(ctx, z1-first, o, p, func(ctx context.Context, s parallel.Slab) error {
		w := free.Get().(*layers[T])
		defer free.Put(w)
		lo := first + s.Z0
		w.enter(parallel.Slab{Z0: lo, Z1: min(lo+depth, n)})
		return fn(ctx, &Slab{Z0: max(lo, z0), Z1: first + s.Z1, slice: w.slice})
	})
}
