package tiff

import (
	"bytes"
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"explant/io/imagefile"
)

func readAll(t testing.TB, path string) (imagefile.Info, []byte) {
	t.Helper()
	r, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil {
		t.Fatal(err)
	}
	return r.Info(), b.Data
}

var littleEndian, bigEndianOrder = binary.AppendByteOrder(binary.LittleEndian), binary.AppendByteOrder(binary.BigEndian)

func TestSampleTypes(t *testing.T) {
	f32 := func(v ...float32) (b []byte) {
		for _, x := range v {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(x))
		}
		return b
	}
	ramp3 := append(append([]int{0, 0x8000, 0xffff, 0}, 0xffff, 0, 0, 0), 0, 0, 0x8000, 0xffff) // 4 colours: red, green, blue curves
	for name, c := range map[string]struct {
		page     built
		typ      imagefile.Type
		channels int
		want     []byte
	}{
		"1 bit":           {built{w: 10, h: 1, bits: 1, samples: 1, photometric: 1, chunks: [][]byte{{0xa0, 0x40}}}, "uint8", 1, []byte{255, 0, 255, 0, 0, 0, 0, 0, 0, 255}},
		"1 bit, white 0":  {built{w: 3, h: 1, bits: 1, samples: 1, photometric: 0, chunks: [][]byte{{0xa0}}}, "uint8", 1, []byte{0, 255, 0}},
		"4 bits":          {built{w: 3, h: 1, bits: 4, samples: 1, photometric: 1, chunks: [][]byte{{0x0f, 0x10}}}, "uint8", 1, []byte{0, 255, 17}},
		"8 bits, white 0": {built{w: 3, h: 1, bits: 8, samples: 1, photometric: 0, chunks: [][]byte{{0, 1, 255}}}, "uint8", 1, []byte{255, 254, 0}},
		"signed":          {built{w: 2, h: 1, bits: 8, samples: 1, photometric: 1, format: 2, chunks: [][]byte{{0xff, 1}}}, "int8", 1, []byte{0xff, 1}},
		"12 bits":         {built{w: 3, h: 1, bits: 12, samples: 1, photometric: 1, chunks: [][]byte{{0x12, 0x3f, 0xff, 0x00, 0x10}}}, "uint16", 1, []byte{0x23, 1, 0xff, 0xf, 1, 0}},
		"24 bits":         {built{w: 1, h: 1, bits: 24, samples: 1, photometric: 1, chunks: [][]byte{{1, 2, 3}}}, "uint32", 1, []byte{1, 2, 3, 0}},
		"half":            {built{w: 4, h: 1, bits: 16, samples: 1, photometric: 1, format: 3, chunks: [][]byte{{0, 0x3c, 0, 0xc0, 1, 0, 0, 0x7c}}}, "float32", 1, f32(1, -2, 1.0/(1<<24), float32(math.Inf(1)))},
		"float":           {built{w: 1, h: 1, bits: 32, samples: 1, photometric: 1, format: 3, chunks: [][]byte{f32(-1.5)}}, "float32", 1, f32(-1.5)},
		"palette":         {built{w: 3, h: 1, bits: 2, samples: 1, photometric: 3, palette: ramp3, chunks: [][]byte{{0x1b}}}, "uint8", 3, []byte{0, 255, 0, 128, 0, 0, 255, 0, 128}},
		"rgb with alpha":  {built{w: 2, h: 1, bits: 8, samples: 4, photometric: 2, extras: []int{2}, chunks: [][]byte{{1, 2, 3, 9, 4, 5, 6, 9}}}, "uint8", 3, []byte{1, 2, 3, 4, 5, 6}},
		"grey and alpha":  {built{w: 2, h: 1, bits: 8, samples: 2, photometric: 1, extras: []int{1}, chunks: [][]byte{{1, 9, 2, 9}}}, "uint8", 1, []byte{1, 2}},
		"two channels":    {built{w: 2, h: 1, bits: 8, samples: 2, photometric: 1, extras: []int{0}, chunks: [][]byte{{1, 9, 2, 8}}}, "uint8", 2, []byte{1, 9, 2, 8}},
		"planar rgb":      {built{w: 2, h: 1, bits: 8, samples: 3, photometric: 2, planar: 2, chunks: [][]byte{{1, 4}, {2, 5}, {3, 6}}}, "uint8", 3, []byte{1, 2, 3, 4, 5, 6}},
		"planar, alpha":   {built{w: 2, h: 1, bits: 8, samples: 4, photometric: 2, planar: 2, extras: []int{1}, chunks: [][]byte{{1, 4}, {2, 5}, {3, 6}, {9, 9}}}, "uint8", 3, []byte{1, 2, 3, 4, 5, 6}},
		"cmyk":            {built{w: 1, h: 1, bits: 8, samples: 4, photometric: 5, chunks: [][]byte{{0, 255, 0, 0}}}, "uint8", 3, []byte{255, 0, 255}},
		"strips":          {built{w: 2, h: 5, bits: 8, samples: 1, photometric: 1, rows: 2, chunks: [][]byte{{1, 2, 3, 4}, {5, 6, 7, 8}, {9, 10}}}, "uint8", 1, ramp(1, 10)},
	} {
		t.Run(name, func(t *testing.T) {
			i, got := readAll(t, build(t, littleEndian, []built{c.page}, nil))
			if i.Type != c.typ || i.Channels != c.channels || !bytes.Equal(got, c.want) {
				t.Errorf("%d channels of %s: %v, not %v", i.Channels, i.Type, got, c.want)
			}
		})
	}
}

