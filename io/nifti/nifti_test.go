package nifti

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

// file is a NIfTI header to be written.
type file struct {
	two      bool // NIfTI-2
	big      bool
	pair     bool
	dim      []int
	datatype int
	pixdim   [8]float64
	slope    float64
	inter    float64
	units    int
	qform    int
	sform    int
	quatern  [3]float64
	qoffset  [3]float64
	srow     [12]float64
	magic    string // when wrong on purpose
	offset   float64
}

// bytes gives the header up to where the samples of a single file begin.
func (f file) bytes() []byte {
	var order binary.ByteOrder = binary.LittleEndian
	if f.big {
		order = binary.BigEndian
	}
	at, size, magic := 344, size1, "n+1\x00"
	if f.two {
		at, size, magic = 4, size2, "n+2\x00\r\n\x1a\n"
	}
	if f.pair {
		magic = strings.Replace(magic, "n+", "ni", 1)
	}
	if f.magic != "" {
		magic = f.magic
	}
	b := make([]byte, size+4)
	order.PutUint32(b, uint32(size))
	copy(b[at:], magic)
	short := func(at, v int) { order.PutUint16(b[at:], uint16(v)) }
	float := func(at int, v float64) { order.PutUint32(b[at:], math.Float32bits(float32(v))) }
	double := func(at int, v float64) { order.PutUint64(b[at:], math.Float64bits(v)) }
	dim := [8]int{len(f.dim), 1, 1, 1, 1, 1, 1, 1}
	copy(dim[1:], f.dim)
	offset := f.offset
	if offset == 0 && !f.pair {
		offset = float64(len(b))
	}
	for i := range 8 {
		if f.two {
			order.PutUint64(b[16+8*i:], uint64(dim[i]))
			double(104+8*i, f.pixdim[i])
		} else {
			short(40+2*i, dim[i])
			float(76+4*i, f.pixdim[i])
		}
	}
	if f.two {
		short(12, f.datatype)
		order.PutUint64(b[168:], uint64(int64(offset)))
		double(176, f.slope)
		double(184, f.inter)
		order.PutUint32(b[500:], uint32(f.units))
		order.PutUint32(b[344:], uint32(f.qform))
		order.PutUint32(b[348:], uint32(f.sform))
		for i := range 3 {
			double(352+8*i, f.quatern[i])
			double(376+8*i, f.qoffset[i])
		}
		for i := range 12 {
			double(400+8*i, f.srow[i])
		}
		return b
	}
	short(70, f.datatype)
	float(108, offset)
	float(112, f.slope)
	float(116, f.inter)
	b[123] = byte(f.units)
	short(252, f.qform)
	short(254, f.sform)
	for i := range 3 {
		float(256+4*i, f.quatern[i])
		float(268+4*i, f.qoffset[i])
	}
	for i := range 12 {
		float(280+4*i, f.srow[i])
	}
	return b
}

