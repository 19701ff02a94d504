package phantom

import (
	"context"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// sliceSum is the volume of each class in one slice, in voxels.
type sliceSum [classCount]float64

// cover gives the mean grey of each voxel before the scanner, the class that covers most of it, and
// the volumes of the classes slice by slice. A voxel whose corners and centre agree is taken as
// pure; in the others the classes of a low-discrepancy point set are counted.
func (s *fibreScene) cover(ctx context.Context, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], *volume.Labels, []sliceSum, error) {
	clean := volume.New[float32](volume.Grid{N: s.N})
	truth := volume.New[uint8](s.Grid())
	sums := make([]sliceSum, s.N[2])
	points := lattice(s.Coverage)
	err := parallel.Slabs(ctx, s.N[2], o, p, func(ctx context.Context, b parallel.Slab) error {
		low, high := s.corners(b.Z0), []uint16(nil)
		for z := b.Z0; z < b.Z1; z++ {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			high = s.corners(z + 1)
			s.coverSlice(z, low, high, points, clean.Slice(z), truth.Slice(z), &sums[z])
			low = high
		}
		return nil
	})
	return clean, truth, sums, err
}

// corners classes the voxel corners in the plane below slice z: class and filling of the lumen.
func (s *fibreScene) corners(z int) []uint16 {
	nx, ny := s.N[0]+1, s.N[1]+1
	out := make([]uint16, nx*ny)
	for y := range ny {
		for x := range nx {
			c := s.cellOf(min(x, s.N[0]-1), min(y, s.N[1]-1), min(z, s.N[2]-1))
			class, grey := s.sample(c, vec{float64(x) - 0.5, float64(y) - 0.5, float64(z) - 0.5})
			out[x+nx*y] = key(class, grey)
		}
	}
	return out
}

// key tells apart what differs in class or in grey.
func key(class uint8, grey float64) uint16 { return uint16(class)<<13 | uint16(grey)>>3 }

func (s *fibreScene) coverSlice(z int, low, high []uint16, points []vec, clean []float32, truth []uint8, sum *sliceSum) {
	nx := s.N[0] + 1
	for i := range clean {
		x, y := i%s.N[0], i/s.N[0]
		c := s.cellOf(x, y, z)
		at := vec{float64(x), float64(y), float64(z)}
		class, grey := s.sample(c, at)
		if k, j := key(class, grey), x+nx*y; same(k, low[j:j+2], low[j+nx:j+nx+2], high[j:j+2], high[j+nx:j+nx+2]) {
			sum[class]++
			truth[i], clean[i] = class, float32(grey)
			continue
		}
		truth[i], clean[i] = s.mixed(c, at, points, sum)
	}
}

func same(k uint16, pairs ...[]uint16) bool {
	for _, p := range pairs {
		if p[0] != k || p[1] != k {
			return false
		}
	}
	return true
}

// mixed counts the classes of a voxel that a surface crosses.
func (s *fibreScene) mixed(c *cell, at vec, points []vec, sum *sliceSum) (uint8, float32) {
	var count [classCount]int
	grey := 0.0
	for _, q := range points {
		class, g := s.sample(c, at.add(q, 1))
		count[class]++
		grey += g
	}
	best := uint8(0)
	for class, n := range count {
		sum[class] += float64(n) / float64(len(points))
		if n > count[best] {
			best = uint8(class)
		}
	}
	return best, float32(grey / float64(len(points)))
}

// lattice spreads n points evenly over a voxel about its centre: the R3 sequence, whose projection
// on every axis is even too, so that a surface along a face is resolved to 1/n.
//
// Source: Roberts, The unreasonable effectiveness of quasirandom sequences, 2018.
func lattice(n int) []vec {
	const g = 1.2207440846057596 // the root of g⁴ = g + 1
	frac := func(i int, step float64) float64 { _, f := math.Modf(0.5 + float64(i+1)*step); return f - 0.5 }
	out := make([]vec, n)
	for i := range out {
		out[i] = vec{frac(i, 1/g), frac(i, 1/g/g), frac(i, 1/g/g/g)}
	}
	return out
}
