package scanco

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"

	"explant/io/array"
	"explant/io/imagefile"
)

// Codes of the sample types of AIM: a number in the upper half, the bytes of a sample in the lower.
const (
	chars    = 1<<16 | 1
	shorts   = 2<<16 | 2
	ints     = 3<<16 | 4
	vaxes    = 4<<16 | 4
	charRuns = 8<<16 | 2
	bytes13  = 13<<16 | 1
	binary21 = 21<<16 | 1
	bytes22  = 22<<16 | 1
	ushorts  = 23<<16 | 2
	floats   = 26<<16 | 4
)

// layout says how the samples are stored and, when they are compressed, how to unpack them.
func (h *aim) layout() (l array.Layout, unpack func(io.Reader) (io.Reader, error), err error) {
	switch h.typ {
	case chars:
		l.Type = imagefile.Int8
	case bytes13, bytes22:
		l.Type = imagefile.Uint8
	case shorts:
		l.Type = imagefile.Int16
	case ushorts:
		l.Type = imagefile.Uint16
	case ints:
		l.Type = imagefile.Int32
	case floats:
		l.Type = imagefile.Float32
	case vaxes:
		l.Type, l.Convert = imagefile.Uint32, fromVAX
	case charRuns, binary21:
		l.Type = imagefile.Int8
		for a, m := range h.margin {
			if m < 0 || m > h.n[a]/2 || 2*m == h.n[a] {
				return l, nil, fmt.Errorf("a border of %d voxels in a volume of size %v is not believable", m, h.n)
			}
		}
		unpack = h.unpack
	default:
		return l, nil, fmt.Errorf("sample type %#x is not read", h.typ)
	}
	return l, unpack, nil
}

func fromVAX(dst, src []byte) {
	for i := 0; i+4 <= len(src); i += 4 {
		binary.LittleEndian.PutUint32(dst[i:], vax(binary.LittleEndian.Uint32(src[i:])))
	}
}

// unpack reads run lengths: pairs of value and length, or for two values the lengths alone, where 255
// means 254 without a change of the value. A size of the block stands before them.
func (h *aim) unpack(src io.Reader) (io.Reader, error) {
	b := bufio.NewReader(io.LimitReader(src, h.bytes))
	word := 4
	if h.version == 30 {
		word = 8
	}
	if _, err := b.Discard(word); err != nil {
		return nil, err
	}
	r := &runs{src: b, pairs: h.typ == charRuns}
	if !r.pairs {
		if _, err := io.ReadFull(b, r.values[:]); err != nil {
			return nil, err
		}
	}
	if h.margin == [3]int64{} {
		return r, nil
	}
	return &bordered{src: r, n: h.n, margin: h.margin}, nil
}

// runs gives the values of run lengths.
type runs struct {
	src    *bufio.Reader
	pairs  bool
	values [2]byte // this one and the other, of two-valued data
	left   int     // of the current run
	turn   bool    // the value changes behind the current run
}

func (r *runs) Read(p []byte) (n int, err error) {
	for n < len(p) {
		for r.left == 0 {
			if err := r.next(); err != nil {
				return n, err
			}
		}
		m := min(r.left, len(p)-n)
		for i := range m {
			p[n+i] = r.values[0]
		}
		n, r.left = n+m, r.left-m
	}
	return n, nil
}

func (r *runs) next() error {
	if r.pairs {
		v, err := r.src.ReadByte()
		if err != nil {
			return err
		}
		r.values[0] = v
	}
	length, err := r.src.ReadByte()
	if err != nil {
		return err
	}
	if !r.pairs {
		if r.turn {
			r.values[0], r.values[1] = r.values[1], r.values[0]
		}
		if r.turn = length != 255; !r.turn {
			length = 254
		}
	}
	r.left = int(length)
	return nil
}

// bordered puts zeros around the voxels that src gives.
type bordered struct {
	src       io.Reader
	n, margin [3]int64
	at        int64 // next voxel
}

func (b *bordered) Read(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		x, y, z := b.at%b.n[0], b.at/b.n[0]%b.n[1], b.at/b.n[0]/b.n[1]
		end := b.n[0] // of the stretch of equal kind that begins at x
		inside := y >= b.margin[1] && y < b.n[1]-b.margin[1] && z >= b.margin[2] && z < b.n[2]-b.margin[2]
		switch lo, hi := b.margin[0], b.n[0]-b.margin[0]; {
		case !inside || x >= hi:
			inside = false
		case x < lo:
			inside, end = false, lo
		default:
			end = hi
		}
		stretch := p[n:min(int64(len(p)), int64(n)+end-x)]
		m := len(stretch)
		if clear(stretch); inside {
			m, err = io.ReadFull(b.src, stretch)
		}
		n, b.at = n+m, b.at+int64(m)
	}
	return n, err
}
