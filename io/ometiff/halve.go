package ometiff

import (
	"encoding/binary"
	"unsafe"

	"explant/io/imagefile"
)

// averaging is the halving that gives the mean of four pixels of samples samples, integers rounded to
// the nearest.
func averaging(t imagefile.Type, samples int) halving {
	switch t {
	case imagefile.Uint8:
		return means[uint8](samples, round[uint8])
	case imagefile.Int8:
		return means[int8](samples, round[int8])
	case imagefile.Uint16:
		return means[uint16](samples, round[uint16])
	case imagefile.Int16:
		return means[int16](samples, round[int16])
	case imagefile.Uint32:
		return means[uint32](samples, round[uint32])
	case imagefile.Int32:
		return means[int32](samples, round[int32])
	case imagefile.Float32:
		return means[float32](samples, func(a, b, c, d float32) float32 {
			return float32((float64(a) + float64(b) + float64(c) + float64(d)) / 4)
		})
	}
	return means[float64](samples, func(a, b, c, d float64) float64 { return a/4 + b/4 + c/4 + d/4 })
}

// round is the mean of four integers, halves rounded up.
func round[T uint8 | int8 | uint16 | int16 | uint32 | int32](a, b, c, d T) T {
	return T((int64(a) + int64(b) + int64(c) + int64(d) + 2) >> 2)
}

// means applies mean to each sample of blocks of two by two pixels.
func means[T any](samples int, mean func(a, b, c, d T) T) halving {
	return func(dst, top, bottom []byte, n int) {
		out, s, t := cast[T](dst, (n+1)/2*samples), cast[T](top, n*samples), cast[T](bottom, n*samples)
		for x := range (n + 1) / 2 {
			left, right := 2*x*samples, min(2*x+1, n-1)*samples
			for i := range samples {
				out[x*samples+i] = mean(s[left+i], s[right+i], t[left+i], t[right+i])
			}
		}
	}
}

// cast gives the first n little-endian samples of b, which are those of this machine; memory for samples is
// aligned.
func cast[T any](b []byte, n int) []T {
	_ = b[:n*int(unsafe.Sizeof(*new(T)))]
	return unsafe.Slice((*T)(unsafe.Pointer(unsafe.SliceData(b))), n)
}

// modes is the halving of labels: the most frequent of four, of equally frequent ones the upper left one, so
// that classes stay classes.
func modes(dst, top, bottom []byte, n int) {
	x := 0
	for ; 2*x+8 <= n; x += 4 { // most blocks are of one class
		t, b := binary.LittleEndian.Uint64(top[2*x:]), binary.LittleEndian.Uint64(bottom[2*x:])
		if t == b && t == uint64(top[2*x])*0x0101010101010101 {
			binary.LittleEndian.PutUint32(dst[x:], uint32(t))
			continue
		}
		for k := x; k < x+4; k++ {
			dst[k] = mode(top[2*k], top[2*k+1], bottom[2*k], bottom[2*k+1])
		}
	}
	for ; x < (n+1)/2; x++ {
		right := min(2*x+1, n-1)
		dst[x] = mode(top[2*x], top[right], bottom[2*x], bottom[right])
	}
}

// mode is the most frequent of four, the first of those that are equally frequent.
func mode(a, b, c, d byte) byte {
	switch {
	case a == b || a == c || a == d:
		return a
	case b == c || b == d:
		return b
	case c == d:
		return c
	}
	return a
}
