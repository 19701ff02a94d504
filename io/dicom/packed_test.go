package dicom

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// The codestreams of package gdcm hold 20 x 12 pixels of these values.
const packedColumns, packedRows = 20, 12

func rough(bits int) func(x, y, c int) int {
	return func(x, y, c int) int {
		return ((x*x*13+y*29+c*71+x*y%7*3)<<(bits-8) + x) & (1<<bits - 1)
	}
}

func smooth(bits int) func(x, y, c int) int {
	return func(x, y, c int) int { return (1<<bits - 1) * (x*3 + y*5 + c*40) / 220 }
}

func stream(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "gdcm", "testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if len(b)%2 == 1 {
		b = append(b, 0)
	}
	return b
}

// packed is an object whose frames are the named codestreams, one fragment each.
func packed(t testing.TB, syntax, photometric string, channels, bits, stored uint16, names ...string) object {
	t.Helper()
	frames := [][]byte{nil}
	for _, n := range names {
		frames = append(frames, stream(t, n))
	}
	o := basic(0).as(syntax).sized(packedColumns, packedRows).with(0x00280002, "US", channels).with(0x00280004, "CS", photometric).
		with(0x00280100, "US", bits).with(0x00280101, "US", stored).with(0x00280102, "US", stored-1).with(0x7fe00010, "OB", frames)
	if len(names) > 1 {
		o = o.with(0x00280008, "IS", itoa(len(names)))
	}
	return o
}

// furthest is the largest difference of the values of one slice from what they should be.
func furthest(i imagefile.Info, data []byte, z int, want func(x, y, c int) int) float64 {
	v := imagefile.Values(data, i.Type)
	worst := 0.
	for y := range packedRows {
		for x := range packedColumns {
			for c := range i.Channels {
				worst = math.Max(worst, math.Abs(v[((z*packedRows+y)*packedColumns+x)*i.Channels+c]-float64(want(x, y, c))))
			}
		}
	}
	return worst
}

const (
	baseline    = "1.2.840.10008.1.2.4.50"
	extended    = "1.2.840.10008.1.2.4.51"
	lossless    = "1.2.840.10008.1.2.4.57"
	lossless1   = "1.2.840.10008.1.2.4.70"
	lsLossless  = "1.2.840.10008.1.2.4.80"
	lsNear      = "1.2.840.10008.1.2.4.81"
	j2kLossless = "1.2.840.10008.1.2.4.90"
	j2kLossy    = "1.2.840.10008.1.2.4.91"
)