func TestByteOrder(t *testing.T) {
	for _, o := range []binary.AppendByteOrder{littleEndian, bigEndianOrder} {
		var px []byte
		for _, v := range []uint16{1, 256, 65535, 4660} {
			px = o.AppendUint16(px, v)
		}
		_, got := readAll(t, build(t, o, []built{{w: 2, h: 2, bits: 16, samples: 1, photometric: 1, chunks: [][]byte{px}}}, nil))
		if want := []byte{1, 0, 0, 1, 0xff, 0xff, 0x34, 0x12}; !bytes.Equal(got, want) {
			t.Errorf("%v: %v", o, got)
		}
	}
}

// tiled is a 5 x 3 picture with the pixels 1 to 15 in tiles of 16.
func tiled() built {
	tile := make([]byte, 256)
	for i := range 15 {
		tile[i/5*16+i%5] = byte(i + 1)
	}
	return built{w: 5, h: 3, bits: 8, samples: 1, photometric: 1, tile: 16, chunks: [][]byte{tile}}
}

func TestWindows(t *testing.T) {
	for name, p := range map[string]built{"tiles": tiled(), "strip": grey(5, 3, ramp(1, 15)...)} {
		r, err := Open(t.Context(), build(t, littleEndian, []built{p}, nil))
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // decoded, then remembered
			b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{1, 1, 0}, Max: [3]int{4, 3, 1}})
			if err != nil || !bytes.Equal(b.Data, []byte{7, 8, 9, 12, 13, 14}) {
				t.Errorf("%s: %v %v", name, b.Data, err)
			}
		}
		for _, w := range []imagefile.Window{{Max: [3]int{6, 1, 1}}, {Min: [3]int{-1, 0, 0}, Max: [3]int{1, 1, 1}}, {Max: [3]int{1, 1, 0}}, {Level: 1, Max: [3]int{1, 1, 1}}} {
			if _, err := r.Read(t.Context(), w); err == nil {
				t.Errorf("%s: window %v is read", name, w)
			}
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil {
			t.Error("a closed reader reads")
		}
	}
}

