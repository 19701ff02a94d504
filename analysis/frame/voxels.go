package frame

import (
	"fmt"
	"math"

	"explant/volume"
)

// Voxels places the voxels of a grid in a frame: mm from the inlet along the flow, and mm from the axis
// along v and w.
type Voxels struct {
	Start [3]float64    // of the middle of voxel (0, 0, 0)
	Step  [3][3]float64 // Step[a] is what a step along image axis a adds
}

// On places the voxels of g in f.
func (f Frame) On(g volume.Grid) Voxels {
	var m Voxels
	m.Start[0], m.Start[1], m.Start[2] = f.Along(g.Origin)
	for a, d := range directions(g) {
		for k, axis := range f.Axes {
			m.Step[a][k] = g.Spacing[a] * dot(d, axis)
		}
	}
	return m
}

// At is the place of the middle of a voxel.
func (m Voxels) At(x, y, z int) (p [3]float64) {
	for k := range p {
		p[k] = m.Start[k] + float64(x)*m.Step[0][k] + float64(y)*m.Step[1][k] + float64(z)*m.Step[2][k]
	}
	return p
}

// Pace is how far the planes of voxels lie apart along direction k of the frame: the spacing where it is
// an image axis.
func (m Voxels) Pace(k int) float64 {
	longest := 0.0
	for a := range 3 {
		longest = max(longest, math.Abs(m.Step[a][k]))
	}
	return longest
}

// Span is from where to where the voxels [lo, hi) reach along direction k, faces included.
func (m Voxels) Span(lo, hi [3]int, k int) (from, to float64) {
	from, to = m.Start[k], m.Start[k]
	for a := range 3 {
		p, q := (float64(lo[a])-0.5)*m.Step[a][k], (float64(hi[a])-0.5)*m.Step[a][k]
		from, to = from+min(p, q), to+max(p, q)
	}
	return from, to
}

// Meets reports whether some of the way from inlet to outlet lies beside the volume, so that a frame of
// another scan is told before any work is done.
func (f Frame) Meets(g volume.Grid) error {
	from, to := f.On(g).Span([3]int{}, g.N, 0)
	if from < f.Length() && to > 0 {
		return nil
	}
	return fmt.Errorf("the inlet at %.4g and the outlet at %.4g mm are both on one side of the volume, from whose first voxel at %.4g mm the scanner counts: is the frame of this scan?",
		f.Inlet, f.Outlet, g.Origin)
}
