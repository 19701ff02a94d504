package connector

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// greatest grey value: sums of squares of many such still have room.
const greatest = 1e15

// scan is the volume that is looked at, in lengths of a unit: mm, or voxels where their size is unknown.
type scan struct {
	grey *volume.Volume[float32]
	size [3]float64 // of a voxel, units
	h    float64    // mean of size: the pitch of planes and samples
	o    parallel.Options
	p    parallel.Progress
}

// newScan copies the greys; the size of a voxel is 1 where nobody knows it.
func newScan[T volume.Voxel](ctx context.Context, v *volume.Volume[T], o parallel.Options, p parallel.Progress) (*scan, error) {
	if p == nil {
		p = parallel.Discard{}
	}
	o.Halo = 0
	s := &scan{size: [3]float64{1, 1, 1}, h: 1, o: o, p: p}
	if v.Grid.Calibrated() {
		s.size = v.Spacing
		s.h = math.Cbrt(v.Spacing[0] * v.Spacing[1] * v.Spacing[2])
	}
	if same, ok := any(v).(*volume.Volume[float32]); ok {
		s.grey = same
	} else {
		s.grey = volume.New[float32](v.Grid)
	}
	p.Stage("read greys", v.N[2])
	plane := v.N[0] * v.N[1]
	return s, parallel.Slabs(ctx, v.N[2], o, p, func(_ context.Context, b parallel.Slab) error {
		for i := b.Z0 * plane; i < b.Z1*plane; i++ {
			g := float32(v.Data[i])
			if !(math.Abs(float64(g)) < greatest) {
				return fmt.Errorf("%w: grey value %v at voxel %d: the scan must hold numbers below %g", ErrParameter, g, i, greatest)
			}
			if s.grey.Data[i] != g {
				s.grey.Data[i] = g
			}
		}
		return nil
	})
}

// at is the grey at a place in units, between voxel centres by trilinear interpolation and beyond the image that of
// its nearest place.
func (s *scan) at(p vec) float64 {
	g := s.grey
	nx, ny := g.N[0], g.N[0]*g.N[1]
	x, fx := cell(p[0]/s.size[0], g.N[0])
	y, fy := cell(p[1]/s.size[1], g.N[1])
	z, fz := cell(p[2]/s.size[2], g.N[2])
	i := x + nx*y + ny*z
	dx, dy, dz := min(1, g.N[0]-1), nx*min(1, g.N[1]-1), ny*min(1, g.N[2]-1)
	row := func(i int) float64 { return float64(g.Data[i])*(1-fx) + float64(g.Data[i+dx])*fx }
	low := row(i)*(1-fy) + row(i+dy)*fy
	high := row(i+dz)*(1-fy) + row(i+dy+dz)*fy
	return low*(1-fz) + high*fz
}

// cell is the voxel below c of n and the share of the next one.
func cell(c float64, n int) (int, float64) {
	i := min(max(int(math.Floor(c)), 0), max(n-2, 0))
	return i, min(max(c-float64(i), 0), float64(min(1, n-1)))
}

// inside reports a place within the image, in units.
func (s *scan) inside(p vec) bool {
	for a := range 3 {
		if c := p[a] / s.size[a]; c < -0.5 || c > float64(s.grey.N[a])-0.5 {
			return false
		}
	}
	return true
}
