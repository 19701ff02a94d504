package render

import (
	"context"
	"fmt"

	"explant/volume"
	"explant/volume/parallel"
)

// Mode is what a projection keeps of the voxels along a line.
type Mode int

// The projections.
const (
	Maximum Mode = iota
	Mean
	Sum
)

// Projection is the maximum, mean or sum of v along a, row by row, in the grey values of v (a sum is
// not multiplied with the spacing). Not-a-number voxels make their line not-a-number, except in a maximum.
func Projection[T volume.Voxel](ctx context.Context, v *volume.Volume[T], a Axis, m Mode, o parallel.Options, p parallel.Progress) ([]float64, error) {
	if m < Maximum || m > Sum {
		return nil, fmt.Errorf("projection mode %d is not known", m)
	}
	return project(ctx, v, a, m, func(v T) float64 { return float64(v) }, o, p)
}

// Depth is the number of voxels of some classes along a, row by row.
func Depth(ctx context.Context, labels *volume.Labels, a Axis, classes []uint8, o parallel.Options, p parallel.Progress) ([]float64, error) {
	var in [256]float64
	for _, c := range classes {
		in[c] = 1
	}
	return project(ctx, labels, a, Sum, func(v uint8) float64 { return in[v] }, o, p)
}

func project[T volume.Voxel](ctx context.Context, v *volume.Volume[T], a Axis, m Mode, value func(T) float64, o parallel.Options, p parallel.Progress) ([]float64, error) {
	width, height := PlaneSize(v.Grid, a)
	out := make([]float64, width*height)
	if p != nil {
		p.Stage(fmt.Sprintf("project along %v", a), height)
	}
	err := parallel.Slabs(ctx, height, o, p, func(ctx context.Context, s parallel.Slab) error {
		for row := s.Z0; row < s.Z1 && ctx.Err() == nil; row++ {
			projectRow(v, a, m, value, row, out[row*width:(row+1)*width])
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("project along %v: %w", a, err)
	}
	return out, nil
}

// projectRow fills one row of a projection, going through memory in its order.
func projectRow[T volume.Voxel](v *volume.Volume[T], a Axis, m Mode, value func(T) float64, row int, out []float64) {
	z := v.N[2] - 1 - row
	switch a {
	case X:
		for y := range out {
			at := v.Offset(0, y, z)
			for x, voxel := range v.Data[at : at+v.N[0]] {
				m.add(&out[y], value(voxel), x == 0)
			}
		}
	case Y:
		for y := range v.N[1] {
			addLine(m, value, out, v.Data[v.Offset(0, y, z):], y == 0)
		}
	default:
		for z := range v.N[2] {
			addLine(m, value, out, v.Data[v.Offset(0, row, z):], z == 0)
		}
	}
	if m == Mean {
		for i := range out {
			out[i] /= float64(v.N[a])
		}
	}
}

// addLine takes the next line of voxels into the row out; first starts the row.
func addLine[T volume.Voxel](m Mode, value func(T) float64, out []float64, line []T, first bool) {
	for x := range out {
		m.add(&out[x], value(line[x]), first)
	}
}

func (m Mode) add(to *float64, v float64, first bool) {
	switch {
	case first:
		*to = v
	case m != Maximum:
		*to += v
	case v > *to || *to != *to: // the first voxel of the line may be not-a-number
		*to = v
	}
}
