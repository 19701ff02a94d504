package distance

import (
	"context"
	"errors"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// ErrNoSites is returned where no voxel belongs to the class that distances are asked to.
var ErrNoSites = errors.New("no voxel of the class to measure distances to")

// Distance is how far a voxel's centre lies from the nearest site, mm: from its centre, and from
// the interface with it. Both are 0 in the sites themselves.
type Distance struct{ Center, Interface float32 }

// To returns for every voxel of l the distance in mm from its centre to the interface with the
// nearest voxel whose class is in sites; 0 in those voxels themselves. A grid with an unknown
// spacing gives volume.ErrSpacing, one without sites ErrNoSites. Where two sites are equally near
// and the spacings differ, either may be taken; the distances then differ by less than half the
// largest spacing.
func To(ctx context.Context, l *volume.Labels, sites *label.Set, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], error) {
	return kept(ctx, l, sites, o, p, func(d Distance) float32 { return d.Interface })
}

// Centers returns for every voxel of l the distance in mm from its centre to the centre of the
// nearest voxel whose class is in sites: [To] without the half voxel taken off.
func Centers(ctx context.Context, l *volume.Labels, sites *label.Set, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], error) {
	return kept(ctx, l, sites, o, p, func(d Distance) float32 { return d.Center })
}

func kept(ctx context.Context, l *volume.Labels, sites *label.Set, o parallel.Options, p parallel.Progress, of func(Distance) float32) (*volume.Volume[float32], error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	out, err := volume.Make[float32](ctx, l.Grid)
	if err != nil {
		return nil, err
	}
	err = Slabs(ctx, l, sites, o, p, func(ctx context.Context, s *Slab) error {
		slice := make([]Distance, l.N[0]*l.N[1])
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			s.Slice(slice, z)
			for i, d := range slice {
				out.Data[z*len(slice)+i] = of(d)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
