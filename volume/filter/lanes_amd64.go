package filter

import (
	"unsafe"

	"golang.org/x/sys/cpu"
)

//go:noescape
func nines8(dst unsafe.Pointer, stride int, src *[9]unsafe.Pointer, n int)

//go:noescape
func medians8(dst, nines unsafe.Pointer, stride, n int)

//go:noescape
func nines16(dst unsafe.Pointer, stride int, src *[9]unsafe.Pointer, n int)

//go:noescape
func medians16(dst, nines unsafe.Pointer, stride, n int)

//go:noescape
func nines32(dst unsafe.Pointer, stride int, src *[9]unsafe.Pointer, n int)

//go:noescape
func medians32(dst, nines unsafe.Pointer, stride, n int)

//go:noescape
func ninesS8(dst unsafe.Pointer, stride int, src *[9]unsafe.Pointer, n int)

//go:noescape
func mediansS8(dst, nines unsafe.Pointer, stride, n int)

//go:noescape
func ninesS16(dst unsafe.Pointer, stride int, src *[9]unsafe.Pointer, n int)

//go:noescape
func mediansS16(dst, nines unsafe.Pointer, stride, n int)

// networks are the networks of each kind of lane that this processor runs.
func networks() map[lane]network {
	if !cpu.X86.HasAVX2 {
		return nil
	}
	return map[lane]network{
		{1, false}: {nines8, medians8},
		{2, false}: {nines16, medians16},
		{4, false}: {nines32, medians32},
		{1, true}:  {ninesS8, mediansS8},
		{2, true}:  {ninesS16, mediansS16},
	}
}