// The pictures that the orientation tag makes of
//
//	1 2 3
//	4 5 6
func TestOrientation(t *testing.T) {
	for orientation, want := range map[int]string{
		1: "\x01\x02\x03\x04\x05\x06", 2: "\x03\x02\x01\x06\x05\x04", 3: "\x06\x05\x04\x03\x02\x01", 4: "\x04\x05\x06\x01\x02\x03",
		5: "\x01\x04\x02\x05\x03\x06", 6: "\x04\x01\x05\x02\x06\x03", 7: "\x06\x03\x05\x02\x04\x01", 8: "\x03\x06\x02\x05\x01\x04",
	} {
		p := grey(3, 2, 1, 2, 3, 4, 5, 6)
		p.orientation = orientation
		r, err := Open(t.Context(), build(t, littleEndian, []built{p}, nil))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
		if err != nil || string(b.Data) != want {
			t.Errorf("orientation %d: %v, %v", orientation, b.Data, err)
		}
		for i := range 6 { // pixel by pixel
			x, y := i%b.N[0], i/b.N[0]
			one, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{x, y, 0}, Max: [3]int{x + 1, y + 1, 1}})
			if err != nil || one.Data[0] != want[i] {
				t.Errorf("orientation %d, pixel %d, %d: %v, %v", orientation, x, y, one.Data, err)
			}
		}
	}
}

// Strips that are too large to hold are read row by row, from wherever the last read ended.
func TestLargeStripsAreReadByRows(t *testing.T) {
	const h = 12
	packed := []byte{} // PackBits: each row is one run of two bytes and a literal
	for y := range h {
		packed = append(packed, 0xff, byte(y), 0, byte(100+y))
	}
	p := built{w: 3, h: h, bits: 8, samples: 1, photometric: 1, compression: 32773, chunks: [][]byte{packed}}
	r, err := Open(t.Context(), build(t, littleEndian, []built{p, p}, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.whole, r.idle[0].whole = 1, 1
	for _, c := range [][3]int{{4, 6, 0}, {6, 7, 0}, {9, 12, 0}, {0, 1, 0}, {11, 12, 0}, {11, 12, 1}, {2, 3, 1}, {0, 12, 0}} {
		b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{1, c[0], c[2]}, Max: [3]int{3, c[1], c[2] + 1}})
		if err != nil {
			t.Fatal(err)
		}
		for y := c[0]; y < c[1]; y++ {
			if got := b.Data[2*(y-c[0]):][:2]; got[0] != byte(y) || got[1] != byte(100+y) {
				t.Errorf("rows %d to %d: row %d is %v", c[0], c[1], y, got)
			}
		}
	}
}

func TestRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		page built
		want string
	}{
		"complex":        {built{w: 1, h: 1, bits: 64, samples: 1, photometric: 1, format: 6, chunks: [][]byte{ramp(0, 8)}}, "64 bits in format 6"},
		"64-bit integer": {built{w: 1, h: 1, bits: 64, samples: 1, photometric: 1, chunks: [][]byte{ramp(0, 8)}}, "64 bits"},
		"wide":           {built{w: 1 << 30, h: 1, bits: 8, samples: 1, photometric: 1, chunks: [][]byte{{1}}}, "believable"},
		"bomb":           {built{w: 100000, h: 100000, bits: 8, samples: 1, photometric: 1, chunks: [][]byte{{1}}}, "claims 9536 MiB"},
		"photometric":    {built{w: 1, h: 1, bits: 8, samples: 1, photometric: 77, chunks: [][]byte{{1}}}, "77"},
	} {
		r, err := Open(t.Context(), build(t, littleEndian, []built{c.page}, nil))
		if err == nil {
			_, err = r.Read(t.Context(), imagefile.Window{Max: [3]int{1, 1, 1}})
			r.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := grey(3, 2, 1, 2, 3)
	r, err := Open(t.Context(), build(t, littleEndian, []built{p}, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil || !strings.Contains(err.Error(), "built.tif") {
		t.Errorf("a strip cut short: %v", err)
	}
}