func TestCompressed(t *testing.T) {
	signed := func(o object) object { return o.with(0x00280103, "US", uint16(1)) }
	minus := func(f func(x, y, c int) int, bits int) func(x, y, c int) int {
		return func(x, y, c int) int {
			v := f(x, y, c)
			return v - v>>(bits-1)<<bits
		}
	}
	for name, c := range map[string]struct {
		o         object
		typ       imagefile.Type
		want      func(x, y, c int) int
		tolerance float64
	}{
		"JPEG":                        {packed(t, baseline, "MONOCHROME2", 1, 8, 8, "baseline8.jpg"), imagefile.Uint8, smooth(8), 2},
		"JPEG, YBR":                   {packed(t, baseline, "YBR_FULL", 3, 8, 8, "baseline8rgb.jpg"), imagefile.Uint8, smooth(8), 4},
		"JPEG, YBR 4:2:2":             {packed(t, baseline, "YBR_FULL_422", 3, 8, 8, "baseline8ybr422.jpg"), imagefile.Uint8, smooth(8), 5},
		"JPEG, RGB":                   {packed(t, baseline, "RGB", 3, 8, 8, "baseline8plain.jpg"), imagefile.Uint8, smooth(8), 3},
		"JPEG, RGB that is YBR":       {packed(t, baseline, "RGB", 3, 8, 8, "baseline8rgb.jpg"), imagefile.Uint8, smooth(8), 4},
		"JPEG, YBR that is RGB":       {packed(t, baseline, "YBR_FULL_422", 3, 8, 8, "baseline8plain.jpg"), imagefile.Uint8, smooth(8), 3},
		"JPEG of 12 bits":             {packed(t, extended, "MONOCHROME2", 1, 16, 12, "extended12.jpg"), imagefile.Uint16, smooth(12), 16},
		"lossless JPEG":               {packed(t, lossless, "MONOCHROME2", 1, 16, 12, "lossless12.jpg"), imagefile.Uint16, rough(12), 0},
		"lossless JPEG, signed":       {signed(packed(t, lossless1, "MONOCHROME2", 1, 16, 16, "lossless16signed.jpg")), imagefile.Int16, minus(rough(16), 16), 0},
		"lossless JPEG, 12 signed":    {signed(packed(t, lossless1, "MONOCHROME2", 1, 16, 12, "sv1_12.jpg")), imagefile.Int16, minus(rough(12), 12), 0},
		"lossless JPEG, RGB":          {packed(t, lossless1, "RGB", 3, 8, 8, "sv1_8rgb.jpg"), imagefile.Uint8, rough(8), 0},
		"JPEG-LS":                     {packed(t, lsLossless, "MONOCHROME2", 1, 16, 16, "ls16.jls"), imagefile.Uint16, rough(16), 0},
		"JPEG-LS in planes":           {packed(t, lsLossless, "RGB", 3, 8, 8, "ls8rgb_none.jls"), imagefile.Uint8, rough(8), 0},
		"JPEG-LS, planes said":        {packed(t, lsLossless, "RGB", 3, 8, 8, "ls8rgb_line.jls").with(0x00280006, "US", uint16(1)), imagefile.Uint8, rough(8), 0},
		"JPEG-LS, nearly":             {packed(t, lsNear, "MONOCHROME2", 1, 8, 8, "near8.jls"), imagefile.Uint8, smooth(8), 2},
		"JPEG 2000":                   {packed(t, j2kLossless, "MONOCHROME2", 1, 16, 12, "wave12.j2k"), imagefile.Uint16, rough(12), 0},
		"JPEG 2000, signed":           {signed(packed(t, j2kLossless, "MONOCHROME2", 1, 16, 12, "wave12signed.j2k")), imagefile.Int16, minus(rough(12), 12), 0},
		"JPEG 2000, signed in header": {signed(packed(t, j2kLossless, "MONOCHROME2", 1, 16, 16, "wave12.j2k")), imagefile.Int16, minus(rough(12), 12), 0},
		"JPEG 2000, RCT":              {packed(t, j2kLossless, "YBR_RCT", 3, 8, 8, "wave8rgb_rct.j2k"), imagefile.Uint8, rough(8), 0},
		"JPEG 2000, ICT":              {packed(t, j2kLossy, "YBR_ICT", 3, 8, 8, "wave8rgb_ict.j2k"), imagefile.Uint8, smooth(8), 3},
		"JPEG 2000, RGB":              {packed(t, j2kLossless, "RGB", 3, 8, 8, "wave8rgb.j2k"), imagefile.Uint8, rough(8), 0},
		"JPEG 2000 in a JP2 file":     {packed(t, j2kLossless, "RGB", 3, 16, 16, "wave16rgb.jp2"), imagefile.Uint16, rough(16), 0},
		"JPEG 2000, rescaled": {packed(t, j2kLossless, "MONOCHROME2", 1, 16, 12, "wave12.j2k").with(0x00281052, "DS", "-1024").with(0x00281053, "DS", "1"),
			imagefile.Int16, func(x, y, c int) int { return rough(12)(x, y, c) - 1024 }, 0},
		"High-Throughput JPEG 2000": {packed(t, "1.2.840.10008.1.2.4.202", "YBR_RCT", 3, 8, 8, "ht8rgb_rct.j2k"), imagefile.Uint8, rough(8), 0},
		"High-Throughput, lossy":    {packed(t, "1.2.840.10008.1.2.4.203", "MONOCHROME2", 1, 16, 12, "ht12lossy.j2k"), imagefile.Uint16, smooth(12), 1},
		"bytes in 16 bits":          {packed(t, lsLossless, "MONOCHROME2", 1, 16, 8, "ls8.jls"), imagefile.Uint16, rough(8), 0},
	} {
		i, got := read(t, c.o)
		if w := strings.Join(i.Warnings, "; "); i.Type != c.typ || i.Grid.N != [3]int{packedColumns, packedRows, 1} ||
			(w != "") != strings.Contains(name, " that is ") || w != "" && !strings.Contains(w, "the compressed pixels say "+name[len(name)-3:]) {
			t.Errorf("%s: %+v", name, i)
		} else if d := furthest(i, got, 0, c.want); d > c.tolerance {
			t.Errorf("%s: differs by %v", name, d)
		}
	}
}

