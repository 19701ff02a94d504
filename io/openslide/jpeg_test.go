package openslide

import "encoding/binary"

// flat is a JPEG of blocks of 8 x 8 pixels of one colour each. Its three components carry the names R, G and B,
// for which decoders convert no colours, and each block has its mean only, so that decoding is exact.
type flat struct {
	w, h    int
	colour  func(x, y int) [3]byte // of the block at pixel (x, y)
	restart int                    // blocks between restart markers; 0 for none
}

// encode gives the file and where in it the data behind each restart marker begins, the start of all first.
func (f flat) encode() (data []byte, starts []int) {
	b := f.header()
	starts = []int{len(b)}
	bits := &bitWriter{}
	var last [3]byte
	for n, y := 0, 0; y < f.h; y += 8 {
		for x := 0; x < f.w; x, n = x+8, n+1 {
			if f.restart > 0 && n > 0 && n%f.restart == 0 {
				b = append(b, bits.flush()...)
				b = append(b, 0xff, 0xd0+byte((n/f.restart-1)%8))
				starts = append(starts, len(b))
				last = [3]byte{}
			}
			c := f.colour(x, y)
			for k := range c {
				v := c[k] - 128 // modulo 256, as the difference below
				bits.mean(int(int8(v)) - int(int8(last[k])))
				last[k] = v
			}
		}
	}
	return append(append(b, bits.flush()...), 0xff, 0xd9), starts
}

// header is all that stands before the first block: tables, size, components.
// Source: ITU-T Recommendation T.81, 1992, annex B.
func (f flat) header() []byte {
	segment := func(marker byte, body ...byte) []byte {
		return append(binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(2+len(body))), body...)
	}
	quantization := make([]byte, 65)
	for i := range 64 {
		quantization[1+i] = 8
	}
	means := append([]byte{0x00, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
	ends := append([]byte{0x10, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 0)
	b := []byte{0xff, 0xd8}
	b = append(b, segment(0xdb, quantization...)...)
	b = append(b, segment(0xc0, 8, byte(f.h>>8), byte(f.h), byte(f.w>>8), byte(f.w), 3, 'R', 0x11, 0, 'G', 0x11, 0, 'B', 0x11, 0)...)
	b = append(b, segment(0xc4, means...)...)
	b = append(b, segment(0xc4, ends...)...)
	b = append(b, segment(0xdd, byte(f.restart>>8), byte(f.restart))...)
	return append(b, segment(0xda, 3, 'R', 0, 'G', 0, 'B', 0, 0, 63, 0)...)
}

// bitWriter collects entropy-coded bits.
type bitWriter struct {
	out  []byte
	acc  uint32
	have int
}

// mean writes the difference of a block's mean from the one before, in the code of four bits for its length,
// and the end of the block.
func (w *bitWriter) mean(d int) {
	size, v := 0, d
	for m := max(d, -d); m > 0; m >>= 1 {
		size++
	}
	if d < 0 {
		v = d + 1<<size - 1
	}
	w.put(uint32(size), 4)
	w.put(uint32(v), size)
	w.put(0, 1)
}

func (w *bitWriter) put(v uint32, n int) {
	w.acc, w.have = w.acc<<n|v, w.have+n
	for ; w.have >= 8; w.have -= 8 {
		b := byte(w.acc >> (w.have - 8))
		if w.out = append(w.out, b); b == 0xff {
			w.out = append(w.out, 0)
		}
	}
	w.acc &= 1<<w.have - 1
}

// flush fills the last byte with ones and gives what was written.
func (w *bitWriter) flush() []byte {
	if w.have > 0 {
		w.put(1<<(8-w.have)-1, 8-w.have)
	}
	out := w.out
	*w = bitWriter{}
	return out
}