func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func pack(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(t testing.TB, path string) (imagefile.Info, []byte) {
	t.Helper()
	r, err := Open(path)
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

// known is a small volume of bytes in mm.
func known() file {
	return file{dim: []int{2, 2, 2}, datatype: 2, pixdim: [8]float64{1, 0.5, 0.5, 2}, units: 2}
}

func TestVersionsOrdersAndFiles(t *testing.T) {
	samples := map[bool][]byte{}
	var want []byte
	for i := range uint16(8) {
		samples[false] = binary.LittleEndian.AppendUint16(samples[false], 300*i)
		samples[true] = binary.BigEndian.AppendUint16(samples[true], 300*i)
	}
	want = samples[false]
	for _, two := range []bool{false, true} {
		for _, big := range []bool{false, true} {
			f := known()
			f.two, f.big, f.datatype = two, big, 512
			single := append(f.bytes(), samples[big]...)
			f.pair = true
			dir := t.TempDir()
			for name, data := range map[string][]byte{
				"a.nii": single, "b.nii.gz": pack(t, single), "c.hdr": f.bytes(), "c.img": samples[big],
				"D.HDR": f.bytes(), "D.IMG": samples[big], "e.hdr.gz": pack(t, f.bytes()), "e.img.gz": pack(t, samples[big]),
			} {
				if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
					t.Fatal(err)
				}
				if head := data[:min(len(data), 512)]; Is(head) == strings.Contains(strings.ToLower(name), "img") {
					t.Errorf("%s: the content says otherwise", name)
				}
			}
			for _, name := range []string{"a.nii", "b.nii.gz", "c.hdr", "c.img", "D.IMG", "e.hdr.gz", "e.img.gz"} {
				i, got := read(t, filepath.Join(dir, name))
				if !bytes.Equal(got, want) || i.Type != imagefile.Uint16 || i.Grid.Spacing != [3]float64{0.5, 0.5, 2} || (i.Format == "NIfTI-2") != two {
					t.Errorf("%s: %v %+v", name, got, i)
				}
			}
		}
	}
}

func TestTypes(t *testing.T) {
	for datatype, c := range map[int]struct {
		v    any
		typ  imagefile.Type
		want any
	}{
		2: {uint8(200), imagefile.Uint8, uint8(200)}, 256: {int8(-3), imagefile.Int8, int8(-3)},
		4: {int16(-300), imagefile.Int16, int16(-300)}, 512: {uint16(60000), imagefile.Uint16, uint16(60000)},
		8: {int32(-70000), imagefile.Int32, int32(-70000)}, 768: {uint32(3e9), imagefile.Uint32, uint32(3e9)},
		16: {float32(0.5), imagefile.Float32, float32(0.5)}, 64: {0.25, imagefile.Float64, 0.25},
		1024: {int64(-9), imagefile.Float64, -9.}, 1280: {uint64(9), imagefile.Float64, 9.},
	} {
		for _, slope := range []float64{0, 1, 2} {
			f := known()
			f.dim, f.datatype, f.slope = []int{1, 1, 1}, datatype, slope
			expect, typ := c.want, c.typ
			if slope == 2 { // 2 v + 1, as float32
				f.inter, typ = 1, imagefile.Float32
				expect = float32(2*number(c.v) + 1)
			}
			var raw, want bytes.Buffer
			if err := binary.Write(&raw, binary.LittleEndian, c.v); err != nil {
				t.Fatal(err)
			}
			if err := binary.Write(&want, binary.LittleEndian, expect); err != nil {
				t.Fatal(err)
			}
			i, got := read(t, save(t, "v.nii", append(f.bytes(), raw.Bytes()...)))
			if !bytes.Equal(got, want.Bytes()) || i.Type != typ {
				t.Errorf("datatype %d, slope %g: %v of %s", datatype, slope, got, i.Type)
			}
			if (slope == 2) != strings.Contains(strings.Join(i.Warnings, ""), "x 2 + 1") {
				t.Errorf("datatype %d, slope %g: %q", datatype, slope, i.Warnings)
			}
		}
	}
	f := known()
	f.dim, f.datatype, f.slope = []int{1, 2}, 128, 5
	if i, got := read(t, save(t, "v.nii", append(f.bytes(), "abcdef"...))); string(got) != "abcdef" || i.Channels != 3 || i.Grid.N != [3]int{1, 2, 1} {
		t.Errorf("colours: %q %+v", got, i)
	}
	f = known()
	f.slope = math.Inf(1)
	if i, _ := read(t, save(t, "v.nii", append(f.bytes(), "01234567"...))); i.Type != imagefile.Uint8 || len(i.Warnings) != 1 {
		t.Errorf("infinite slope: %+v", i)
	}
}

func number(v any) float64 {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
		panic(err)
	}
	switch x := v.(type) {
	case uint8:
		return float64(x)
	case int8:
		return float64(x)
	case int16:
		return float64(x)
	case uint16:
		return float64(x)
	case int32:
		return float64(x)
	case uint32:
		return float64(x)
	case float32:
		return float64(x)
	case int64:
		return float64(x)
	case uint64:
		return float64(x)
	}
	return v.(float64)
}

func TestVolumesOfASeries(t *testing.T) {
	f := known()
	f.dim = []int{2, 2, 2, 3, 1}
	i, got := read(t, save(t, "v.nii", append(f.bytes(), "01234567________________"...)))
	if string(got) != "01234567" || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "first of 3 volumes") {
		t.Errorf("%q, %q", got, i.Warnings)
	}
}

