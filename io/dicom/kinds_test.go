package dicom

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// eight makes an object of bytes of the given kind.
func eight(photometric string, channels uint16, pixels string) object {
	return basic(0).with(0x00280002, "US", channels).with(0x00280004, "CS", photometric).
		with(0x00280100, "US", uint16(8)).with(0x00280101, "US", uint16(8)).with(0x00280102, "US", uint16(7)).
		with(0x7fe00010, "OB", pixels)
}

// sized gives an object another number of rows and columns.
func (o object) sized(columns, rows uint16) object {
	return o.with(0x00280010, "US", rows).with(0x00280011, "US", columns)
}

// Bits fill bytes from the lowest on, and frames begin within a byte.
func TestSingleBits(t *testing.T) {
	o := eight("MONOCHROME2", 1, "\x2d\x5a\x01").sized(3, 2).with(0x00280008, "IS", "3").with(0x00280100, "US", uint16(1)).
		with(0x00280101, "US", uint16(1)).with(0x00280102, "US", uint16(0))
	want := []byte{1, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 1, 0}
	for _, syntax := range []string{explicitLittle, implicitLittle, deflatedLittle} {
		i, got := read(t, o.as(syntax))
		if !bytes.Equal(got, want) || i.Type != imagefile.Uint8 || i.Grid.N != [3]int{3, 2, 3} {
			t.Errorf("%v, %+v", got, i)
		}
	}
	r, err := Open(t.Context(), save(t, o.bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{1, 1, 1}, Max: [3]int{3, 2, 3}})
	if err != nil || !bytes.Equal(b.Data, []byte{0, 1, 1, 0}) {
		t.Errorf("%v, %v", b.Data, err)
	}
}

// The formula is that of ITU-R BT.601 for full range.
func TestYBR(t *testing.T) {
	rgb := func(y, cb, cr float64) (out []byte) {
		for _, v := range []float64{y + 1.402*(cr-128), y - 0.344136*(cb-128) - 0.714136*(cr-128), y + 1.772*(cb-128)} {
			out = append(out, byte(math.Round(math.Min(math.Max(v, 0), 255))))
		}
		return out
	}
	var want []byte
	for _, p := range [][3]float64{{10, 20, 30}, {200, 128, 128}, {255, 255, 0}, {77, 150, 160}} {
		want = append(want, rgb(p[0], p[1], p[2])...)
	}
	pixels := "\x0a\x14\x1e\xc8\x80\x80\xff\xff\x00\x4d\x96\xa0"
	planes := "\x0a\xc8\xff\x4d\x14\x80\xff\x96\x1e\x80\x00\xa0"
	for name, o := range map[string]object{
		"interleaved": eight("YBR_FULL", 3, pixels), "planes": eight("YBR_FULL", 3, planes).with(0x00280006, "US", uint16(1)),
	} {
		i, got := read(t, o)
		if !bytes.Equal(got, want) || i.Channels != 3 {
			t.Errorf("%s: %v, not %v", name, got, want)
		}
	}
	shared := eight("YBR_FULL_422", 3, "\x0a\xc8\x14\x1e\xff\x4d\x96\xa0").sized(4, 1)
	want = nil
	for _, p := range [][3]float64{{10, 20, 30}, {200, 20, 30}, {255, 150, 160}, {77, 150, 160}} {
		want = append(want, rgb(p[0], p[1], p[2])...)
	}
	r, err := Open(t.Context(), save(t, shared.bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for x := range 4 {
		for to := x + 1; to <= 4; to++ {
			b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{x, 0, 0}, Max: [3]int{to, 1, 1}})
			if err != nil || !bytes.Equal(b.Data, want[3*x:3*to]) {
				t.Errorf("4:2:2 from %d to %d: %v, %v", x, to, b.Data, err)
			}
		}
	}
}

