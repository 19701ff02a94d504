package reference

import (
	"context"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/register"
)

// Shared gives copies of two segmentations in which all that the other does not show, or did not look
// at, is excluded:outside. fit takes places of used to those of unused.
func Shared(ctx context.Context, used, unused *segment.Segmentation, fit *register.Fit, o parallel.Options) (u, r *segment.Segmentation, err error) {
	if u, err = within(ctx, used, unused, fit.Map, o); err != nil {
		return nil, nil, err
	}
	r, err = within(ctx, unused, used, fit.Unmap, o)
	return u, r, err
}

// within is s without what to maps out of the box that other looked at.
func within(ctx context.Context, s, other *segment.Segmentation, to func(mm [3]float64) [3]float64, o parallel.Options) (*segment.Segmentation, error) {
	from, there := register.PlaceOf(s.Labels.Grid), register.PlaceOf(other.Labels.Grid)
	box, seen := s.Box(), other.Box()
	l := volume.New[uint8](s.Labels.Grid)
	err := parallel.Slabs(ctx, l.N[2], o, nil, func(ctx context.Context, b parallel.Slab) error {
		for z := b.Z0; z < b.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			for i, class := range s.Labels.Slice(z) {
				at := [3]int{i % l.N[0], i / l.N[0], z}
				q := there.Voxel(to(from.MM([3]float64{float64(at[0]), float64(at[1]), float64(z)})))
				if !holds(box, at) || !holdsPoint(seen, q) {
					class = segment.Outside
				}
				l.Slice(z)[i] = class
			}
		}
		return nil
	})
	part := *s
	part.Labels = l
	return &part, err
}

func holds(b segment.Box, i [3]int) bool {
	for a := range i {
		if i[a] < b.Min[a] || i[a] >= b.Max[a] {
			return false
		}
	}
	return true
}

// holdsPoint reports whether a point lies in a voxel of the box.
func holdsPoint(b segment.Box, p [3]float64) bool {
	for a := range p {
		if !(p[a] >= float64(b.Min[a])-0.5 && p[a] < float64(b.Max[a])-0.5) {
			return false
		}
	}
	return true
}
