package denoise

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:noescape
func squaresAVX2(dst *float32, a, b *[9]unsafe.Pointer, n int)

//go:noescape
func weighAVX2(w *weighing)

func squares(dst *float32, a, b *[9]unsafe.Pointer, n int) {
	if cpu.X86.HasAVX2 {
		squaresAVX2(dst, a, b, n)
		return
	}
	squaresPortable(dst, a, b, n)
}

func weigh(w *weighing) {
	if cpu.X86.HasAVX2 {
		weighAVX2(w)
		return
	}
	weighPortable(w)
}
