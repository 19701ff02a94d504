package scanco

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

var le = binary.LittleEndian

// isq makes an ISQ file of 2 x 2 x 2 voxels of 20 µm whose samples begin one block later than need be.
func isq(change func(b []byte)) []byte {
	b := make([]byte, block)
	copy(b, isqMagic)
	for at, v := range map[int]uint32{16: 3, 44: 2, 48: 2, 52: 2, 56: 40, 60: 40, 64: 80, 72: 40, 88: 4096, 508: 1} {
		le.PutUint32(b[at:], v)
	}
	change(b)
	b = append(b, make([]byte, block)...)
	for i := range 8 {
		b = le.AppendUint16(b, uint16(int16(100*i-300)))
	}
	return b
}

// volume is an AIM file to be written.
type aimFile struct {
	version  int
	typ      uint32
	position [3]int
	n        [3]int
	margin   [3]int
	nm       int
	log      string
	samples  []byte
}

func (f aimFile) bytes() []byte {
	var b []byte
	integer := func(v int) {
		if f.version == 30 {
			b = le.AppendUint64(b, uint64(v))
		} else {
			b = le.AppendUint32(b, uint32(v))
		}
	}
	list, size := 20, size020
	if f.version == 30 {
		b = append(b, "AIMDATA_V030   \x00"...)
		list, size = 40, size030
	}
	for _, v := range []int{list, size, len(f.log), len(f.samples), 0} {
		integer(v)
	}
	head := []uint32{16, 0, 0, 0, 0, f.typ}
	if f.version == 30 {
		head = []uint32{24, 0, 0, f.typ}
	}
	for _, v := range head {
		b = le.AppendUint32(b, v)
	}
	for _, v := range [][3]int{f.position, f.n, f.margin, {}, {}, {}, {}} {
		for a := range 3 {
			integer(v[a])
		}
	}
	for range 3 {
		if f.version == 30 {
			integer(f.nm)
		} else {
			b = le.AppendUint32(b, toVAX(float32(f.nm)*1e-6))
		}
	}
	for range 5 - (f.version-20)/10 {
		b = le.AppendUint32(b, 0)
	}
	return append(append(b, f.log...), f.samples...)
}

func toVAX(v float32) uint32 {
	u := math.Float32bits(v)
	if v != 0 {
		u += 2 << 23
	}
	return u<<16 | u>>16
}

func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
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

func TestISQ(t *testing.T) {
	data := isq(func([]byte) {})
	if !Is(data[:512]) {
		t.Error("not known by its content")
	}
	i, got := read(t, save(t, "v.isq", data))
	if !bytes.Equal(got, data[1024:]) || i.Type != imagefile.Int16 || i.Grid.Spacing != [3]float64{0.02, 0.02, 0.04} {
		t.Errorf("%v %+v", got, i)
	}
	if len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "4096") || len(i.Identifiers)+len(i.Grid.Calibration.Warnings) != 0 {
		t.Errorf("%+v", i)
	}
	i, _ = read(t, save(t, "v.isq", isq(func(b []byte) {
		le.PutUint32(b[28:], 77)
		copy(b[128:], "A. Person")
		le.PutUint32(b[72:], 25)
		le.PutUint32(b[88:], 1)
	})))
	if !slices.Equal(i.Identifiers, []string{"ISQ patient index", "ISQ name"}) || len(i.Warnings) != 0 || len(i.Grid.Calibration.Warnings) != 1 {
		t.Errorf("%+v", i)
	}
	i, _ = read(t, save(t, "v.isq", isq(func(b []byte) { clear(b[56:68]) })))
	if i.Grid.Calibrated() || !strings.Contains(i.Grid.Calibration.Withheld, "states no") {
		t.Errorf("%+v", i.Grid)
	}
}