func TestCalibration(t *testing.T) {
	for name, c := range map[string]struct {
		units    int
		pixdim   float64
		mm       float64
		withheld string
	}{
		"mm": {2, 0.02, 0.02, ""}, "µm, s": {3 | 8, 20, 0.02, ""}, "m": {1, 2e-5, 0.02, ""},
		"none": {0, 0.02, 0, "no unit"}, "code 5": {5, 0.02, 0, "code 5"}, "1 mm": {2, 1, 0, "exactly 1 mm"},
		"zero": {2, 0, 0, "states no"}, "negative": {2, -0.02, 0, "not a length"}, "NaN": {2, math.NaN(), 0, "not a length"},
	} {
		f := known()
		f.units, f.pixdim = c.units, [8]float64{1, c.pixdim, c.pixdim, c.pixdim}
		f.two = true // sizes without the rounding of NIfTI-1
		i, _ := read(t, save(t, "v.nii", append(f.bytes(), "01234567"...)))
		k := i.Grid.Calibration
		if math.Abs(i.Grid.Spacing[2]-c.mm) > 1e-12 || (c.withheld == "") != (k.Withheld == "") || !strings.Contains(k.Withheld, c.withheld) {
			t.Errorf("%s: %v, %+v", name, i.Grid.Spacing, k)
		}
		if (k.Source == volume.Header) != (c.mm > 0) {
			t.Errorf("%s: source %s", name, k.Source)
		}
	}
}

func TestPlace(t *testing.T) {
	const s = math.Sqrt2 / 2
	turned := [12]float64{0, -0.5, 0, 10, 0.5, 0, 0, 20, 0, 0, 2, 30} // +90 degrees about z, in RAS
	for name, c := range map[string]struct {
		change   func(*file)
		origin   [3]float64
		axes     [3][3]float64
		withheld string
		notes    int
	}{
		"none":          {func(*file) {}, [3]float64{}, [3][3]float64{}, "", 0},
		"sform":         {func(f *file) { f.sform, f.srow = 1, turned }, [3]float64{-10, -20, 30}, [3][3]float64{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}, "", 0},
		"qform":         {func(f *file) { f.qform, f.quatern, f.qoffset = 1, [3]float64{0, 0, s}, [3]float64{10, 20, 30} }, [3]float64{-10, -20, 30}, [3][3]float64{{0, -1, 0}, {1, 0, 0}, {0, 0, 1}}, "", 0},
		"mirrored":      {func(f *file) { f.qform, f.pixdim[0] = 1, -1 }, [3]float64{}, [3][3]float64{{-1, 0, 0}, {0, -1, 0}, {0, 0, -1}}, "", 0},
		"sheared":       {func(f *file) { f.sform, f.srow = 4, [12]float64{0.5, 0.1, 0, 0, 0, 0.49, 0, 0, 0, 0, 2, 0} }, [3]float64{}, [3][3]float64{}, "right angles", 0},
		"scaled":        {func(f *file) { f.sform, f.srow = 4, [12]float64{0.6, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 2, 0} }, [3]float64{}, [3][3]float64{}, "different voxel sizes", 0},
		"scaled, qform": {func(f *file) { f.qform, f.sform, f.srow = 1, 4, [12]float64{0.6, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 2, 0} }, [3]float64{}, [3][3]float64{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}}, "", 1},
		"in µm": {func(f *file) {
			f.qform, f.qoffset, f.units, f.pixdim = 1, [3]float64{0, 0, 3000}, 3, [8]float64{1, 500, 500, 2000}
		}, [3]float64{0, 0, 3}, [3][3]float64{{-1, 0, 0}, {0, -1, 0}, {0, 0, 1}}, "", 0},
	} {
		f := known()
		c.change(&f)
		i, _ := read(t, save(t, "v.nii", append(f.bytes(), "01234567"...)))
		g := i.Grid
		for a := range 3 {
			for k := range 3 {
				if math.Abs(g.Axes[a][k]-c.axes[a][k]) > 1e-6 || math.Abs(g.Origin[k]-c.origin[k]) > 1e-6 {
					t.Fatalf("%s: origin %v, axes %v", name, g.Origin, g.Axes)
				}
			}
		}
		if w := g.Calibration.Withheld; (w == "") != (c.withheld == "") || !strings.Contains(w, c.withheld) || len(g.Calibration.Warnings) != c.notes || (w == "") != g.Calibrated() {
			t.Errorf("%s: %+v", name, g.Calibration)
		}
	}
}

