package oxygenator

import (
	"context"
	"math"

	"gonum.org/v1/gonum/spatial/r3"

	"explant/volume"
	"explant/volume/parallel"
)

// trilinear reads v at a point given in voxels; false outside the voxel centres.
func trilinear(v *volume.Volume[float32], p r3.Vec) (float64, bool) {
	x, y, z := int(math.Floor(p.X)), int(math.Floor(p.Y)), int(math.Floor(p.Z))
	if x < 0 || y < 0 || z < 0 || x >= v.N[0]-1 || y >= v.N[1]-1 || z >= v.N[2]-1 {
		return 0, false
	}
	fx, fy, fz := float32(p.X-float64(x)), float32(p.Y-float64(y)), float32(p.Z-float64(z))
	i, row, plane := v.Offset(x, y, z), v.N[0], v.N[0]*v.N[1]
	d := v.Data
	low := (1-fy)*((1-fx)*d[i]+fx*d[i+1]) + fy*((1-fx)*d[i+row]+fx*d[i+row+1])
	i += plane
	high := (1-fy)*((1-fx)*d[i]+fx*d[i+1]) + fy*((1-fx)*d[i+row]+fx*d[i+row+1])
	return float64((1-fz)*low + fz*high), true
}

// across returns two unit vectors that stand on d and on each other.
func across(d r3.Vec) (u, w r3.Vec) {
	a := r3.Vec{X: 1}
	if math.Abs(d.X) > 0.7 {
		a = r3.Vec{Y: 1}
	}
	u = r3.Unit(r3.Cross(d, a))
	return u, r3.Cross(d, u)
}

// perSlice calls part for each slice side by side and returns what it gave in the order of the slices.
func perSlice[T any](ctx context.Context, g volume.Grid, o parallel.Options, part func(lo, hi int) T) ([]T, error) {
	out := make([]T, g.N[2])
	plane := g.N[0] * g.N[1]
	err := parallel.Each(ctx, g.N[2], o, nil, func(_ context.Context, z int) error {
		out[z] = part(z*plane, (z+1)*plane)
		return nil
	})
	return out, err
}

// eachSlice is perSlice without a result.
func eachSlice(ctx context.Context, g volume.Grid, o parallel.Options, do func(lo, hi int)) error {
	_, err := perSlice(ctx, g, o, func(lo, hi int) struct{} { do(lo, hi); return struct{}{} })
	return err
}

// along returns p moved by f times d.
func along(p, d r3.Vec, f float64) r3.Vec { return r3.Add(p, r3.Scale(f, d)) }
