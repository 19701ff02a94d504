package frame

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"explant/volume"
)

// Straight is the frame along an image axis from the first to the last face of the voxels [lo, hi) of g:
// "x", "y" or "z", with "-" before it when the flow runs towards lower indices. Its axes across are the
// image's. The kind of device is not known.
func Straight(g volume.Grid, lo, hi [3]int, axis string) (Frame, error) {
	name, down := strings.CutPrefix(axis, "-")
	if len(name) != 1 || name[0] < 'x' || name[0] > 'z' {
		return Frame{}, fmt.Errorf("axis %q: x, y or z is wanted, with - before it where the flow runs down it", axis)
	}
	a := int(name[0] - 'x')
	var from, to [3]float64 // voxels
	for i := range 3 {
		from[i] = float64(lo[i]+hi[i]-1) / 2
		to[i] = from[i]
	}
	from[a], to[a] = float64(lo[a])-0.5, float64(hi[a])-0.5
	if down {
		from, to = to, from
	}
	f := Frame{Version: 1, Inlet: point(g, from), Outlet: point(g, to)}
	axes := directions(g)
	f.Axes = [][3]float64{axes[a], axes[(a+1)%3], axes[(a+2)%3]}
	f.complete()
	return f, nil
}

// Between is the frame along the straight line from one point to another, as "x0,y0,z0:x1,y1,z1" states
// them in mm in the scanner's coordinates.
func Between(points string) (Frame, error) {
	f := Frame{Version: 1}
	from, to, ok := strings.Cut(points, ":")
	for _, p := range []struct {
		text string
		into *[3]float64
	}{{from, &f.Inlet}, {to, &f.Outlet}} {
		parts := strings.Split(p.text, ",")
		ok = ok && len(parts) == 3
		for i := 0; ok && i < 3; i++ {
			v, err := strconv.ParseFloat(strings.TrimSpace(parts[i]), 64)
			p.into[i] = v
			ok = err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
		}
	}
	if !ok || !(f.Length() > 0) {
		return Frame{}, fmt.Errorf("axis %q: two different points in mm are wanted, x0,y0,z0:x1,y1,z1", points)
	}
	f.complete()
	return f, nil
}

// steepest is the cosine of the largest angle between the flow and the image axis that stands for it
// where faces of the volume are inlet and outlet: 15°.
const steepest = 0.966

// ImageAxis is the image axis along which the flow runs, "x" or "-z"; "none" where it runs along none of
// them within 15°.
func (f Frame) ImageAxis(g volume.Grid) string {
	for i, a := range directions(g) {
		switch c := dot(a, f.Axes[0]); {
		case c >= steepest:
			return "xyz"[i : i+1]
		case c <= -steepest:
			return "-" + "xyz"[i:i+1]
		}
	}
	return "none"
}

// directions are the unit vectors of the image axes.
func directions(g volume.Grid) [3][3]float64 {
	if g.Axes == [3][3]float64{} {
		return [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	}
	return g.Axes
}

// point is the place of a voxel, which need not be whole, in mm in the scanner's coordinates.
func point(g volume.Grid, voxel [3]float64) [3]float64 {
	p := g.Origin
	for i, a := range directions(g) {
		for k := range p {
			p[k] += voxel[i] * g.Spacing[i] * a[k]
		}
	}
	return p
}