func TestPalettes(t *testing.T) {
	paint := func(o object, form []uint16, tables ...any) object {
		for c, table := range tables {
			o = o.with(0x00281101+uint32(c), "US", form).with(0x00281201+uint32(c), "OW", table)
		}
		return o
	}
	o := eight("PALETTE COLOR", 1, "\x00\x03\x04\x09")
	deep := basic(0, 0x1003, 4, 5, 600).with(0x00280004, "CS", "PALETTE COLOR").with(0x00280101, "US", uint16(12)).with(0x00280102, "US", uint16(11))
	words := []any{[]uint16{0x1122, 0x3344}, []uint16{0x5566, 0x7788}, []uint16{0x99aa, 0xbbcc}}
	for name, c := range map[string]struct {
		o    object
		want string
	}{
		"bytes":          {paint(o, []uint16{3, 3, 8}, "abc", "def", "ghi"), "adgadgbehcfi"},
		"words":          {paint(o, []uint16{2, 3, 16}, words...), "\x11\x55\x99\x11\x55\x99\x33\x77\xbb\x33\x77\xbb"},
		"big-endian":     {paint(deep, []uint16{2, 3, 16}, words...).as(explicitBig), "\x11\x55\x99\x33\x77\xbb\x33\x77\xbb\x33\x77\xbb"},
		"indexes of 12":  {paint(deep, []uint16{2, 3, 16}, words...), "\x11\x55\x99\x33\x77\xbb\x33\x77\xbb\x33\x77\xbb"},
		"bytes in words": {paint(o, []uint16{2, 3, 16}, []uint16{1, 2}, []uint16{3, 4}, []uint16{5, 255}), "\x01\x03\x05\x01\x03\x05\x02\x04\xff\x02\x04\xff"},
	} {
		if i, got := read(t, c.o); string(got) != c.want || i.Channels != 3 || i.Type != imagefile.Uint8 {
			t.Errorf("%s: %x, %+v", name, got, i)
		}
	}
	for want, o := range map[string]object{
		"2 of 3 bytes": paint(o, []uint16{3, 3, 8}, "ab", "de", "gh"),
		"different":    paint(o, []uint16{2, 3, 8}, "ab", "de", "gh").with(0x00281102, "US", []uint16{2, 4, 8}),
		"incomplete":   paint(o, []uint16{2, 3, 8}, "ab", "de"),
		"in segments":  paint(o, []uint16{2, 3, 8}, "ab", "de", "gh").with(0x00281221, "OW", "ab"),
	} {
		if _, err := Open(t.Context(), save(t, o.bytes())); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestFloats(t *testing.T) {
	single := basic(0).with(0x00280100, "US", uint16(32)).with(0x00280101, "", nil).with(0x00280102, "", nil).with(0x00280103, "", nil).with(0x7fe00010, "", nil)
	double := single.with(0x00280100, "US", uint16(64)).with(0x7fe00009, "OD", []float64{1, -2.5, 1e300, 4})
	single = single.with(0x7fe00008, "OF", []float32{1, -2.5, 3e30, 4})
	for name, c := range map[string]struct {
		o    object
		typ  imagefile.Type
		want any
	}{
		"single":           {single, imagefile.Float32, []float32{1, -2.5, 3e30, 4}},
		"single, implicit": {single.as(implicitLittle), imagefile.Float32, []float32{1, -2.5, 3e30, 4}},
		"single, big":      {single.as(explicitBig), imagefile.Float32, []float32{1, -2.5, 3e30, 4}},
		"single, rescaled": {single.with(0x00281052, "DS", "1").with(0x00281053, "DS", "2"), imagefile.Float32, []float32{3, -4, 6e30, 9}},
		"double":           {double, imagefile.Float64, []float64{1, -2.5, 1e300, 4}},
		"double, rescaled": {double.with(0x00281053, "DS", "0.5"), imagefile.Float64, []float64{0.5, -1.25, 5e299, 2}},
	} {
		if i, got := read(t, c.o); !bytes.Equal(got, little(c.want)) || i.Type != c.typ {
			t.Errorf("%s: %s %v, not %v", name, i.Type, got, little(c.want))
		}
	}
}

// Bits above those in use are noise in colours too.
func TestColoursOf12Bits(t *testing.T) {
	o := basic(0, 1, 2, 3, 0xffff, 5, 6, 7, 8, 9, 0x700a, 11, 12).with(0x00280002, "US", uint16(3)).with(0x00280004, "CS", "RGB").
		with(0x00280101, "US", uint16(12)).with(0x00280102, "US", uint16(11))
	if i, got := read(t, o); !bytes.Equal(got, little([]uint16{1, 2, 3, 4095, 5, 6, 7, 8, 9, 10, 11, 12})) || i.Type != imagefile.Uint16 {
		t.Errorf("%s %v", i.Type, got)
	}
}
