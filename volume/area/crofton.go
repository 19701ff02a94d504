package area

import (
	"context"
	"sync/atomic"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Crofton returns the surface area in mm² of each of the objects on a grid of theirs: areas[i] is
// that of object i+1. Objects that touch each other both have the surface between them. On balls of
// 5 to 20 voxels radius it is within 2 % on cubic voxels and 3 % on 1:1:2. An unknown spacing gives
// volume.ErrSpacing.
func Crofton(ctx context.Context, g volume.Grid, objects *label.Objects, o parallel.Options, p parallel.Progress) ([]float64, error) {
	dv, err := g.VoxelVolume()
	if err != nil {
		return nil, err
	}
	if p != nil {
		p.Stage("surface area", g.N[2])
	}
	crossings := make([][directions]atomic.Int64, len(objects.Regions)+1) // whole numbers: the order of adding does not matter
	err = parallel.Slabs(ctx, g.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		c := counter{objects: objects, sums: crossings}
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			for y := range g.N[1] {
				c.row(y, z)
			}
		}
		c.flush()
		return nil
	})
	if err != nil {
		return nil, err
	}
	dirs := Directions(g.Spacing)
	areas := make([]float64, len(objects.Regions))
	for i := range areas {
		for k, d := range dirs {
			areas[i] += 2 * d.Weight * float64(crossings[i+1][k].Load()) * dv / d.Length
		}
	}
	return areas, nil
}
