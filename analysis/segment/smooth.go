package segment

import (
	"context"

	"explant/volume"
	"explant/volume/filter"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// greys are what thresholds are laid on: a volume as it is, or after the 3x3x3 median. Where vectors make its slices, they are made anew for each
// use; other volumes, and those whose greys do not fit a table, are smoothed once and kept.
type greys[T volume.Voxel] struct {
	raw, kept *volume.Volume[T]
}

// keepsSmooth says whether the smoothed volume is kept beside the scan.
func keepsSmooth[T volume.Voxel](nx int) bool {
	return !threshold.Narrow[T]() || !filter.Vectors[T](nx)
}

func smooth[T volume.Voxel](ctx context.Context, v *volume.Volume[T], o parallel.Options, p parallel.Progress) (*greys[T], error) {
	m := &greys[T]{raw: v}
	if !keepsSmooth[T](v.N[0]) {
		return m, v.Check()
	}
	var err error
	m.kept, err = filter.Median3(ctx, v, o, p)
	return m, err
}

// each calls fn for every slab with what gives its slices one at a time.
func (m *greys[T]) each(ctx context.Context, o parallel.Options, p parallel.Progress, fn func(ctx context.Context, s parallel.Slab, slice func(z int) []T) error) error {
	if m.kept == nil {
		return filter.Median3Slabs(ctx, m.raw, o, p, func(ctx context.Context, s *filter.Slab[T]) error {
			return fn(ctx, s.Slab, s.Slice)
		})
	}
	return parallel.Slabs(ctx, m.kept.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		return fn(ctx, s, m.kept.Slice)
	})
}

// drop gives back what was kept.
func (m *greys[T]) drop(ctx context.Context) {
	if m.kept != nil {
		volume.Drop(ctx, m.kept.Data)
		m.kept = nil
	}
}
