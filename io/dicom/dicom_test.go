package dicom

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"explant/io/imagefile"
	"explant/volume"
)

func TestWaysToWriteTheSameSlice(t *testing.T) {
	o := basic(0, 1, 2, 300, 65535)
	want := little([]uint16{1, 2, 300, 65535})
	rle := o.as(rleLossless).with(0x7fe00010, "OB", [][]byte{nil, segments([]byte{3, 0, 0, 1, 255}, []byte{3, 1, 2, 44, 255})})
	bare := o
	bare.bare = true
	bareImplicit := o.with(0x00080005, "CS", "ISO_IR 100").as(implicitLittle)
	bareImplicit.bare = true
	for name, o := range map[string]object{
		"explicit": o, "implicit": o.as(implicitLittle), "big-endian": o.as(explicitBig), "deflated": o.as(deflatedLittle),
		"RLE": rle, "no preamble": bare.with(0x00080060, "CS", "CT"), "no preamble, implicit": bareImplicit,
		"private elements": o.with(0x00091001, "UN", []item{{{0x00091002, "", "x"}}}).with(0x00091003, "OB", "secret"),
		"a picture of it":  o.with(0x00880200, "SQ", []item{{{0x00280010, "US", uint16(9)}, {0x7fe00010, "OB", [][]byte{{1, 2}}}}}),
	} {
		i, got := read(t, o)
		if !bytes.Equal(got, want) || i.Type != imagefile.Uint16 || i.Grid.N != [3]int{2, 2, 1} || len(i.Warnings) > 0 {
			t.Errorf("%s: %v, %+v", name, got, i)
		}
		if g := i.Grid; g.Spacing != [3]float64{0.2, 0.3, 0} || g.Origin != [3]float64{1, 2, 0} || g.Calibration.Source != volume.Header || g.Calibration.Withheld != "" {
			t.Errorf("%s: %+v", name, g)
		}
	}
}

// segments is an RLE fragment.
func segments(parts ...[]byte) []byte {
	head := make([]uint32, 16)
	head[0] = uint32(len(parts))
	var body []byte
	for i, p := range parts {
		head[i+1] = uint32(64 + len(body))
		body = append(body, p...)
		body = append(body, make([]byte, len(p)%2)...)
	}
	return append(little(head), body...)
}

