//go:build !amd64

package denoise

import "unsafe"

func squares(dst *float32, a, b *[9]unsafe.Pointer, n int) { squaresPortable(dst, a, b, n) }

func weigh(w *weighing) { weighPortable(w) }
