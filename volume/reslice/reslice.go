// Package reslice cuts planes out of a volume: along its slices, or at any place and slope.
//
// A grey between voxel centres is trilinear in the eight about it. Where a point lies beyond the outermost
// centres but still in a voxel, the nearest voxels count; beyond the faces of the volume it is outside.
package reslice

import (
	"context"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// Onto returns v at the centres of the voxels of grid g, which may lie and be turned in any way, and
// outside beyond its faces. Integers are rounded to the nearest. A volume or grid of unknown spacing gives
// volume.ErrSpacing; a plane has no spacing along z and needs none.
func Onto[T volume.Voxel](ctx context.Context, v *volume.Volume[T], g volume.Grid, outside T, o parallel.Options, p parallel.Progress) (*volume.Volume[T], error) {
	if _, err := v.VoxelVolume(); err != nil {
		return nil, err
	}
	if !g.Calibrated() {
		return nil, volume.ErrSpacing
	}
	return sample(ctx, v, g, placed(v.Grid, g), outside, o, p)
}

// affine leads from voxel indices of one grid to those of another, which need not be whole.
type affine struct {
	at   [3]float64    // of voxel (0, 0, 0)
	step [3][3]float64 // along x, y, z
}

// placed leads from the indices of g to those of v.
func placed(v, g volume.Grid) (m affine) {
	from, to := axes(g), axes(v)
	for a := range 3 {
		for b := range 3 {
			m.at[a] += (g.Origin[b] - v.Origin[b]) * to[a][b] / v.Spacing[a]
			for c := range 3 {
				m.step[c][a] += g.Spacing[c] * from[c][b] * to[a][b] / v.Spacing[a]
			}
		}
	}
	return m
}

func axes(g volume.Grid) [3][3]float64 {
	if g.Axes == ([3][3]float64{}) {
		return [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	}
	return g.Axes
}

func sample[T volume.Voxel](ctx context.Context, v *volume.Volume[T], g volume.Grid, m affine, outside T, o parallel.Options, p parallel.Progress) (*volume.Volume[T], error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	if p != nil {
		p.Stage("reslicing", g.N[2])
	}
	out, err := volume.Make[T](ctx, g)
	if err != nil {
		return nil, err
	}
	held := volume.Held[T]()
	err = parallel.Slabs(ctx, g.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		for i := s.Z0 * g.N[1]; i < s.Z1*g.N[1]; i++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			y, z := float64(i%g.N[1]), float64(i/g.N[1])
			var from [3]float64
			for a := range 3 {
				from[a] = m.at[a] + y*m.step[1][a] + z*m.step[2][a]
			}
			row(out.Data[i*g.N[0]:(i+1)*g.N[0]], v, from, m.step[0], outside, held)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// row writes the values along a line of indices. Most lie between eight voxels, which takes no search for
// neighbours.
func row[T volume.Voxel](dst []T, v *volume.Volume[T], from, step [3]float64, outside T, held func(float64) T) {
	nx, nxy := v.N[0], v.N[0]*v.N[1]
	half := 0.5
	finite := T(half) == 0
	lastX, lastY, lastZ := float64(v.N[0]-1), float64(v.N[1]-1), float64(v.N[2]-1)
	i0, i1 := within(from, step, len(dst), v.N)
	for i := range dst[:i0] {
		dst[i] = outside
	}
	for i := i1; i < len(dst); i++ {
		dst[i] = outside
	}
	for i := i0; i < i1; i++ {
		n := float64(i)
		x, y, z := from[0]+n*step[0], from[1]+n*step[1], from[2]+n*step[2]
		if !(x >= 0 && y >= 0 && z >= 0 && x < lastX && y < lastY && z < lastZ) {
			dst[i] = grey(v, [3]float64{x, y, z}, outside, held)
			continue
		}
		ix, iy, iz := int(x), int(y), int(z)
		px, py, pz := x-float64(ix), y-float64(iy), z-float64(iz)
		if !finite && (px == 0 || py == 0 || pz == 0) { // exact also beside what is no number
			dst[i] = grey(v, [3]float64{x, y, z}, outside, held)
			continue
		}
		at := ix + nx*iy + nxy*iz
		a := v.Data[at : at+nx+2]
		near := blend(blend(float64(a[0]), float64(a[1]), px), blend(float64(a[nx]), float64(a[nx+1]), px), py)
		if pz > 0 {
			b := v.Data[at+nxy : at+nxy+nx+2]
			far := blend(blend(float64(b[0]), float64(b[1]), px), blend(float64(b[nx]), float64(b[nx+1]), px), py)
			near = blend(near, far, pz)
		}
		if finite && near >= 0 { // within the type, as its neighbours are
			dst[i] = T(int64(near + 0.5))
			continue
		}
		dst[i] = held(near)
	}
}

// within is the part [i0, i1) of a line of n indices that may lie in the volume; what is left out does not.
func within(from, step [3]float64, n int, size [3]int) (i0, i1 int) {
	lo, hi := 0.0, float64(n-1)
	for a, s := range step {
		least, most := -1-from[a], float64(size[a])-from[a] // of i*s: half a voxel beyond the faces
		switch {
		case s > 0:
			lo, hi = math.Max(lo, least/s), math.Min(hi, most/s)
		case s < 0:
			lo, hi = math.Max(lo, most/s), math.Min(hi, least/s)
		case least > 0 || most < 0:
			return 0, 0
		}
	}
	if !(lo <= hi) {
		return 0, 0
	}
	return int(lo), int(hi) + 1
}

func blend(a, b, part float64) float64 { return float64(a*(1-part)) + float64(b*part) }

// slack is how far, in voxels, a point may lie beyond a face and be on it: the rounding of places.
const slack = 1e-9

// grey is the trilinear value at an index that need not be whole.
func grey[T volume.Voxel](v *volume.Volume[T], at [3]float64, outside T, held func(float64) T) T {
	var lo, hi [3]int
	var part [3]float64
	for a, c := range at {
		last := float64(v.N[a] - 1)
		if !(c >= -0.5-slack && c <= last+0.5+slack) {
			return outside
		}
		c = math.Min(math.Max(c, 0), last)
		lo[a] = int(c)
		hi[a] = min(lo[a]+1, v.N[a]-1)
		part[a] = c - float64(lo[a])
	}
	low, high := v.Offset(0, lo[1], lo[2]), v.Offset(0, lo[1], hi[2])
	up := v.N[0] * (hi[1] - lo[1])
	along := func(row int) float64 {
		a, b := float64(v.Data[row+lo[0]]), float64(v.Data[row+hi[0]])
		return between(a, b, part[0])
	}
	near := between(along(low), along(low+up), part[1])
	if part[2] > 0 {
		near = between(near, between(along(high), along(high+up), part[1]), part[2])
	}
	return held(near)
}

// between is exact at both ends, also beside an infinity.
func between(a, b, part float64) float64 {
	if part == 0 {
		return a
	}
	return blend(a, b, part)
}
