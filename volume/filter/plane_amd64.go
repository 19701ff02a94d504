package filter

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:noescape
func mirrors32(dst *float32, lo, hi unsafe.Pointer, half *float32, taps, n int)

//go:noescape
func folds32(dst, middle, half *float32, reach, n int)

//go:noescape
func raises(dst, src *float32, n int)

//go:noescape
func lowers(sum *float64, v *float32, n int)

// wide32 is how many floats the vector instructions take at a time.
const wide32 = 16

func mirror32Wide(dst []float32, lo, hi [][]float32, half []float32) int {
	n := len(dst) / wide32 * wide32
	if n == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	mirrors32(&dst[0], unsafe.Pointer(unsafe.SliceData(lo)), unsafe.Pointer(unsafe.SliceData(hi)), &half[0], len(half), n)
	return n
}

func fold32Wide(dst, row, half []float32) int {
	n := len(dst) / wide32 * wide32
	if n == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	reach := len(half) - 1
	folds32(&dst[0], &row[reach], &half[0], reach, n)
	return n
}

func raiseWide(dst, src []float32) int {
	n := len(dst) / wide32 * wide32
	if n == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	raises(&dst[0], &src[0], n)
	return n
}

func lowerWide(sum *[4]float64, v []float32) int {
	n := len(v) / wide32 * wide32
	if n == 0 || !cpu.X86.HasAVX2 {
		return 0
	}
	lowers(&sum[0], &v[0], n)
	return n
}