// Frames in several fragments are put together by a table of offsets, of either kind, or by their marks.
func TestFragments(t *testing.T) {
	a, b := stream(t, "ls16.jls"), stream(t, "sv1_16.jpg") // two frames that tell themselves apart
	a2 := bytes.Clone(a)
	cut := [][]byte{a[:100], a[100:], a2[:50], a2[50:52], a2[52:]}
	offset := uint32(len(a) + 16)
	table32 := little([]uint32{0, offset})
	o := packed(t, lsLossless, "MONOCHROME2", 1, 16, 16, "ls16.jls").with(0x00280008, "IS", "2")
	bad := func(table []byte) object { return o.with(0x7fe00010, "OB", append([][]byte{table}, cut...)) }
	for name, o := range map[string]object{
		"by marks":         bad(nil),
		"by offsets":       bad(table32),
		"by long offsets":  bad(nil).with(0x7fe00001, "OV", []uint64{0, uint64(offset)}),
		"one each":         o.with(0x7fe00010, "OB", [][]byte{nil, a, a2}),
		"empty in between": o.with(0x7fe00010, "OB", [][]byte{nil, a, {}, a2}),
	} {
		i, got := read(t, o)
		for z := range 2 {
			if d := furthest(i, got, z, rough(16)); d > 0 {
				t.Errorf("%s: slice %d differs by %v", name, z, d)
			}
		}
	}
	one := o.with(0x00280008, "IS", "1").with(0x7fe00010, "OB", append([][]byte{nil}, cut[:2]...))
	if i, got := read(t, one); furthest(i, got, 0, rough(16)) > 0 {
		t.Error("one frame in two fragments")
	}
	for want, o := range map[string]object{
		"nothing says which":                        bad(little([]uint32{0, offset + 2})).with(0x7fe00010, "OB", [][]byte{little([]uint32{0, offset + 2}), a[:100], a[100:], a2}),
		"3 frames in 2 fragments":                   o.with(0x00280008, "IS", "3").with(0x7fe00010, "OB", [][]byte{nil, a, a2}),
		"another way than the first":                o.with(0x7fe00010, "OB", [][]byte{nil, a, b}),
		"its compressed frames have 20 x 12":        one.sized(20, 13),
		"begin with no header":                      one.with(0x7fe00010, "OB", [][]byte{nil, []byte("abcdef")}),
		"16 bits, the header says 20 x 12, 1 and 8": one.with(0x00280100, "US", uint16(8)).with(0x00280101, "US", uint16(8)).with(0x00280102, "US", uint16(7)),
		"in fragments as they should":               one.with(0x7fe00010, "OB", [][]byte{nil, a}).with(0x7fe00010, "OB", brokenItems(a)),
	} {
		r, err := Open(t.Context(), save(t, o.bytes()))
		if err == nil {
			_, err = r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
			r.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// Windows of compressed frames are the parts of the whole.
func TestWindowsOfFrames(t *testing.T) {
	o := packed(t, lsLossless, "RGB", 3, 8, 8, "ls8rgb_line.jls", "ls8rgb_line.jls", "ls8rgb_line.jls")
	r, err := Open(t.Context(), save(t, o.bytes()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	if !r.Compressed() {
		t.Error("compressed pixels need a worker")
	}
	for k := range 6 {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			w := imagefile.Window{Min: [3]int{k, k, k / 3}, Max: [3]int{packedColumns - k, packedRows - k/2, 3}}
			b, err := r.Read(t.Context(), w)
			if err != nil {
				t.Fatal(err)
			}
			n := w.N()
			for i, v := range b.Data {
				x, y := i/3%n[0]+w.Min[0], i/3/n[0]%n[1]+w.Min[1]
				if int(v) != rough(8)(x, y, i%3) {
					t.Fatalf("%v at %d, %d", v, x, y)
				}
			}
		})
	}
}

// A profile of colours may stand before the size of a codestream.
func TestLongHeaderOfACodestream(t *testing.T) {
	b := stream(t, "baseline8plain.jpg")
	profile := append([]byte{0xff, 0xe2, 0xff, 0xf0}, make([]byte, 0xffee)...)
	o := packed(t, baseline, "RGB", 3, 8, 8, "baseline8plain.jpg").
		with(0x7fe00010, "OB", [][]byte{nil, slices.Concat(b[:2], profile, profile, b[2:])})
	if i, got := read(t, o); furthest(i, got, 0, smooth(8)) > 3 {
		t.Error("other values")
	}
}

// A folder of compressed slices is a series like any other.
func TestCompressedSeries(t *testing.T) {
	files := map[string]object{}
	for i, name := range []string{"lossless16.jpg", "sv1_16.jpg", "lossless16.jpg"} {
		o := packed(t, lossless, "MONOCHROME2", 1, 16, 16, name)
		files[itoa(9-i)] = o.with(0x00200032, "DS", "0\\0\\"+itoa(2*i))
	}
	r, err := Open(t.Context(), folder(t, files))
	if err != nil {
		t.Fatal(err)
	}
	i, got := whole(t, r)
	for z := range 3 {
		if d := furthest(i, got, z, rough(16)); d > 0 {
			t.Errorf("slice %d differs by %v", z, d)
		}
	}
	if i.Grid.Spacing[2] != 2 || i.Grid.N[2] != 3 || !r.Compressed() {
		t.Errorf("%+v", i)
	}
	files["5"] = basic(9, make([]uint16, packedColumns*packedRows)...).sized(packedColumns, packedRows)
	if _, err := Open(t.Context(), folder(t, files)); err == nil || !strings.Contains(err.Error(), "the files differ") {
		t.Errorf("%v", err)
	}
}

// The header of a file says what it is, whatever its name of the transfer syntax.
func TestElementsWithoutKindInACompressedFile(t *testing.T) {
	o := packed(t, lsLossless, "MONOCHROME2", 1, 8, 8, "ls8.jls")
	as := bytes.Replace(o.as(implicitLittle).bytes(), write([]field{{0x00020010, "UI", implicitLittle + "\x00"}}, true, binary.LittleEndian),
		write([]field{{0x00020010, "UI", lsLossless}}, true, binary.LittleEndian), 1)
	r, err := Open(t.Context(), save(t, as))
	if err != nil {
		t.Fatal(err)
	}
	if i, got := whole(t, r); furthest(i, got, 0, rough(8)) > 0 {
		t.Error("other values")
	}
}

func TestRecent(t *testing.T) {
	r := newRecent(10)
	for i := range 4 {
		r.put(i, make([]byte, 4))
	}
	if r.get(0) != nil || r.get(1) != nil || r.get(2) == nil || r.get(3) == nil || r.bytes != 8 {
		t.Errorf("%d bytes are kept", r.bytes)
	}
	if r.put(9, make([]byte, 50)); r.get(9) == nil || r.get(3) != nil {
		t.Error("a large frame is kept alone")
	}
}
