package phantom

import (
	"context"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// scene is a geometry that can be asked at any point: the class there and its grey before the scanner.
// x, y and z are the voxel that p, in voxels, lies in or on the corner of.
type scene interface {
	at(x, y, z int, p vec) (class uint8, grey float64)
}

// raster turns a scene into voxels. points are the samples of a voxel that a surface crosses.
type raster struct {
	volume.Grid
	scene
	points []vec
}

// sliceSum is the volume of each class in one slice, in voxels.
type sliceSum [classCount]float64

// cover gives the mean grey of each voxel before the scanner, the class that covers most of it, and
// the volumes of the classes slice by slice. A voxel whose corners and centre agree is taken as
// pure; in the others the classes of a low-discrepancy point set are counted.
func (r raster) cover(ctx context.Context, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], *volume.Labels, []sliceSum, error) {
	clean := volume.New[float32](volume.Grid{N: r.N})
	truth := volume.New[uint8](r.Grid)
	sums := make([]sliceSum, r.N[2])
	err := parallel.Slabs(ctx, r.N[2], o, p, func(ctx context.Context, b parallel.Slab) error {
		low, high := r.corners(b.Z0), []uint16(nil)
		for z := b.Z0; z < b.Z1; z++ {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			high = r.corners(z + 1)
			r.coverSlice(z, low, high, clean.Slice(z), truth.Slice(z), &sums[z])
			low = high
		}
		return nil
	})
	return clean, truth, sums, err
}

// corners classes the voxel corners in the plane below slice z: class and grey.
func (r raster) corners(z int) []uint16 {
	nx, ny := r.N[0]+1, r.N[1]+1
	out := make([]uint16, nx*ny)
	for y := range ny {
		for x := range nx {
			corner := vec{float64(x) - 0.5, float64(y) - 0.5, float64(z) - 0.5}
			class, grey := r.at(min(x, r.N[0]-1), min(y, r.N[1]-1), min(z, r.N[2]-1), corner)
			out[x+nx*y] = key(class, grey)
		}
	}
	return out
}

// key tells apart what differs in class or in grey.
func key(class uint8, grey float64) uint16 { return uint16(class)<<13 | uint16(grey)>>3 }

func (r raster) coverSlice(z int, low, high []uint16, clean []float32, truth []uint8, sum *sliceSum) {
	nx := r.N[0] + 1
	for i := range clean {
		x, y := i%r.N[0], i/r.N[0]
		class, grey := r.at(x, y, z, vec{float64(x), float64(y), float64(z)})
		if k, j := key(class, grey), x+nx*y; same(k, low[j:j+2], low[j+nx:j+nx+2], high[j:j+2], high[j+nx:j+nx+2]) {
			sum[class]++
			truth[i], clean[i] = class, float32(grey)
			continue
		}
		truth[i], clean[i] = r.mixed(x, y, z, sum)
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
func (r raster) mixed(x, y, z int, sum *sliceSum) (uint8, float32) {
	var count [classCount]int
	grey, centre := 0.0, vec{float64(x), float64(y), float64(z)}
	for _, q := range r.points {
		class, g := r.at(x, y, z, centre.add(q, 1))
		count[class]++
		grey += g
	}
	best := uint8(0)
	for class, n := range count {
		sum[class] += float64(n) / float64(len(r.points))
		if n > count[best] {
			best = uint8(class)
		}
	}
	return best, float32(grey / float64(len(r.points)))
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
