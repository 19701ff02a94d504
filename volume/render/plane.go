package render

import (
	"fmt"
	"image"

	"explant/volume"
)

// Axis is one of the three axes of a grid.
type Axis int

// The axes that a picture may be taken across.
const (
	X Axis = iota
	Y
	Z
)

// String is the axis' letter.
func (a Axis) String() string { return string("xyz"[a]) }

// plane gives the axes of the columns and rows of a picture across a.
func (a Axis) plane() (column, row Axis) {
	switch a {
	case X:
		return Y, Z
	case Y:
		return X, Z
	}
	return X, Y
}

// PlaneSize is the size in pixels of a picture across a.
func PlaneSize(g volume.Grid, a Axis) (width, height int) {
	c, r := a.plane()
	return g.N[c], g.N[r]
}

// PlaneSpacing is the size of a pixel of a picture across a in mm, 0 where it is unknown.
func PlaneSpacing(g volume.Grid, a Axis) (width, height float64) {
	c, r := a.plane()
	return g.Spacing[c], g.Spacing[r]
}

// Plane copies the values of slice i across a, row by row. The slice must lie in the volume.
func Plane[T volume.Voxel](v *volume.Volume[T], a Axis, i int) ([]T, error) {
	if i < 0 || i >= v.N[a] {
		return nil, fmt.Errorf("slice %d across %v of a volume with %d", i, a, v.N[a])
	}
	width, height := PlaneSize(v.Grid, a)
	out := make([]T, 0, width*height)
	switch a {
	case X:
		for z := v.N[2] - 1; z >= 0; z-- {
			for y := range v.N[1] {
				out = append(out, v.At(i, y, z))
			}
		}
	case Y:
		for z := v.N[2] - 1; z >= 0; z-- {
			at := v.Offset(0, i, z)
			out = append(out, v.Data[at:at+v.N[0]]...)
		}
	default:
		out = append(out, v.Slice(i)...)
	}
	return out, nil
}

// Slice draws slice i across a with the grey values of w.
func Slice[T volume.Voxel](v *volume.Volume[T], a Axis, i int, w Window) (*image.Gray, error) {
	values, err := Plane(v, a, i)
	if err != nil {
		return nil, err
	}
	width, height := PlaneSize(v.Grid, a)
	return Grey(values, width, height, w), nil
}

// Grey draws width*height values, row by row, with the grey values of w.
func Grey[T volume.Voxel](values []T, width, height int, w Window) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, width, height))
	for i, v := range values {
		out.Pix[i] = w.Grey(float64(v))
	}
	return out
}
