package serial

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// Labels of places that no section shows.
const (
	Outside uint8 = 254 // beyond the edge of the section
	Missing uint8 = 255 // in a section that is lost
)

// Sheet is one section on its way into the block: a map of values in which one stands for step x step pixels.
type Sheet struct {
	W, H, Step int // W and H of the map
	Values     []uint8
	Slice      int // of the block
	Place      Placement
}

// Bounds is the box about all sections in the frame, in pixels, never more than twice as wide as a section.
func Bounds(sheets []Sheet) (lo, hi [2]float64) {
	lo, hi = [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	for _, s := range sheets {
		f := s.Place.Field
		for _, p := range [][2]float64{{0, 0}, {f.W - 1, 0}, {0, f.H - 1}, {f.W - 1, f.H - 1}} {
			q := s.Place.Map(p)
			for a, size := range [2]float64{f.W, f.H} {
				lo[a] = math.Max(math.Min(lo[a], q[a]), -size/2)
				hi[a] = math.Min(math.Max(hi[a], q[a]), 1.5*size)
			}
		}
	}
	return lo, hi
}

// Stack lays sheets into the voxels of g, whose slices are those of the sheets and whose voxel (0, 0) lies at
// first, in pixels of the frame; a voxel is as wide as step pixels. A voxel takes the nearest value; empty is what
// slices without a sheet get, outside what lies beyond a sheet's edge.
func Stack(ctx context.Context, sheets []Sheet, g volume.Grid, first [2]float64, step int, outside, empty uint8, o parallel.Options, prog parallel.Progress) (*volume.Labels, error) {
	out, err := volume.Make[uint8](ctx, g)
	if err != nil {
		return nil, err
	}
	for i := range out.Data {
		out.Data[i] = empty
	}
	prog.Stage("stack sections", len(sheets))
	err = parallel.Each(ctx, len(sheets), o, prog, func(ctx context.Context, k int) error {
		s := &sheets[k]
		if s.Slice < 0 || s.Slice >= g.N[2] || len(s.Values) != s.W*s.H {
			return fmt.Errorf("sheet %d: slice %d of %d, %d values of %d x %d", k+1, s.Slice, g.N[2], len(s.Values), s.W, s.H)
		}
		for y := range g.N[1] {
			if err := ctx.Err(); err != nil {
				return err
			}
			row := out.Data[g.Offset(0, y, s.Slice):]
			for x := range g.N[0] {
				row[x] = s.value([2]float64{first[0] + float64(x*step), first[1] + float64(y*step)}, outside)
			}
		}
		return nil
	})
	return out, err
}

// value is that of the sheet at a place of the frame.
func (s *Sheet) value(at [2]float64, outside uint8) uint8 {
	p := s.Place.Unmap(at)
	x, y := math.Floor((p[0]+0.5)/float64(s.Step)), math.Floor((p[1]+0.5)/float64(s.Step))
	if !(x >= 0 && y >= 0 && x < float64(s.W) && y < float64(s.H)) {
		return outside
	}
	return s.Values[int(y)*s.W+int(x)]
}

// Tolerance is what is left between two sections as they are placed: the root mean square shift in pixels that is
// still found place by place, NaN where there are too few places, how many places there are, and their correlation.
func Tolerance(fixed, moving *Picture, f, m *Placement) (px float64, places int, similarity float64) {
	w := warp(&fixed.levels[0], &moving.levels[0], func(p [2]float64) [2]float64 { return m.Unmap(f.Map(p)) })
	px, places = residual(&fixed.levels[0], w)
	return px, places, w.zncc
}
