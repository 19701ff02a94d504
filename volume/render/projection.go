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
	width, height := PlaneSize(v.Grid, a)
	out := make([]float64, width*height)
	if p != nil {
		p.Stage("project", height)
	}
	err := parallel.Slabs(ctx, height, o, p, func(ctx context.Context, s parallel.Slab) error {
		for row := s.Z0; row < s.Z1 && ctx.Err() == nil; row++ {
			projectRow(v, a, m, row, out[row*width:(row+1)*width])
		}
		return ctx.Err()
	})
	return out, err
}

// projectRow fills one row of a projection, going through memory in its order.
func projectRow[T volume.Voxel](v *volume.Volume[T], a Axis, m Mode, row int, out []float64) {
	z := v.N[2] - 1 - row
	switch a {
	case X:
		for y := range out {
			at := v.Offset(0, y, z)
			for x := range v.N[0] {
				m.add(&out[y], float64(v.Data[at+x]), x == 0)
			}
		}
	case Y:
		for y := range v.N[1] {
			addLine(m, out, v.Data[v.Offset(0, y, z):], y == 0)
		}
	default:
		for z := range v.N[2] {
			addLine(m, out, v.Data[v.Offset(0, row, z):], z == 0)
		}
	}
	if m == Mean {
		for i := range out {
			out[i] /= float64(v.N[a])
		}
	}
}

// addLine takes the next line of voxels into the row out; first starts the row.
func addLine[T volume.Voxel](m Mode, out []float64, line []T, first bool) {
	for x := range out {
		m.add(&out[x], float64(line[x]), first)
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
