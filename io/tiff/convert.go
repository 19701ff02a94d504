package tiff

import (
	"encoding/binary"
	"math"
)

// row writes n pixels from x0 of one decoded row into dst, whose pixels have f.channels samples. A row
// of a planar image holds one sample a pixel, which becomes channel plane; an interleaved row (plane
// -1) holds all samples, of which those beyond f.channels are dropped.
func (p *page) row(dst, src []byte, x0, n, plane int) {
	f, size := &p.form, p.form.typ.Size()
	stored, first, count := p.samples, 0, f.channels
	if plane >= 0 {
		stored, first, count = 1, plane, 1
	}
	switch {
	case f.inks:
		mix(dst, src[x0*stored:], n, stored)
	case f.table != nil:
		p.lookUp(dst, src, x0, n, stored)
	case f.plain(p.bits) && stored == f.channels:
		copy(dst[:n*stored*size], src[x0*stored*size:])
	case f.plain(p.bits):
		for x := range n {
			copy(dst[(x*f.channels+first)*size:][:count*size], src[(x0+x)*stored*size:])
		}
	default:
		for x := range n {
			for s := range count {
				v := p.sample(src, (x0+x)*stored+s)
				put(dst[(x*f.channels+first+s)*size:], size, v)
			}
		}
	}
}

// mix makes red, green, blue of cyan, magenta, yellow and black: what white paper leaves under the inks, without
// a colour profile.
func mix(dst, src []byte, n, stored int) {
	for x := range n {
		inks := src[x*stored:][:4]
		light := 255 - int(inks[3])
		for c := range 3 {
			dst[3*x+c] = byte((light*(255-int(inks[c])) + 127) / 255)
		}
	}
}

func (p *page) lookUp(dst, src []byte, x0, n, stored int) {
	t, ch := p.form.table, p.form.channels
	for x := range n {
		i := raw(src, (x0+x)*stored, p.bits)
		copy(dst[x*ch:][:ch], t[min(int(i), len(t)-1)][:])
	}
}

// sample is stored sample i with inversion, stretching and widening done, as the bits of its new type.
func (p *page) sample(src []byte, i int) uint64 {
	v := raw(src, i, p.bits)
	if p.form.half {
		return uint64(math.Float32bits(float16(uint16(v))))
	}
	if p.form.invert {
		v = 1<<p.bits - 1 - v
	}
	if p.form.scale != 0 {
		v *= p.form.scale
	}
	return v
}

// raw is stored sample i. libtiff swaps the bytes of whole 16, 24, 32 and 64-bit samples; other
// widths are packed from the most significant bit on.
func raw(src []byte, i, bits int) uint64 {
	switch bits {
	case 8:
		return uint64(src[i])
	case 16:
		return uint64(binary.LittleEndian.Uint16(src[2*i:]))
	case 24:
		return uint64(src[3*i]) | uint64(src[3*i+1])<<8 | uint64(src[3*i+2])<<16
	case 32:
		return uint64(binary.LittleEndian.Uint32(src[4*i:]))
	case 64:
		return binary.LittleEndian.Uint64(src[8*i:])
	}
	v := uint64(0)
	for b := i * bits; b < (i+1)*bits; {
		take := min(8-b%8, (i+1)*bits-b)
		part := src[b/8] >> (8 - b%8 - take) & (1<<take - 1)
		v = v<<take | uint64(part)
		b += take
	}
	return v
}

func put(dst []byte, size int, v uint64) {
	switch size {
	case 1:
		dst[0] = byte(v)
	case 2:
		binary.LittleEndian.PutUint16(dst, uint16(v))
	case 4:
		binary.LittleEndian.PutUint32(dst, uint32(v))
	case 8:
		binary.LittleEndian.PutUint64(dst, v)
	}
}

// float16 widens an IEEE 754 half.
func float16(h uint16) float32 {
	sign, exp, frac := uint32(h>>15)<<31, uint32(h>>10&31), uint32(h&1023)
	switch exp {
	case 0:
		v := float32(frac) / (1 << 24)
		return math.Float32frombits(math.Float32bits(v) | sign)
	case 31:
		return math.Float32frombits(sign | 0xff<<23 | frac<<13)
	}
	return math.Float32frombits(sign | (exp+112)<<23 | frac<<13)
}

// turn writes a w x h picture of pixels of size bytes as the orientation tag wants it shown. For the
// orientations 5 to 8 the result is h wide.
func turn(dst, src []byte, w, h, size, orientation int) {
	for y := range h {
		for x := range w {
			u, v, width := place(x, y, w, h, orientation)
			copy(dst[(v*width+u)*size:][:size], src[(y*w+x)*size:][:size])
		}
	}
}

// place is where the stored pixel (x, y) is shown, and the width of what is shown.
func place(x, y, w, h, orientation int) (u, v, width int) {
	switch orientation {
	case 2:
		return w - 1 - x, y, w
	case 3:
		return w - 1 - x, h - 1 - y, w
	case 4:
		return x, h - 1 - y, w
	case 5:
		return y, x, h
	case 6:
		return h - 1 - y, x, h
	case 7:
		return h - 1 - y, w - 1 - x, h
	case 8:
		return y, w - 1 - x, h
	}
	return x, y, w
}
