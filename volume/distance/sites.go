package distance

import (
	"encoding/binary"

	"explant/volume/label"
)

// sites tells the sites among classes, eight voxels at a time.
type sites struct {
	in *label.Set
	// Where the sites are of one or two classes, or all but one or two are, these classes in every byte;
	// flip has all bits set in the latter case.
	few        bool
	a, b, flip uint64
}

const (
	eachByte = 0x0101010101010101
	lowBits  = 0x7f * eachByte
	highBits = 0x80 * eachByte
)

func newSites(in *label.Set) sites {
	s := sites{in: in}
	for _, of := range []bool{true, false} {
		var classes []uint64
		for c, site := range in {
			if site == of {
				classes = append(classes, uint64(c)*eachByte)
			}
		}
		if n := len(classes); n == 1 || n == 2 {
			s.few, s.a, s.b = true, classes[0], classes[n-1]
			if !of {
				s.flip = ^uint64(0)
			}
			return s
		}
	}
	return s
}

// mask has all bits of a byte set where the class there is that of a site.
func (s *sites) mask(classes []uint8) uint64 {
	w := binary.LittleEndian.Uint64(classes)
	if !s.few {
		return s.table(w)
	}
	a, b := w^s.a, w^s.b
	same := (^((a&lowBits + lowBits) | a | lowBits) | ^((b&lowBits + lowBits) | b | lowBits)) >> 7
	return same*0xff ^ s.flip
}

func (s *sites) table(w uint64) (m uint64) {
	for i := 0; i < 64; i += 8 {
		if s.in[uint8(w>>i)] {
			m |= 0xff << i
		}
	}
	return m
}

// ends writes, for eight columns of slices [z0, z1) that begin at i of each slice, the first and the last
// slice with a site, counted from z0; none has all bits of a byte set where there is none.
func (s *sites) ends(data []uint8, size, i, z0, z1 int) (first, last, none uint64) {
	none = ^uint64(0)
	for z := z0; z < z1; z++ {
		m := s.mask(data[z*size+i:])
		at := uint64(z-z0) * eachByte
		first |= at & m & none
		last = last&^m | at&m
		none &^= m
	}
	return first, last, none
}

// nearer is the smaller of bytes below 128.
func nearer(a, b uint64) uint64 {
	less := ((b | highBits) - a) & highBits >> 7 * 0xff // where a <= b
	return a&less | b&^less
}