func TestValues(t *testing.T) {
	bits := func(stored, high, signed uint16, pixels ...uint16) object {
		return basic(0, pixels...).with(0x00280101, "US", stored).with(0x00280102, "US", high).with(0x00280103, "US", signed)
	}
	scaled := func(o object, slope, intercept string) object {
		return o.with(0x00281052, "DS", intercept).with(0x00281053, "DS", slope)
	}
	bytes8 := func(pixels string) object {
		return bits(8, 7, 0).with(0x00280100, "US", uint16(8)).with(0x7fe00010, "OB", pixels)
	}
	wide := bits(32, 31, 0).with(0x00280100, "US", uint16(32)).with(0x7fe00010, "OW", []uint32{1, 2, 3, 4e9})
	for name, c := range map[string]struct {
		o    object
		typ  imagefile.Type
		want any
	}{
		"12 bits":               {bits(12, 11, 0, 0xf001, 0x0fff, 2, 3), imagefile.Uint16, []uint16{1, 4095, 2, 3}},
		"12 bits, signed":       {bits(12, 11, 1, 0x0fff, 0x0800, 0xf7ff, 3), imagefile.Int16, []int16{-1, -2048, 2047, 3}},
		"12 bits at the top":    {bits(12, 15, 1, 0xfff0, 0x8000, 0x7ff5, 0x30), imagefile.Int16, []int16{-1, -2048, 2047, 3}},
		"16 bits, signed":       {bits(16, 15, 1, 0xffff, 0x8000, 1, 2), imagefile.Int16, []int16{-1, -32768, 1, 2}},
		"CT of 12 bits":         {scaled(bits(12, 11, 0, 0, 4095, 1024, 1), "1", "-1024"), imagefile.Int16, []int16{-1024, 3071, 0, -1023}},
		"shifted to no sign":    {scaled(bits(16, 15, 1, 0x8000, 0, 1, 0xffff), "1", "32768"), imagefile.Uint16, []uint16{0, 32768, 32769, 32767}},
		"too wide for int16":    {scaled(bits(16, 15, 0, 0, 65535, 1, 2), "1", "-1024"), imagefile.Float32, []float32{-1024, 64511, -1023, -1022}},
		"a slope of fractions":  {scaled(bits(12, 11, 0, 0, 1, 2, 4000), "0.25", "1"), imagefile.Float32, []float32{1, 1.25, 1.5, 1001}},
		"bytes":                 {bytes8("\x01\x02\xfe\xff"), imagefile.Uint8, []uint8{1, 2, 254, 255}},
		"bytes, signed":         {bytes8("\x01\x02\xfe\xff").with(0x00280103, "US", uint16(1)), imagefile.Int8, []int8{1, 2, -2, -1}},
		"bytes, scaled":         {scaled(bytes8("\x01\x02\xfe\xff"), "2", "-3"), imagefile.Int16, []int16{-1, 1, 505, 507}},
		"32 bits":               {wide, imagefile.Uint32, []uint32{1, 2, 3, 4e9}},
		"32 bits, scaled":       {scaled(wide, "0.5", "0"), imagefile.Float64, []float64{0.5, 1, 1.5, 2e9}},
		"32 bits, of which 24":  {scaled(wide.with(0x00280101, "US", uint16(24)).with(0x00280102, "US", uint16(23)).with(0x7fe00010, "OW", []uint32{1, 2, 3, 1<<24 | 5}), "2", "0"), imagefile.Float32, []float32{2, 4, 6, 10}},
		"big-endian and 32":     {wide.as(explicitBig), imagefile.Uint32, []uint32{1, 2, 3, 4e9}},
		"without HighBit":       {bits(12, 11, 1, 0x0fff, 0x0800, 0xf7ff, 3).with(0x00280102, "", nil), imagefile.Int16, []int16{-1, -2048, 2047, 3}},
		"a slope of two, exact": {scaled(bits(12, 11, 1, 0x0fff, 1, 2, 3), "2", "5"), imagefile.Int16, []int16{3, 7, 9, 11}},
	} {
		if i, got := read(t, c.o); !bytes.Equal(got, little(c.want)) || i.Type != c.typ {
			t.Errorf("%s: %s %v, not %v", name, i.Type, got, little(c.want))
		}
	}
}

func TestColour(t *testing.T) {
	rgb := func(planar uint16, pixels string) object {
		return basic(0).with(0x00280002, "US", uint16(3)).with(0x00280004, "CS", "RGB").with(0x00280006, "US", planar).
			with(0x00280008, "IS", "2").with(0x00280010, "US", uint16(1)).with(0x00280100, "US", uint16(8)).
			with(0x00280101, "US", uint16(8)).with(0x00280102, "US", uint16(7)).with(0x7fe00010, "OB", pixels)
	}
	rle := rgb(1, "").as(rleLossless).with(0x7fe00010, "OB", [][]byte{nil,
		segments([]byte{1, 'a', 'd'}, []byte{1, 'b', 'e'}, []byte{1, 'c', 'f'}), segments([]byte{1, 'g', 'j'}, []byte{1, 'h', 'k'}, []byte{1, 'i', 'l'})})
	for name, o := range map[string]object{"interleaved": rgb(0, "abcdefghijkl"), "planes": rgb(1, "adbecfgjhkil"), "RLE": rle} {
		i, got := read(t, o)
		if string(got) != "abcdefghijkl" || i.Channels != 3 || i.Type != imagefile.Uint8 || i.Grid.N != [3]int{2, 1, 2} {
			t.Errorf("%s: %q, %+v", name, got, i)
		}
	}
	r, err := Open(t.Context(), save(t, rgb(1, "adbecfgjhkil").bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{1, 0, 1}, Max: [3]int{2, 1, 2}})
	if err != nil || string(b.Data) != "jkl" {
		t.Errorf("%q, %v", b.Data, err)
	}
}

func TestMonochrome1IsNoted(t *testing.T) {
	i, got := read(t, basic(0, 1, 2, 3, 4).with(0x00280004, "CS", "MONOCHROME1").with(0x00283000, "SQ", []item{{}}))
	if !bytes.Equal(got, little([]uint16{1, 2, 3, 4})) || len(i.Warnings) != 2 || !strings.Contains(i.Warnings[0], "MONOCHROME1") || !strings.Contains(i.Warnings[1], "ModalityLUTSequence") {
		t.Errorf("%v, %q", got, i.Warnings)
	}
}

