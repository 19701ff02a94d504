package distance

import (
	"context"
	"errors"
	"math"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// ErrNoSites is returned where no voxel belongs to the class that distances are asked to.
var ErrNoSites = errors.New("no voxel of the class to measure distances to")

// half is the part of the last index step that belongs to the site.
const half = 0.5

// To returns for every voxel of l the distance in mm from its centre to the interface with the
// nearest voxel whose class is in sites; 0 in those voxels themselves. A grid with an unknown
// spacing gives volume.ErrSpacing, one without sites ErrNoSites. Where two sites are equally near
// and the spacings differ, either may be taken; the distances then differ by less than half the
// largest spacing.
func To(ctx context.Context, l *volume.Labels, sites *label.Set, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], error) {
	if _, err := l.VoxelVolume(); err != nil {
		return nil, err
	}
	return transform(ctx, l, sites, l.Spacing, half, o, p)
}

// Centers returns for every voxel of l the distance in mm from its centre to the centre of the
// nearest voxel whose class is in sites: [To] without the half voxel taken off.
func Centers(ctx context.Context, l *volume.Labels, sites *label.Set, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], error) {
	if _, err := l.VoxelVolume(); err != nil {
		return nil, err
	}
	return transform(ctx, l, sites, l.Spacing, 0, o, p)
}

func transform(ctx context.Context, l *volume.Labels, sites *label.Set, step [3]float64, off float64, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if p != nil {
		p.Stage("distance", l.N[2]+l.N[1])
	}
	near, err := inSlices(ctx, l, sites, step, o, p)
	if err != nil {
		return nil, err
	}
	out := volume.New[float32](l.Grid)
	err = parallel.Slabs(ctx, l.N[1], o, p, func(ctx context.Context, s parallel.Slab) error {
		w := newAcross(l.N, step, off)
		for y := s.Z0; y < s.Z1; y++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			w.plane(out, near, y)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if math.IsInf(float64(out.Data[0]), 1) {
		return nil, ErrNoSites
	}
	return out, nil
}

// none stands for "no site in this slice".
const none = -1

// inSlices returns for every voxel the nearest site of its own slice, as x + Nx*y, or none.
func inSlices(ctx context.Context, l *volume.Labels, sites *label.Set, step [3]float64, o parallel.Options, p parallel.Progress) (*volume.Volume[int32], error) {
	near := volume.New[int32](l.Grid)
	err := parallel.Slabs(ctx, l.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		e := newEnvelope(l.N[1], step[1])
		rows := make([]int32, l.N[0]*l.N[1])
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			nearestInRows(rows, l.Slice(z), l.N[0], sites)
			nearestInSlice(near.Slice(z), rows, l.N, step[0], e)
		}
		return nil
	})
	return near, err
}

// nearestInRows writes the x of the nearest site of the same row, or none.
func nearestInRows(dst []int32, slice []uint8, nx int, sites *label.Set) {
	for r := 0; r < len(slice); r += nx {
		row, out := slice[r:r+nx], dst[r:r+nx]
		last := int32(none)
		for x, class := range row {
			if sites[class] {
				last = int32(x)
			}
			out[x] = last
		}
		last = none
		for x := nx - 1; x >= 0; x-- {
			if sites[row[x]] {
				last = int32(x)
			}
			if last != none && (out[x] == none || last-int32(x) < int32(x)-out[x]) {
				out[x] = last
			}
		}
	}
}

// nearestInSlice turns the nearest sites of the rows into those of the slice, column by column.
func nearestInSlice(dst, rows []int32, n [3]int, sx float64, e *envelope) {
	nx, ny := n[0], n[1]
	for x := range nx {
		e.reset()
		for y := range ny {
			if at := rows[x+nx*y]; at != none {
				d := float64(int(at)-x) * sx
				e.add(y, d*d)
			}
		}
		e.read(ny, func(y, site int) {
			i := x + nx*y
			if site == none {
				dst[i] = none
				return
			}
			dst[i] = rows[x+nx*site] + int32(nx*site)
		})
	}
}

// across finds the nearest site among the slices, for planes of constant y.
type across struct {
	n    [3]int
	step [3]float64
	off  float64 // index steps taken off the distance
	e    *envelope
	near []int32 // nearest sites of the slices in the plane: nz rows of nx
}

func newAcross(n [3]int, step [3]float64, off float64) *across {
	return &across{n: n, step: step, off: off, e: newEnvelope(n[2], step[2]), near: make([]int32, n[0]*n[2])}
}

func (w *across) plane(out *volume.Volume[float32], near *volume.Volume[int32], y int) {
	nx, nz := w.n[0], w.n[2]
	for z := range nz {
		copy(w.near[z*nx:(z+1)*nx], near.Slice(z)[y*nx:])
	}
	for x := range nx {
		w.e.reset()
		for z := range nz {
			if at := w.near[x+nx*z]; at != none {
				dx := float64(int(at)%nx-x) * w.step[0]
				dy := float64(int(at)/nx-y) * w.step[1]
				w.e.add(z, dx*dx+dy*dy)
			}
		}
		w.e.read(nz, func(z, site int) {
			out.Data[out.Offset(x, y, z)] = w.distance(x, y, z, site)
		})
	}
}

// distance from voxel (x, y, z) to the site of slice zs nearest to (x, y), less w.off index steps.
func (w *across) distance(x, y, z, zs int) float32 {
	if zs == none {
		return float32(math.Inf(1))
	}
	nx := w.n[0]
	at := int(w.near[x+nx*zs])
	k := [3]float64{float64(at%nx - x), float64(at/nx - y), float64(zs - z)}
	var steps, d2 float64
	for a := range 3 {
		steps += k[a] * k[a]
		d2 += k[a] * k[a] * w.step[a] * w.step[a]
	}
	if steps == 0 {
		return 0
	}
	return float32(math.Sqrt(d2) * (1 - w.off/math.Sqrt(steps)))
}
