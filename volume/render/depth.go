package render

import (
	"context"
	"fmt"

	"explant/volume"
	"explant/volume/parallel"
)

// Depth is the number of voxels of some classes along a, row by row as in [Plane].
func Depth(ctx context.Context, labels *volume.Labels, a Axis, classes []uint8, o parallel.Options, p parallel.Progress) ([]float64, error) {
	var in [256]float64
	for _, c := range classes {
		in[c] = 1
	}
	width, height := PlaneSize(labels.Grid, a)
	out := make([]float64, width*height)
	if p != nil {
		p.Stage(fmt.Sprintf("project along %v", a), height)
	}
	err := parallel.Slabs(ctx, height, o, p, func(ctx context.Context, s parallel.Slab) error {
		for row := s.Z0; row < s.Z1 && ctx.Err() == nil; row++ {
			depthRow(labels, a, &in, row, out[row*width:(row+1)*width])
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("project along %v: %w", a, err)
	}
	return out, nil
}

// depthRow fills one row, going through memory in its order.
func depthRow(v *volume.Labels, a Axis, in *[256]float64, row int, out []float64) {
	z := v.N[2] - 1 - row
	switch a {
	case X:
		for y := range out {
			at := v.Offset(0, y, z)
			for _, class := range v.Data[at : at+v.N[0]] {
				out[y] += in[class]
			}
		}
	case Y:
		for y := range v.N[1] {
			addLine(in, out, v.Data[v.Offset(0, y, z):])
		}
	default:
		for z := range v.N[2] {
			addLine(in, out, v.Data[v.Offset(0, row, z):])
		}
	}
}

// addLine counts the next line of voxels into the row out.
func addLine(in *[256]float64, out []float64, line []uint8) {
	for x := range out {
		out[x] += in[line[x]]
	}
}
