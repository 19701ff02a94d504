package blosc

import "encoding/binary"

// Unshuffle puts the bytes of samples of size bytes back together: first all lowest bytes lie in src, last
// all highest. What is left of a last sample is copied. dst and src have the same length and do not overlap.
func Unshuffle(dst, src []byte, size int) {
	n := len(src) / size
	switch size {
	case 2:
		low, high := src[:n], src[n:2*n]
		for i, b := range low {
			binary.LittleEndian.PutUint16(dst[2*i:], uint16(b)|uint16(high[i])<<8)
		}
	case 4:
		a, b, c, d := src[:n], src[n:2*n], src[2*n:3*n], src[3*n:4*n]
		for i := range a {
			binary.LittleEndian.PutUint32(dst[4*i:], uint32(a[i])|uint32(b[i])<<8|uint32(c[i])<<16|uint32(d[i])<<24)
		}
	default:
		for k := range size {
			for i, b := range src[k*n : (k+1)*n] {
				dst[i*size+k] = b
			}
		}
	}
	copy(dst[n*size:], src[n*size:])
}

// unshuffleBits puts the bits of samples back together: first all lowest bits lie in src, eight samples a
// byte. Blocks whose number of samples eight does not divide were left as they are.
func unshuffleBits(dst, src []byte, size int) {
	n := len(src) / size
	if n%8 != 0 {
		copy(dst, src)
		return
	}
	row := n / 8
	for k := range size {
		planes := src[k*n : (k+1)*n] // eight planes of bits, of byte k
		for g := range row {
			var x uint64
			for bit := range 8 {
				x |= uint64(planes[bit*row+g]) << (8 * bit)
			}
			x = transpose(x)
			for i := range 8 {
				dst[(8*g+i)*size+k] = byte(x >> (8 * i))
			}
		}
	}
	copy(dst[n*size:], src[n*size:])
}

// transpose mirrors a matrix of 8 x 8 bits: bit j of byte i and bit i of byte j change places.
//
// Source: Warren, Hacker's Delight, 2nd edition, 2012, section 7-3.
func transpose(x uint64) uint64 {
	t := (x ^ x>>7) & 0x00aa00aa00aa00aa
	x ^= t ^ t<<7
	t = (x ^ x>>14) & 0x0000cccc0000cccc
	x ^= t ^ t<<14
	t = (x ^ x>>28) & 0x00000000f0f0f0f0
	return x ^ t ^ t<<28
}
