package filter

import (
	"math"

	"explant/volume"
)

// key is an unsigned integer whose order is the order of the voxels it stands for: comparisons of
// integers compile to conditional moves, those of floating-point numbers to branches.
type key interface{ ~uint32 | ~uint64 }

type kind int

const (
	integer kind = iota
	single
	double
)

// kindOf tells integers from floating-point types of four and eight bytes.
func kindOf[T volume.Voxel]() kind {
	half, tiny := 0.5, 1e-300
	switch {
	case T(half) == 0:
		return integer
	case T(tiny) == 0:
		return single
	}
	return double
}

// integerKeys gives the voxels as unsigned numbers in the same order: signed ones have their sign
// bit turned.
func integerKeys[T volume.Voxel](dst []uint32, src []T) {
	bias := signBias[T]()
	for i, v := range src {
		dst[i] = uint32(v) ^ bias
	}
}

func fromIntegerKeys[T volume.Voxel](dst []T, src []uint32) {
	bias := signBias[T]()
	for i, k := range src {
		dst[i] = T(k ^ bias)
	}
}

// signBias is the sign bit for signed types and 0 for unsigned ones.
func signBias[T volume.Voxel]() uint32 {
	var zero T
	if zero-1 < zero {
		return 1 << 31
	}
	return 0
}

func singleKeys[T volume.Voxel](dst []uint32, src []T) {
	for i, v := range src {
		b := math.Float32bits(float32(v))
		dst[i] = b ^ (uint32(int32(b)>>31) | 1<<31)
	}
}

func fromSingleKeys[T volume.Voxel](dst []T, src []uint32) {
	for i, k := range src {
		dst[i] = T(math.Float32frombits(k ^ (uint32(int32(^k)>>31) | 1<<31)))
	}
}

func doubleKeys[T volume.Voxel](dst []uint64, src []T) {
	for i, v := range src {
		b := math.Float64bits(float64(v))
		dst[i] = b ^ (uint64(int64(b)>>63) | 1<<63)
	}
}

func fromDoubleKeys[T volume.Voxel](dst []T, src []uint64) {
	for i, k := range src {
		dst[i] = T(math.Float64frombits(k ^ (uint64(int64(^k)>>63) | 1<<63)))
	}
}
