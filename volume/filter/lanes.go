package filter

import (
	"unsafe"

	"explant/volume"
)

// lane is a kind of integer that vector instructions compare side by side.
type lane struct {
	bytes  int
	signed bool
}

// network is the sorting of nines and the selection among them, many voxels at a time: the
// comparators of network.go in vector instructions, with the same results. Lengths are in bytes,
// multiples of chunk.
type network struct {
	nines   func(dst unsafe.Pointer, stride int, src *[9]unsafe.Pointer, n int)
	medians func(dst, nines unsafe.Pointer, stride, n int)
}

// chunk is the bytes that a network takes at once.
const chunk = 32

var known = networks()

// laneOf is the lane in which voxels of T are compared; float32 as the keys that singleKeys makes.
func laneOf[T volume.Voxel]() lane {
	var zero T
	return lane{int(unsafe.Sizeof(zero)), kindOf[T]() == integer && zero-1 < zero}
}

// bench holds what the network needs for one slice of rows of n bytes.
type bench struct {
	network
	n, size int // bytes of a row and of a voxel
	stride  int
	nines   []byte
	src     [9]unsafe.Pointer
}

// newBench returns nil where rows of nx voxels of T have to be sorted one voxel at a time.
func newBench[T volume.Voxel](nx int) *bench {
	l := laneOf[T]()
	net, ok := known[l]
	if n := nx * l.bytes; ok && n >= chunk {
		stride := (n+chunk-1)/chunk*chunk + 2*chunk
		return &bench{network: net, n: n, size: l.bytes, stride: stride, nines: make([]byte, 9*stride)}
	}
	return nil
}

// median writes the medians of a row from the nine rows at src.
func (b *bench) median(dst unsafe.Pointer) {
	first := unsafe.Pointer(&b.nines[chunk])
	most, rest := b.n/chunk*chunk, b.n-chunk // the last chunk overlaps the one before it
	b.network.nines(first, b.stride, &b.src, most)
	if most < b.n {
		src := b.src
		for i := range src {
			src[i] = unsafe.Add(src[i], rest)
		}
		b.network.nines(unsafe.Add(first, rest), b.stride, &src, chunk)
	}
	b.repeatEnds()
	b.medians(dst, first, b.stride, most)
	if most < b.n {
		b.medians(unsafe.Add(dst, rest), unsafe.Add(first, rest), b.stride, chunk)
	}
}

// repeatEnds puts the first and the last voxel of each row of nines beyond its ends.
func (b *bench) repeatEnds() {
	for k := range 9 {
		row := b.nines[k*b.stride:]
		copy(row[chunk-b.size:chunk], row[chunk:])
		copy(row[chunk+b.n:], row[chunk+b.n-b.size:chunk+b.n])
	}
}

// integers writes slice z of the median of integers.
func integers[T volume.Voxel](b *bench, dst []T, v *volume.Volume[T], z int) {
	nx, ny, nz := v.N[0], v.N[1], v.N[2]
	for y := range ny {
		for i := range 9 {
			j, k := min(max(y+i%3-1, 0), ny-1), min(max(z+i/3-1, 0), nz-1)
			b.src[i] = unsafe.Pointer(&v.Data[nx*(j+ny*k)])
		}
		b.median(unsafe.Pointer(&dst[nx*y]))
	}
}

// singles writes slice z of the median of float32 through rows of their keys, three rows of each slice.
func singles[T volume.Voxel](b *bench, dst []T, v *volume.Volume[T], z int) {
	nx, ny, nz := v.N[0], v.N[1], v.N[2]
	keys := make([]uint32, 10*nx)
	row := func(i int) []uint32 { return keys[i*nx : (i+1)*nx] }
	fill := func(y int) {
		for k := range 3 {
			at := v.Offset(0, y, min(max(z+k-1, 0), nz-1))
			singleKeys(row(3*(y%3)+k), v.Data[at:at+nx])
		}
	}
	fill(0)
	for y := range ny {
		if y+1 < ny {
			fill(y + 1)
		}
		for i := range 9 {
			j := min(max(y+i/3-1, 0), ny-1)
			b.src[i] = unsafe.Pointer(&row(3*(j%3) + i%3)[0])
		}
		b.median(unsafe.Pointer(&row(9)[0]))
		fromSingleKeys(dst[y*nx:(y+1)*nx], row(9))
	}
}
