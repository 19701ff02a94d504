package area

import (
	"context"
	"sync/atomic"

	"explant/volume"
	"explant/volume/parallel"
)

// Crofton returns the surface area in mm² of each of the n regions of v, which are numbered from 1:
// areas[i] is that of region i+1. Regions that touch each other both have the surface between them.
// On balls of 5 to 20 voxels radius it is within 2 % on cubic voxels and 3 % on 1:1:2. An unknown
// spacing gives volume.ErrSpacing.
func Crofton(ctx context.Context, v *volume.Regions, n int, o parallel.Options, p parallel.Progress) ([]float64, error) {
	dv, err := v.VoxelVolume()
	if err != nil {
		return nil, err
	}
	if p != nil {
		p.Stage("surface area", v.N[2])
	}
	crossings := make([][directions]atomic.Int64, n+1) // whole numbers: the order of adding does not matter
	err = parallel.Slabs(ctx, v.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			crossSlice(crossings, v, z)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	dirs := directionsOf(v.Spacing)
	areas := make([]float64, n)
	for i := range areas {
		for k, d := range dirs {
			areas[i] += 2 * d.weight * float64(crossings[i+1][k].Load()) * dv / d.length
		}
	}
	return areas, nil
}

// crossSlice counts, for every voxel of slice z that is in a region, the neighbours in the volume
// that are not in it.
func crossSlice(crossings [][directions]atomic.Int64, v *volume.Regions, z int) {
	nx, ny, nz := v.N[0], v.N[1], v.N[2]
	for i, r := range v.Slice(z) {
		if r == 0 || int(r) >= len(crossings) {
			continue
		}
		x, y := i%nx, i/nx
		for k, d := range steps {
			for _, sign := range [2]int{1, -1} {
				a, b, c := x+sign*d[0], y+sign*d[1], z+sign*d[2]
				if a < 0 || b < 0 || c < 0 || a >= nx || b >= ny || c >= nz {
					continue
				}
				if v.Data[v.Offset(a, b, c)] != r {
					crossings[r][k].Add(1)
				}
			}
		}
	}
}
