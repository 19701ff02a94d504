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
	if _, err := g.VoxelVolume(); err != nil {
		return nil, err
	}
	n, err := Count(ctx, objects, 0, objects.N[2], o, p)
	if err != nil {
		return nil, err
	}
	return Areas(g, n)
}

// Crossings are, for one object, the pairs of a voxel of it and a neighbour in the volume that is not: one
// number for each pair of opposite directions. Those of the parts of an object add up.
type Crossings [directions]int64

// Count counts the crossings of each object from its voxels in slices [z0, z1).
func Count(ctx context.Context, objects *label.Objects, z0, z1 int, o parallel.Options, p parallel.Progress) ([]Crossings, error) {
	if p != nil {
		p.Stage("surface area", z1-z0)
	}
	sums := make([][directions]atomic.Int64, len(objects.Regions)+1) // whole numbers: the order of adding does not matter
	err := parallel.Slabs(ctx, z1-z0, o, p, func(ctx context.Context, s parallel.Slab) error {
		c := counter{objects: objects, sums: sums}
		for z := z0 + s.Z0; z < z0+s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			for y := range objects.N[1] {
				c.row(y, z)
			}
		}
		c.flush()
		return nil
	})
	out := make([]Crossings, len(objects.Regions))
	for i := range out {
		for k := range directions {
			out[i][k] = sums[i+1][k].Load()
		}
	}
	return out, err
}

// Areas returns the surface area in mm² for each count of crossings on a grid, as [Crofton] does.
func Areas(g volume.Grid, all []Crossings) ([]float64, error) {
	dv, err := g.VoxelVolume()
	if err != nil {
		return nil, err
	}
	dirs := Directions(g.Spacing)
	areas := make([]float64, len(all))
	for i, n := range all {
		for k, d := range dirs {
			areas[i] += 2 * d.Weight * float64(n[k]) * dv / d.Length
		}
	}
	return areas, nil
}