func TestAIM(t *testing.T) {
	var shortsOf, floatsOf, vaxOf, ieee []byte
	for i := range 8 {
		shortsOf = le.AppendUint16(shortsOf, uint16(int16(1000*i-3000)))
		floatsOf = le.AppendUint32(floatsOf, math.Float32bits(float32(i)-2.5))
		vaxOf = le.AppendUint32(vaxOf, toVAX(float32(i)/4-0.75))
		ieee = le.AppendUint32(ieee, math.Float32bits(float32(i)/4-0.75))
	}
	// Runs of 3, 4 and 1 voxels of two values; pairs of value and length.
	size := map[int][]byte{20: make([]byte, 4), 30: make([]byte, 8)}
	for _, version := range []int{20, 30} {
		for name, c := range map[string]struct {
			typ     uint32
			samples []byte
			want    []byte
			as      imagefile.Type
		}{
			"char":     {chars, []byte("01234567"), []byte("01234567"), imagefile.Int8},
			"byte":     {bytes22, []byte("01234567"), []byte("01234567"), imagefile.Uint8},
			"short":    {shorts, shortsOf, shortsOf, imagefile.Int16},
			"ushort":   {ushorts, shortsOf, shortsOf, imagefile.Uint16},
			"int":      {ints, floatsOf, floatsOf, imagefile.Int32},
			"float":    {floats, floatsOf, floatsOf, imagefile.Float32},
			"VAX":      {vaxes, vaxOf, ieee, imagefile.Float32},
			"two runs": {binary21, append(slices.Clone(size[version]), 0, 127, 3, 4, 1), []byte{0, 0, 0, 127, 127, 127, 127, 0}, imagefile.Int8},
			"runs":     {charRuns, append(slices.Clone(size[version]), 9, 0, 5, 3, 127, 4, 0, 1), []byte{5, 5, 5, 127, 127, 127, 127, 0}, imagefile.Int8},
		} {
			f := aimFile{version: version, typ: c.typ, n: [3]int{2, 2, 2}, nm: 20000, position: [3]int{10, 0, -5}, samples: c.samples,
				log: "! Processing Log\nPatient Name             Somebody\nIndex Patient       0\nMu_Scaling       8192\n\x00"}
			data := f.bytes()
			if !Is(data) {
				t.Errorf("%s, version %d: not known by its content", name, version)
			}
			i, got := read(t, save(t, "v.aim", data))
			if !bytes.Equal(got, c.want) || i.Type != c.as {
				t.Errorf("%s, version %d: %v of %s", name, version, got, i.Type)
			}
			g := i.Grid
			for a, origin := range []float64{0.2, 0, -0.1} {
				if math.Abs(g.Spacing[a]-0.02) > 1e-8 || math.Abs(g.Origin[a]-origin) > 1e-7 {
					t.Errorf("%s, version %d: %+v", name, version, g)
				}
			}
			if len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "8192") || !slices.Equal(i.Identifiers, []string{"AIM log Patient Name"}) {
				t.Errorf("%s, version %d: %q %q", name, version, i.Warnings, i.Identifiers)
			}
		}
	}
}

func TestBorderOfCompressedVoxels(t *testing.T) {
	f := aimFile{version: 20, typ: binary21, n: [3]int{4, 3, 3}, margin: [3]int{1, 1, 1}, nm: 20000, samples: []byte{0, 0, 0, 0, 0, 9, 1, 1}}
	_, got := read(t, save(t, "v.aim", f.bytes()))
	want := make([]byte, 36)
	want[1+4*(1+3*1)+1] = 9 // voxel (2, 1, 1); (1, 1, 1) is 0
	if !bytes.Equal(got, want) {
		t.Errorf("%v", got)
	}
	f = aimFile{version: 20, typ: charRuns, n: [3]int{3, 3, 600}, nm: 20000, samples: []byte{0, 0, 0, 0}}
	for n := 3 * 3 * 600; n > 0; n -= 200 { // runs longer than one read
		f.samples = append(f.samples, 7, 200)
	}
	if _, got = read(t, save(t, "v.aim", f.bytes())); !bytes.Equal(got, bytes.Repeat([]byte{7}, 5400)) {
		t.Error("long runs")
	}
}

func TestVAX(t *testing.T) {
	// 1.0 is 0x4080 0000 in VAX order of words, 0.06068 as in the header of a scan.
	for bits, want := range map[uint32]float64{0x00004080: 1, 0: 0, 0x00000080: 0, 0x0000c080: -1, 0x8b983e78: 0.06068} {
		if got := float64(math.Float32frombits(vax(bits))); math.Abs(got-want) > 1e-8 {
			t.Errorf("%#x is %g, not %g", bits, got, want)
		}
	}
}

