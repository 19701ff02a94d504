// Package resample puts a volume on a grid of other spacing along the same axes, such as one of cubes.
//
// Along an axis that becomes coarser a voxel gets the mean over its box, each voxel beneath weighted by
// the part of the box that it fills: no grey is lost and fine noise is averaged, as a detector of larger
// pixels would. Along an axis that becomes finer, voxels are interpolated linearly between centres; beyond
// the outermost centres the nearest voxel is repeated. The outer face before the first voxel stays where
// it is on every axis, and so does the one after the last voxel to within half a new voxel.
package resample

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// most is the most voxels along an axis that resampling makes.
const most = 1 << 16

// Isotropic returns v on a grid of cubes with the edge in mm; an edge of 0 means the smallest of the
// spacings. An unknown spacing gives volume.ErrSpacing.
func Isotropic[T volume.Voxel](ctx context.Context, v *volume.Volume[T], edge float64, o parallel.Options, p parallel.Progress) (*volume.Volume[T], error) {
	if edge == 0 {
		edge = min(v.Spacing[0], v.Spacing[1], v.Spacing[2])
	}
	return To(ctx, v, [3]float64{edge, edge, edge}, o, p)
}

// To returns v on a grid of the spacing in mm. Integers are rounded to the nearest. An unknown spacing of
// v gives volume.ErrSpacing.
func To[T volume.Voxel](ctx context.Context, v *volume.Volume[T], spacing [3]float64, o parallel.Options, p parallel.Progress) (*volume.Volume[T], error) {
	g, err := Grid(v.Grid, spacing)
	if err != nil {
		return nil, err
	}
	if p != nil {
		p.Stage("resampling", g.N[2])
	}
	out, err := volume.Make[T](ctx, g)
	if err != nil {
		return nil, err
	}
	var along [3]taps
	for a := range 3 {
		along[a] = tapsOf(v.N[a], g.N[a], g.Spacing[a]/v.Spacing[a])
	}
	err = parallel.Slabs(ctx, g.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		w := &weigher[T]{v: v, along: along, slice: make([]float64, v.N[0]*v.N[1]), row: make([]float64, v.N[0])}
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			w.write(out.Slice(z), z)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Grid is the grid that [To] puts a volume on: as many voxels of the spacing as come nearest to the
// extent of g, the outer faces before the first voxels being the same.
func Grid(g volume.Grid, spacing [3]float64) (volume.Grid, error) {
	if err := g.Check(); err != nil {
		return g, err
	}
	if _, err := g.VoxelVolume(); err != nil {
		return g, err
	}
	out := g
	for a, s := range spacing {
		if !(s > 0) || math.IsInf(s, 1) {
			return g, fmt.Errorf("spacing of %g mm along %c: must be above 0", s, "xyz"[a])
		}
		n := math.Max(math.Round(float64(g.N[a])*g.Spacing[a]/s), 1)
		if n > most {
			return g, fmt.Errorf("%.0f voxels of %g mm along %c: at most %d are made", n, s, "xyz"[a], most)
		}
		out.N[a], out.Spacing[a] = int(n), s
		shift := (s - g.Spacing[a]) / 2 // of the first centre along the axis
		for b := range 3 {
			out.Origin[b] += shift * axis(g, a)[b]
		}
	}
	return out, out.Check()
}

// axis is the direction of an axis of g; axes of zeros are the identity.
func axis(g volume.Grid, a int) [3]float64 {
	if g.Axes == ([3][3]float64{}) {
		var unit [3]float64
		unit[a] = 1
		return unit
	}
	return g.Axes[a]
}
