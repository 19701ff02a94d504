package filter

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:noescape
func sumsF64(dst *float64, rows unsafe.Pointer, weights *float64, taps, n int)

//go:noescape
func sumsF32(dst *float64, rows unsafe.Pointer, weights *float64, taps, n int)

//go:noescape
func sumsU16(dst *float64, rows unsafe.Pointer, weights *float64, taps, n int)

//go:noescape
func folds(dst *float32, middle, weights *float64, reach, n int)

// wide is the number of voxels that the vector instructions take at a time.
const wide = 8

// sumsWide does the first voxels of sums by vector instructions and returns how many.
func sumsWide[T sample](dst []float64, rows [][]T, weights []float64) int {
	n := len(dst) / wide * wide
	if n == 0 || len(rows) == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	at := unsafe.Pointer(unsafe.SliceData(rows))
	switch any(rows).(type) {
	case [][]float64:
		sumsF64(&dst[0], at, &weights[0], len(rows), n)
	case [][]float32:
		sumsF32(&dst[0], at, &weights[0], len(rows), n)
	case [][]uint16:
		sumsU16(&dst[0], at, &weights[0], len(rows), n)
	default:
		return 0
	}
	return n
}

// foldsWide does the first voxels of fold by vector instructions and returns how many.
func foldsWide(dst []float32, row, weights []float64) int {
	n := len(dst) / wide * wide
	if n == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	reach := len(weights) - 1
	folds(&dst[0], &row[reach], &weights[0], reach, n)
	return n
}