func TestMalformed(t *testing.T) {
	cube := func(change func(*aimFile)) []byte {
		f := aimFile{version: 20, typ: chars, n: [3]int{2, 2, 2}, nm: 20000, samples: []byte("01234567")}
		change(&f)
		return f.bytes()
	}
	list := cube(func(*aimFile) {})
	le.PutUint32(list[8:], 1<<31) // a log of negative length
	for name, data := range map[string][]byte{
		"empty":           {},
		"noise":           []byte("CTDATA-HEADER_V2" + strings.Repeat("x", 600)),
		"half a header":   isq(func([]byte) {})[:300],
		"raw projections": isq(func(b []byte) { b[16] = 9 }),
		"size zero":       isq(func(b []byte) { b[44] = 0 }),
		"negative":        isq(func(b []byte) { le.PutUint32(b[44:], 1<<31) }),
		"huge":            isq(func(b []byte) { copy(b[44:], "\xff\xff\xff\x7f\xff\xff\xff\x7f\xff\xff\xff\x7f") }),
		"bad offset":      isq(func(b []byte) { b[511] = 0xff }),
		"ISQ, cut":        isq(func([]byte) {})[:1030],
		"AIM, cut":        cube(func(f *aimFile) { f.samples = f.samples[:7] }),
		"AIM, half":       cube(func(*aimFile) {})[:150],
		"AIM, list":       list,
		"AIM, size":       cube(func(f *aimFile) { f.n[2] = 0 }),
		"AIM, huge":       cube(func(f *aimFile) { f.n = [3]int{1 << 30, 1 << 30, 1 << 30} }),
		"AIM, runs, huge": cube(func(f *aimFile) { f.typ, f.n = charRuns, [3]int{1 << 12, 1 << 12, 1 << 12} }),
		"AIM, type":       cube(func(f *aimFile) { f.typ = 6<<16 | 1 }),
		"AIM, border":     cube(func(f *aimFile) { f.typ, f.margin = binary21, [3]int{1, 0, 0} }),
		"v030, half":      cube(func(f *aimFile) { f.version = 30 })[:200],
	} {
		name := strings.NewReplacer(" ", "_", ",", "").Replace(name) + ".aim"
		_, err := Open(save(t, name, data))
		if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, samples := range map[string][]byte{"runs that end": {0, 0, 0, 0, 1, 7}, "no runs": {0, 0}} {
		r, err := Open(save(t, "v.aim", cube(func(f *aimFile) { f.typ, f.samples = charRuns, samples })))
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil || !strings.Contains(err.Error(), "cut short") {
			t.Errorf("%s: %v", name, err)
		}
		r.Close()
	}
}

func TestSampleVolumes(t *testing.T) {
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	for _, name := range []string{"volume.aim", "volume.isq"} {
		path := filepath.Join(root, "same_volume_six_formats", name)
		if _, err := os.Stat(path); err != nil {
			t.Skip("no sample data: set EXPLANT_SAMPLES")
		}
		i, data := read(t, path)
		set := 0
		for k := 0; k < len(data); k += 2 {
			set += int(le.Uint16(data[k:]))
		}
		// Both headers say 60.68 µm, 1517 µm for 25 voxels; the other formats round it to 60.7.
		if i.Grid.N != [3]int{25, 25, 25} || set != 81 || math.Abs(i.Grid.Spacing[2]-0.0607) > 2.1e-5 {
			t.Errorf("%s: %v voxels of %v mm, %d set", name, i.Grid.N, i.Grid.Spacing, set)
		}
	}
}

func FuzzScanco(f *testing.F) {
	f.Add(isq(func([]byte) {}))
	for _, version := range []int{20, 30} {
		f.Add(aimFile{version: version, typ: binary21, n: [3]int{2, 2, 4}, margin: [3]int{0, 0, 1}, nm: 20000, samples: make([]byte, 20)}.bytes())
		f.Add(aimFile{version: version, typ: vaxes, n: [3]int{1, 1, 1}, nm: 20000, samples: make([]byte, 4), log: "Mu_Scaling  1\n"}.bytes())
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Open(save(t, "f.aim", data))
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