func TestQuaternionTurnsAsTheStandardSays(t *testing.T) {
	// A turn of 120 degrees about (1,1,1) takes x to y, y to z and z to x.
	h := header{quatern: [3]float64{0.5, 0.5, 0.5}}
	want := [3][3]float64{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}
	got := h.rotation()
	for a := range 3 {
		for k := range 3 {
			if math.Abs(got[a][k]-want[a][k]) > 1e-12 {
				t.Fatalf("%v", got)
			}
		}
	}
}

func TestMalformed(t *testing.T) {
	change := func(fn func(*file)) []byte {
		f := known()
		fn(&f)
		return append(f.bytes(), "01234567"...)
	}
	whole := change(func(*file) {})
	for name, data := range map[string][]byte{
		"empty":          {},
		"noise":          bytes.Repeat([]byte{7}, 600),
		"half a header":  whole[:200],
		"NIfTI-2, short": change(func(f *file) { f.two = true })[:400],
		"cut short":      whole[:len(whole)-1],
		"cut gzip":       pack(t, whole)[:30],
		"Analyze":        change(func(f *file) { f.magic = "\x00\x00\x00\x00" }),
		"no dimensions":  change(func(f *file) { f.dim = nil }),
		"one dimension":  change(func(f *file) { f.dim = []int{8} }),
		"size zero":      change(func(f *file) { f.dim = []int{2, 0, 2} }),
		"negative":       change(func(f *file) { f.dim = []int{2, -2, 2} }),
		"huge":           change(func(f *file) { f.dim = []int{32000, 32000, 32000} }),
		"huge, NIfTI-2":  change(func(f *file) { f.two, f.dim = true, []int{1 << 40, 2, 2} }),
		"huger":          change(func(f *file) { f.two, f.dim = true, []int{1 << 30, 1 << 30, 1 << 30} }),
		"bomb":           pack(t, change(func(f *file) { f.dim = []int{32000, 32000, 10} })),
		"complex":        change(func(f *file) { f.datatype = 32 }),
		"no type":        change(func(f *file) { f.datatype = 77 }),
		"offset inside":  change(func(f *file) { f.offset = 8 }),
		"offset NaN":     change(func(f *file) { f.offset = math.NaN() }),
		"offset half":    change(func(f *file) { f.offset = 352.5 }),
		"offset behind":  change(func(f *file) { f.offset = 1e6 }),
		"no image":       change(func(f *file) { f.pair = true }),
	} {
		name := strings.ReplaceAll(name, " ", "_") + ".hdr"
		_, err := Open(save(t, name, data))
		if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSampleVolume(t *testing.T) {
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(root, "same_volume_six_formats", "volume.nii")
	if _, err := os.Stat(path); err != nil {
		t.Skip("no sample data: set EXPLANT_SAMPLES")
	}
	i, data := read(t, path)
	set := 0
	for _, v := range data {
		if v != 0 {
			set++
		}
	}
	g := i.Grid
	// 81 of 25³ voxels of 0.0607 mm; the origin that ITK gives the same volume as MetaImage.
	if g.N != [3]int{25, 25, 25} || set != 81 || math.Abs(g.Spacing[0]-0.0607) > 1e-8 || math.Abs(g.Origin[0]+0.4856) > 1e-6 || math.Abs(g.Origin[2]+0.4856) > 1e-6 {
		t.Errorf("%+v, %d set", g, set)
	}
	if g.Axes != [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} {
		t.Errorf("axes %v", g.Axes)
	}
}

func FuzzNIfTI(f *testing.F) {
	for _, two := range []bool{false, true} {
		h := known()
		h.two, h.sform, h.slope, h.qform = two, 1, 2, 1
		h.srow = [12]float64{0.5, 0, 0, 0, 0, 0.5, 0, 0, 0, 0, 2, 0}
		f.Add(append(h.bytes(), "01234567"...))
		h.big, h.datatype, h.dim = true, 1024, []int{1, 1, 1, 2}
		f.Add(pack(f, append(h.bytes(), "0123456789abcdef"...)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		Is(data)
		r, err := Open(save(t, "f.nii", data))
		if err != nil {
			return
		}
		defer r.Close()
		if i := r.Info(); i.Bytes() < 1<<20 {
			if b, err := r.Read(t.Context(), imagefile.Whole(i, 0)); err == nil && int64(len(b.Data)) != i.Bytes() {
				t.Errorf("%d bytes, not %d", len(b.Data), i.Bytes())
			}
		}
	})
}
