package blosc

import "encoding/binary"

// Unshuffle puts the bytes of samples of size bytes back together: first all lowest bytes lie in src, last
// all highest. What is left of a last sample is copied. dst and src have the same length and do not overlap.
func Unshuffle(dst, src []byte, size int) {
	n := len(src) / size
	switch size {
	case 2:
		interleave(dst, src[:n], src[n:2*n])
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

// interleave writes samples of two bytes, four at once.
func interleave(dst, low, high []byte) {
	le, n := binary.LittleEndian, len(low)
	for len(low) >= 4 && len(high) >= 4 && len(dst) >= 8 {
		le.PutUint64(dst, spread(le.Uint32(low))|spread(le.Uint32(high))<<8)
		dst, low, high = dst[8:], low[4:], high[4:]
	}
	for i := range n % 4 {
		dst[2*i], dst[2*i+1] = low[i], high[i]
	}
}

// spread puts a zero byte above each byte.
func spread(b uint32) uint64 {
	x := uint64(b)
	x = (x | x<<16) & 0x0000ffff0000ffff
	return (x | x<<8) & 0x00ff00ff00ff00ff
}

// unshuffleBits puts the bits of samples back together: first all lowest bits lie in src, eight samples a
// byte. Blocks whose number of samples eight does not divide were left as they are. What src holds is lost.
func unshuffleBits(dst, src []byte, size int) {
	n := len(src) / size
	if n%8 != 0 {
		copy(dst, src)
		return
	}
	for k := range size {
		gather(dst[k*n:(k+1)*n], src[k*n:(k+1)*n])
	}
	copy(src, dst[:n*size])
	Unshuffle(dst, src, size)
}

// gather makes bytes from eight planes of their bits.
func gather(dst, planes []byte) {
	n := len(planes) / 8
	var p [8][]byte
	for bit := range p {
		p[bit] = planes[bit*n:][:n]
	}
	for i := range n {
		x := uint64(p[0][i]) | uint64(p[1][i])<<8 | uint64(p[2][i])<<16 | uint64(p[3][i])<<24 |
			uint64(p[4][i])<<32 | uint64(p[5][i])<<40 | uint64(p[6][i])<<48 | uint64(p[7][i])<<56
		binary.LittleEndian.PutUint64(dst[8*i:], transpose(x))
	}
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
