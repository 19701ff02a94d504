package reslice

import (
	"context"
	"errors"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// ErrMissed is returned where a plane does not meet the volume.
var ErrMissed = errors.New("the plane does not meet the volume")

// Plane is a plane in the scanner frame.
type Plane struct {
	Point  [3]float64 // mm, any point of it
	Normal [3]float64 // of any length but 0
}

// Across returns slice i of v across axis 0, 1 or 2 (x, y, z), voxel by voxel and with the voxels' own
// sizes. Rows go up along z, where the slice holds z, and down along y otherwise, as in the pictures of
// package render. The spacing may be unknown.
func Across[T volume.Voxel](ctx context.Context, v *volume.Volume[T], axis, i int) (*volume.Volume[T], error) {
	if axis < 0 || axis > 2 {
		return nil, fmt.Errorf("axis %d: must be 0, 1 or 2", axis)
	}
	if i < 0 || i >= v.N[axis] {
		return nil, fmt.Errorf("slice %c = %d of a volume with %d: %w", "xyz"[axis], i, v.N[axis], ErrMissed)
	}
	column, row := 0, 2
	switch axis {
	case 0:
		column = 1
	case 2:
		row = 1
	}
	own := axes(v.Grid)
	g := volume.Grid{N: [3]int{v.N[column], v.N[row], 1}, Spacing: [3]float64{v.Spacing[column], v.Spacing[row], 0}, Calibration: v.Calibration}
	m := affine{}
	m.at[axis] = float64(i)
	m.step[0][column], m.step[1][row] = 1, 1
	g.Axes[0], g.Axes[1] = own[column], own[row]
	if row == 2 { // from the last slice up
		m.at[2], m.step[1][2] = float64(v.N[2]-1), -1
		for b := range 3 {
			g.Axes[1][b] = -own[2][b]
		}
	}
	g.Axes[2] = cross(g.Axes[0], g.Axes[1])
	for b := range 3 {
		g.Origin[b] = v.Origin[b]
		for a := range 3 {
			g.Origin[b] += m.at[a] * v.Spacing[a] * own[a][b]
		}
	}
	return sample(ctx, v, g, m, 0, parallel.Options{}, nil)
}

// Frame is the grid of square pixels, as large as the smallest spacing of g, that holds what the plane
// cuts out of g. Columns follow that axis of g, the first of equal ones, that the plane comes nearest to;
// the third axis is the normal. An unknown spacing gives volume.ErrSpacing.
func Frame(g volume.Grid, p Plane) (volume.Grid, error) {
	if _, err := g.VoxelVolume(); err != nil {
		return g, err
	}
	length := math.Sqrt(dot(p.Normal, p.Normal))
	if !(length > 0) || math.IsInf(length, 1) {
		return g, errors.New("the normal of a plane must have a length above 0")
	}
	n := scaled(p.Normal, 1/length)
	u := columns(axes(g), n)
	v := cross(n, u)
	lo, hi, ok := extent(g, p.Point, n, u, v)
	if !ok {
		return g, fmt.Errorf("through %g, %g, %g mm: %w", p.Point[0], p.Point[1], p.Point[2], ErrMissed)
	}
	edge := min(g.Spacing[0], g.Spacing[1], g.Spacing[2])
	out := volume.Grid{N: [3]int{0, 0, 1}, Spacing: [3]float64{edge, edge, 0}, Axes: [3][3]float64{u, v, n}, Calibration: g.Calibration}
	for k := range 2 {
		out.N[k] = max(int(math.Ceil((hi[k]-lo[k])/edge-1e-6)), 1)
	}
	for b := range 3 {
		out.Origin[b] = p.Point[b] + (lo[0]+edge/2)*u[b] + (lo[1]+edge/2)*v[b]
	}
	return out, out.Check()
}

// columns is the direction in the plane of normal n that is nearest to an axis.
func columns(own [3][3]float64, n [3]float64) [3]float64 {
	best, at := math.Inf(1), 0
	for a, axis := range own {
		if c := math.Abs(dot(axis, n)); c < best-1e-9 {
			best, at = c, a
		}
	}
	u := own[at]
	along := dot(u, n)
	for b := range 3 {
		u[b] -= along * n[b]
	}
	return scaled(u, 1/math.Sqrt(dot(u, u)))
}

// extent is the box along u and v, from the point, about the polygon that a plane cuts out of the box of
// a grid: about its corners, which lie on the edges of the box.
func extent(g volume.Grid, point, n, u, v [3]float64) (lo, hi [2]float64, ok bool) {
	lo, hi = [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for from := range 8 {
		for a := range 3 {
			if from>>a&1 == 1 {
				continue
			}
			p, q := corner(g, from), corner(g, from|1<<a)
			d, e := dot(minus(p, point), n), dot(minus(q, point), n)
			if d*e > 0 || d == e {
				continue
			}
			t := d / (d - e)
			at := minus(p, point)
			for b := range 3 {
				at[b] += t * (q[b] - p[b])
			}
			for k, axis := range [][3]float64{u, v} {
				c := dot(at, axis)
				lo[k], hi[k], ok = math.Min(lo[k], c), math.Max(hi[k], c), true
			}
		}
	}
	return lo, hi, ok
}

// corner is one of the eight outer corners of a grid, mm.
func corner(g volume.Grid, i int) [3]float64 {
	p, own := g.Origin, axes(g)
	for a := range 3 {
		at := -0.5
		if i>>a&1 == 1 {
			at = float64(g.N[a]) - 0.5
		}
		for b := range 3 {
			p[b] += at * g.Spacing[a] * own[a][b]
		}
	}
	return p
}

func dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func minus(a, b [3]float64) [3]float64 { return [3]float64{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }

func scaled(a [3]float64, f float64) [3]float64 { return [3]float64{a[0] * f, a[1] * f, a[2] * f} }

func cross(a, b [3]float64) [3]float64 {
	return [3]float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}
