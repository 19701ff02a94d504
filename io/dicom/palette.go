package dicom

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/suyashkumar/dicom/pkg/tag"
)

var (
	paletteForms = [...]tag.Tag{tag.RedPaletteColorLookupTableDescriptor,
		tag.GreenPaletteColorLookupTableDescriptor, tag.BluePaletteColorLookupTableDescriptor}
	paletteTables = [...]tag.Tag{tag.RedPaletteColorLookupTableData,
		tag.GreenPaletteColorLookupTableData, tag.BluePaletteColorLookupTableData}
)

// palette gives the colours of indexes; those below first have the first one, those above the last.
// Source: DICOM PS3.3 C.7.6.3.1.5 and C.7.6.3.1.6.
type palette struct {
	first   int
	colours [][3]byte
}

// paletteOf reads the tables of a file. Entries of 16 bits keep their upper byte.
func paletteOf(h *header) (*palette, error) {
	if h.seen[tag.SegmentedRedPaletteColorLookupTableData] {
		return nil, errors.New("palettes in segments are not read")
	}
	p := &palette{}
	for c := range 3 {
		form, table := h.raw[paletteForms[c]], h.raw[paletteTables[c]]
		if len(form) < 6 {
			return nil, errors.New("its palette is incomplete")
		}
		n, first, bits := h.syntax.short(form), h.syntax.short(form[2:]), h.syntax.short(form[4:])
		if n == 0 {
			n = 1 << 16
		}
		if p.colours == nil {
			p.first, p.colours = first, make([][3]byte, n)
		}
		if first != p.first || n != len(p.colours) || bits != 8 && bits != 16 {
			return nil, errors.New("its palette has tables of different forms")
		}
		if err := p.fill(c, table, h.syntax); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// fill takes over the table of channel c: bytes, or 16-bit entries.
func (p *palette) fill(c int, table []byte, y syntax) error {
	n := len(p.colours)
	if len(table) < 2*n {
		if len(table) < n {
			return fmt.Errorf("its palette has %d of %d bytes", len(table), n)
		}
		for i := range n {
			at := i
			if y.big { // bytes in words
				at ^= 1
			}
			p.colours[i][c] = table[min(at, len(table)-1)]
		}
		return nil
	}
	shift := 0 // some files write bytes as words
	for i := range n {
		if y.short(table[2*i:]) > 0xff {
			shift = 8
		}
	}
	for i := range n {
		p.colours[i][c] = byte(y.short(table[2*i:]) >> shift)
	}
	return nil
}

func (s syntax) short(b []byte) int {
	if s.big {
		return int(binary.BigEndian.Uint16(b))
	}
	return int(binary.LittleEndian.Uint16(b))
}

// expand writes the colours of samples.
func (p *palette) expand(dst, src []byte, s sampling) {
	mask := 1<<s.stored - 1
	for i := range len(src) * 8 / s.bits {
		v := 0
		if s.bits == 8 {
			v = int(src[i])
		} else {
			v = int(binary.LittleEndian.Uint16(src[2*i:]))
		}
		v = v >> (s.high + 1 - s.stored) & mask
		copy(dst[3*i:3*i+3], p.colours[min(max(v-p.first, 0), len(p.colours)-1)][:])
	}
}
