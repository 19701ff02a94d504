package tiff

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"
)

// built is one page of a test file: one strip or tile after the other.
type built struct {
	w, h, bits, samples int
	photometric, format int
	planar, orientation int
	subfile             int
	compression         int
	tile, rows          int // side of square tiles; rows of a strip, 0 for all
	extras              []int
	palette             []int
	text                string
	zeiss               string // text of a microscope
	unit                int
	perUnit, perUnitY   uint32 // 0 along y means the same as along x
	chunks              [][]byte
	subs                []built
}

// build writes a file of pages in the byte order o and gives its path. tail is appended behind.
func build(t testing.TB, o binary.AppendByteOrder, pages []built, tail []byte) string {
	t.Helper()
	b := append([]byte("II"), 0, 0, 0, 0, 0, 0)
	if o == binary.AppendByteOrder(binary.BigEndian) {
		b[0], b[1] = 'M', 'M'
	}
	order := o.(binary.ByteOrder)
	order.PutUint16(b[2:], 42)
	link := 4
	for _, p := range pages {
		var subs []int
		for _, s := range p.subs {
			at, _ := appendPage(&b, o, s, nil)
			subs = append(subs, at)
		}
		at, next := appendPage(&b, o, p, subs)
		order.PutUint32(b[link:], uint32(at))
		link = next
	}
	path := filepath.Join(t.TempDir(), "built.tif")
	if err := os.WriteFile(path, append(b, tail...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// appendPage appends directory, values and pixels, the pixels last; it gives the place of the directory
// and of the link to the next one.
func appendPage(b *[]byte, o binary.AppendByteOrder, p built, subs []int) (at, link int) {
	type entry struct {
		tag, kind uint16
		values    []int
	}
	var offsets, sizes []int
	for _, c := range p.chunks {
		sizes = append(sizes, len(c))
	}
	offsets = make([]int, len(sizes))
	e := []entry{{254, 4, []int{p.subfile}}, {256, 4, []int{p.w}}, {257, 4, []int{p.h}}, {258, 3, repeat(p.bits, p.samples)}, {259, 3, []int{max(p.compression, 1)}}, {262, 3, []int{p.photometric}}}
	if p.text != "" {
		e = append(e, entry{270, 2, ints(p.text + "\x00")})
	}
	if p.tile == 0 {
		e = append(e, entry{273, 4, offsets})
	}
	e = append(e, entry{274, 3, []int{max(p.orientation, 1)}}, entry{277, 3, []int{p.samples}})
	if p.tile == 0 {
		rows := p.rows
		if rows == 0 {
			rows = p.h
		}
		e = append(e, entry{278, 4, []int{rows}}, entry{279, 4, sizes})
	}
	if p.perUnit > 0 {
		y := p.perUnit
		if p.perUnitY > 0 {
			y = p.perUnitY
		}
		e = append(e, entry{282, 5, []int{int(p.perUnit), 1}}, entry{283, 5, []int{int(y), 1}})
	}
	e = append(e, entry{284, 3, []int{max(p.planar, 1)}})
	if p.unit > 0 {
		e = append(e, entry{296, 3, []int{p.unit}})
	}
	if p.palette != nil {
		e = append(e, entry{320, 3, p.palette})
	}
	if p.tile > 0 {
		e = append(e, entry{322, 3, []int{p.tile}}, entry{323, 3, []int{p.tile}}, entry{324, 4, offsets}, entry{325, 4, sizes})
	}
	if subs != nil {
		e = append(e, entry{330, 4, subs})
	}
	if p.extras != nil {
		e = append(e, entry{338, 3, p.extras})
	}
	e = append(e, entry{339, 3, repeat(max(p.format, 1), p.samples)})
	if p.zeiss != "" {
		e = append(e, entry{34118, 2, ints(p.zeiss + "\x00")})
	}

	at = len(*b)
	values := at + 2 + 12*len(e) + 4
	size := func(e entry) int { return map[uint16]int{2: 1, 3: 2, 4: 4, 5: 4}[e.kind] * len(e.values) }
	pixels := values
	for _, x := range e {
		if n := size(x); n > 4 {
			pixels += n
		}
	}
	for i, n := 0, pixels; i < len(sizes); i++ {
		offsets[i] = n
		n += sizes[i]
	}
	var far []byte
	out := o.AppendUint16(*b, uint16(len(e)))
	for _, x := range e {
		var v []byte
		for _, n := range x.values {
			switch x.kind {
			case 2:
				v = append(v, byte(n))
			case 3:
				v = o.AppendUint16(v, uint16(n))
			default:
				v = o.AppendUint32(v, uint32(n))
			}
		}
		count := len(x.values)
		if x.kind == 5 {
			count /= 2
		}
		out = o.AppendUint32(o.AppendUint16(o.AppendUint16(out, x.tag), x.kind), uint32(count))
		if len(v) > 4 {
			out = o.AppendUint32(out, uint32(values+len(far)))
			far = append(far, v...)
			continue
		}
		out = append(out, append(v, make([]byte, 4-len(v))...)...)
	}
	link = len(out)
	out = append(append(out, 0, 0, 0, 0), far...)
	for _, c := range p.chunks {
		out = append(out, c...)
	}
	*b = out
	return at, link
}

func repeat(v, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = v
	}
	return out
}

func ints(s string) []int {
	out := make([]int, len(s))
	for i := range out {
		out[i] = int(s[i])
	}
	return out
}

// grey is a page of 8 bits with one strip.
func grey(w, h int, px ...byte) built {
	return built{w: w, h: h, bits: 8, samples: 1, photometric: minIsBlack, chunks: [][]byte{px}}
}

// ramp is n bytes that count up from first.
func ramp(first, n int) []byte {
	out := make([]byte, n)
	for i := range out {
		out[i] = byte(first + i)
	}
	return out
}