func TestIdentifiersAreNamedOnly(t *testing.T) {
	i, _ := read(t, basic(0, 1, 2, 3, 4).with(0x00080080, "LO", "Clinic of Secrets").with(0x00100010, "PN", "Secret^Name").
		with(0x00100020, "LO", "4711").with(0x00100030, "DA", "").with(0x00101000, "LO", "  ").with(0x00080090, "PN", "^^^^"))
	want := []string{"DICOM InstitutionName", "DICOM PatientName", "DICOM PatientID"}
	if !slices.Equal(i.Identifiers, want) || strings.Contains(fmt.Sprintf("%+v", i), "Secret") {
		t.Errorf("%q", i.Identifiers)
	}
}

func TestWhatIsRefused(t *testing.T) {
	o := basic(0, 1, 2, 3, 4)
	for want, o := range map[string]object{
		"do not lie as the transfer syntax 1.2.840.10008.1.2.4.80": o.as("1.2.840.10008.1.2.4.80"),
		"compressed as video":                     o.as("1.2.840.10008.1.2.4.102"),
		"syntax \"1.2.3\" is not known":           o.as("1.2.3"),
		"compressed as JPEG 2000 multi-component": o.as("1.2.840.10008.1.2.4.93"),
		"compressed as JPEG of a retired kind":    o.as("1.2.840.10008.1.2.4.55"),
		"compressed as JPEG XL":                   o.as("1.2.840.10008.1.2.4.110"),
		"TotalPixelMatrixRows 0 is not":           o.with(0x00480006, "UL", uint32(2)),
		"single bits are not read":                o.as(rleLossless).with(0x00280100, "US", uint16(1)).with(0x00280101, "US", uint16(1)).with(0x00280102, "US", uint16(0)).with(0x7fe00010, "OB", [][]byte{nil, {1, 2}}),
		"PixelData has 8 of 16 bytes":             o.with(0x00280010, "US", uint16(4)),
		"Rows 0 is not possible":                  o.with(0x00280010, "", nil),
		"samples of 24 bits":                      o.with(0x00280100, "US", uint16(24)),
		"BitsStored 17 and HighBit 15":            o.with(0x00280101, "US", uint16(17)),
		"its palette is incomplete":               o.with(0x00280004, "CS", "PALETTE COLOR"),
		"the kind \"CMYK\"":                       o.with(0x00280004, "CS", "CMYK"),
		"pixels of 3 samples":                     o.with(0x00280002, "US", uint16(3)),
		"RescaleSlope is 0":                       o.with(0x00281053, "DS", "0"),
		"NumberOfFrames is \"many\"":              o.with(0x00280008, "IS", "many"),
		"NumberOfFrames 2000000 is not":           o.with(0x00280008, "IS", "2000000"),
		"it claims 8589672450 bytes of samples":   o.as(rleLossless).with(0x00280010, "US", uint16(65535)).with(0x00280011, "US", uint16(65535)).with(0x7fe00010, "OB", [][]byte{nil, {1, 2}}),
		"it holds no image":                       o.with(0x7fe00010, "", nil),
		"floating-point pixels of 16 bits":        o.with(0x7fe00008, "OF", "abcd"),
		"do not lie as the transfer syntax":       o.with(0x7fe00010, "OB", [][]byte{nil, {1, 2}}),
		"bytes in big-endian words":               o.as(explicitBig).with(0x00280100, "US", uint16(8)).with(0x00280101, "US", uint16(8)).with(0x00280102, "US", uint16(7)),
		"longer than what encloses it":            o.with(0x52009229, "SQ", item{{0x00080060, "CS", "CT"}}).with(0x00200032, "UN", "x").with(0x00100010, "SQ", "\xfe\xff\x00\xe0\xff\x00\x00\x00"),
		"stands where an item of a sequence":      o.with(0x52009229, "SQ", "\x08\x00\x60\x00CS\x02\x00CT\x00\x00"),
		"sequences inside each other are not ":    o.with(0x52009229, "SQ", deep(20)),
	} {
		_, err := Open(t.Context(), save(t, o.bytes()))
		if want == "longer than what encloses it" {
			want = "longer than its sequence"
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "read DICOM f.dcm: ") {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// deep are items inside each other.
func deep(n int) []item {
	if n == 0 {
		return []item{{}}
	}
	return []item{{{0x52009229, "SQ", deep(n - 1)}}}
}

// Every beginning of a file, and every file with one bad byte, gives an image or an error.
func TestDamagedFiles(t *testing.T) {
	good := basic(0, 1, 2, 3, 4).with(0x52009230, "SQ", []item{{{0x00209113, "SQ", item{{0x00200032, "DS", "1\\2\\3"}}}}})
	dir := t.TempDir()
	for _, o := range []object{good, good.as(implicitLittle), good.as(explicitBig), good.as(deflatedLittle)} {
		b := o.bytes()
		for i := range b {
			for _, bad := range [][]byte{b[:i], slices.Concat(b[:i], []byte{^b[i]}, b[i+1:])} {
				attempt(t, dir, bad)
			}
		}
	}
}

// Files of every kind, with a few bytes changed, give an image or an error.
func TestDamagedKinds(t *testing.T) {
	dir := t.TempDir()
	for k, o := range kinds(t) {
		good := o.bytes()
		for round := range 120 {
			random := rand.New(rand.NewPCG(uint64(k), uint64(round)))
			bad := slices.Clone(good)
			for range 1 + random.IntN(3) {
				bad[random.IntN(len(bad))] = byte(random.IntN(256))
			}
			if round%4 == 0 {
				bad = bad[:random.IntN(len(bad))]
			}
			attempt(t, dir, bad)
		}
	}
}

// kinds are objects of all kinds of pixels.
func kinds(t testing.TB) []object {
	p := eight("PALETTE COLOR", 1, "\x00\x03\x04\x09")
	for c := range uint32(3) {
		p = p.with(0x00281101+c, "US", []uint16{3, 3, 8}).with(0x00281201+c, "OW", "abc")
	}
	return []object{
		multiframe(3), sparse(true), slideOf(10, 7, 2).paths("a", "b"), p,
		packed(t, lsLossless, "MONOCHROME2", 1, 16, 16, "ls16.jls", "ls16.jls"),
		packed(t, j2kLossless, "YBR_RCT", 3, 8, 8, "wave8rgb_rct.j2k"),
		basic(0).as(rleLossless).with(0x7fe00010, "OB", [][]byte{nil, segments([]byte{253, 1}, []byte{3, 1, 2, 44, 255})}),
		eight("YBR_FULL_422", 3, "\x0a\xc8\x14\x1e\xff\x4d\x96\xa0").sized(4, 1),
		eight("MONOCHROME2", 1, "\x2d\x5a").sized(3, 2).with(0x00280100, "US", uint16(1)).with(0x00280101, "US", uint16(1)).with(0x00280102, "US", uint16(0)),
		basic(0).with(0x00280100, "US", uint16(32)).with(0x7fe00010, "", nil).with(0x7fe00008, "OF", []float32{1, -2.5, 3e30, 4}),
	}
}

func attempt(t *testing.T, dir string, data []byte) {
	t.Helper()
	path := filepath.Join(dir, "f.dcm")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	Is(data)
	begin := time.Now()
	defer func() {
		if d := time.Since(begin); d > 2*time.Second {
			t.Errorf("took %v", d)
		}
	}()
	r, err := Open(t.Context(), path)
	if err == nil {
		defer r.Close()
		i := r.Info()
		if i.Bytes() > 1<<20 || r.Compressed() { // what a worker decodes may end this process
			return
		}
		var b imagefile.Block
		if b, err = r.Read(t.Context(), imagefile.Whole(i, 0)); err == nil && int64(len(b.Data)) != i.Bytes() {
			t.Errorf("%d bytes, not %d", len(b.Data), i.Bytes())
		}
		for _, s := range i.Grid.Spacing {
			if !(s >= 0) || math.IsInf(s, 0) {
				t.Errorf("spacing %v", i.Grid.Spacing)
			}
		}
	}
	if err != nil && (strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "f.dcm")) {
		t.Errorf("error %q", err)
	}
}

func FuzzDICOM(f *testing.F) {
	o := basic(0, 1, 2, 3, 4)
	for _, syntax := range []string{explicitLittle, implicitLittle, explicitBig, deflatedLittle} {
		f.Add(o.as(syntax).bytes())
	}
	for _, o := range kinds(f) {
		f.Add(o.bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) { attempt(t, t.TempDir(), data) })
}
