package nrrd

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/result"
	"explant/io/imagefile"
	"explant/volume"
)

func write(t *testing.T, name, text string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, append([]byte(text), data...), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// labels is a small map with a known pattern and anisotropic spacing.
func labels() *volume.Labels {
	g := volume.Grid{N: [3]int{5, 4, 3}, Spacing: [3]float64{0.02, 0.02, 0.04}, Origin: [3]float64{-1, 2.5, 0.1}}
	v := volume.New[uint8](g)
	for i := range v.Data {
		v.Data[i] = uint8(i % 4)
	}
	return v
}

func TestWriteThenRead(t *testing.T) {
	v := labels()
	var b, again bytes.Buffer
	classes := []result.Class{{Value: 0, Name: "void", Color: "#000000"}, {Value: 3, Name: "deposit", Color: "#ff8000"}}
	for _, w := range []*bytes.Buffer{&b, &again} {
		if err := Write(t.Context(), w, v, classes); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(b.Bytes(), again.Bytes()) {
		t.Error("two writings differ")
	}
	if !strings.Contains(b.String(), "Segment1_Name:=deposit\nSegment1_LabelValue:=3\n") {
		t.Error("the class names are missing")
	}
	r, err := Open(write(t, "labels.nrrd", "", b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	g := r.Info().Grid
	if g.N != v.N || g.Origin != v.Origin || g.Calibration.Source != volume.Header || len(g.Calibration.Warnings) > 0 {
		t.Errorf("grid %+v", g)
	}
	for a := range 3 {
		if math.Abs(g.Spacing[a]-v.Spacing[a]) > 1e-15 {
			t.Errorf("spacing %v", g.Spacing)
		}
	}
	block, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil || !bytes.Equal(block.Data, v.Data) {
		t.Errorf("read back %v, %v", block.Data, err)
	}
}

func TestUnknownSpacingIsNotWritten(t *testing.T) {
	v := labels()
	v.Spacing[2] = 0
	var b bytes.Buffer
	if err := Write(t.Context(), &b, v, nil); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "space") || strings.Contains(b.String(), "mm") {
		t.Errorf("header %q", b.String())
	}
	r, err := Open(write(t, "labels.nrrd", "", b.Bytes()))
	if err != nil || r.Info().Grid.Calibrated() {
		t.Errorf("calibrated, %v", err)
	}
}

func TestWindowsAndEncodings(t *testing.T) {
	want := make([]uint16, 4*3*2)
	for i := range want {
		want[i] = uint16(1000 + i)
	}
	little, big := []byte{}, []byte{}
	for _, v := range want {
		little, big = binary.LittleEndian.AppendUint16(little, v), binary.BigEndian.AppendUint16(big, v)
	}
	head := "NRRD0004\ntype: ushort\ndimension: 3\nsizes: 4 3 2\nencoding: raw\n"
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "v.raw"), append([]byte("two\nlines\nxyz"), big...), 0o600); err != nil {
		t.Fatal(err)
	}
	detached := filepath.Join(dir, "v.nhdr")
	if err := os.WriteFile(detached, []byte(head+"endian: big\nline skip: 2\nbyte skip: 3\ndata file: v.raw\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"little":   write(t, "a.nrrd", head+"endian: little\n\n", little),
		"big":      write(t, "b.nrrd", head+"endian: big\n\n", big),
		"detached": detached,
		"at end":   write(t, "c.nrrd", head+"endian: big\nbyte skip: -1\n\n", append([]byte("garbage"), big...)),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{1, 1, 0}, Max: [3]int{3, 3, 2}})
			if err != nil {
				t.Fatal(err)
			}
			for i, at := range []int{5, 6, 9, 10, 17, 18, 21, 22} {
				if got := binary.LittleEndian.Uint16(b.Data[2*i:]); got != want[at] {
					t.Errorf("sample %d is %d, not %d", i, got, want[at])
				}
			}
		})
	}
}

func TestComponents(t *testing.T) {
	first := "NRRD0004\ntype: uchar\ndimension: 4\nsizes: 3 2 2 2\nkinds: RGB-color domain domain domain\nencoding: raw\n\n"
	last := "NRRD0004\ntype: uchar\ndimension: 4\nsizes: 2 2 2 3\nkinds: domain domain domain list\nencoding: raw\n\n"
	var interleaved, planes []byte
	for i := range 8 {
		for c := range 3 {
			interleaved = append(interleaved, byte(10*c+i))
		}
	}
	for c := range 3 {
		for i := range 8 {
			planes = append(planes, byte(10*c+i))
		}
	}
	for name, c := range map[string]struct {
		path  string
		names int
	}{"first": {write(t, "a.nrrd", first, interleaved), 0}, "last": {write(t, "b.nrrd", last, planes), 3}} {
		r, err := Open(c.path)
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
		if err != nil || b.Channels != 3 || !bytes.Equal(b.Data, interleaved) || len(r.Info().ChannelNames) != c.names {
			t.Errorf("%s: %v %v", name, b, err)
		}
		r.Close()
	}
}

func TestCalibration(t *testing.T) {
	const head = "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n"
	for name, c := range map[string]struct {
		fields   string
		spacing  [3]float64
		withheld string
		warnings int
	}{
		"bare spacings of 1":  {"spacings: 1 1 1\n", [3]float64{}, "no unit", 0},
		"spacings, no unit":   {"spacings: 0.02 0.02 0.02\n", [3]float64{}, "no unit", 0},
		"spacings in microns": {"spacings: 20 20 40\nunits: \"um\" \"um\" \"µm\"\n", [3]float64{0.02, 0.02, 0.04}, "", 0},
		"LPS without a unit":  {"space: LPS\nspace directions: (0.02,0,0) (0,0.02,0) (0,0,0.02)\n", [3]float64{0.02, 0.02, 0.02}, "", 1},
		"LPS of exactly 1":    {"space: LPS\nspace directions: (1,0,0) (0,1,0) (0,0,1)\n", [3]float64{}, "default", 1},
		"oblique": {"space: LPS\nspace units: \"mm\" \"mm\" \"mm\"\nspace directions: (0.016,0.012,0) (0,0.02,0) (0,0,0.02)\n",
			[3]float64{}, "right angles", 0},
		"turned": {"space: RAS\nspace units: \"um\" \"um\" \"um\"\nspace directions: (0,20,0) (20,0,0) (0,0,30)\n",
			[3]float64{0.02, 0.02, 0.03}, "", 0},
		"nothing": {"", [3]float64{}, "states no voxel size", 0},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Open(write(t, "a.nrrd", head+c.fields+"\n", make([]byte, 8)))
			if err != nil {
				t.Fatal(err)
			}
			g := r.Info().Grid
			for a := range 3 {
				if math.Abs(g.Spacing[a]-c.spacing[a]) > 1e-12 {
					t.Errorf("spacing %v, not %v", g.Spacing, c.spacing)
				}
			}
			if k := g.Calibration; !strings.Contains(k.Withheld, c.withheld) || (c.withheld == "") != (k.Withheld == "") || len(k.Warnings) != c.warnings {
				t.Errorf("%+v", k)
			}
		})
	}
}

func TestBadFilesAreErrors(t *testing.T) {
	const ok = "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n"
	for name, text := range map[string]string{
		"empty":             "",
		"other magic":       "PNG",
		"no sizes":          "NRRD0004\ntype: uchar\ndimension: 3\n\n",
		"sizes too early":   "NRRD0004\nsizes: 2 2 2\ntype: uchar\ndimension: 3\n\n",
		"cut short":         ok + "\n1234567",
		"huge":              "NRRD0004\ntype: double\ndimension: 3\nsizes: 2000000000 2000000000 2000000000\n\n",
		"gzip bomb":         "NRRD0004\ntype: double\ndimension: 3\nsizes: 20000 20000 200\nencoding: gzip\n\nxxxx",
		"bzip2":             "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\nencoding: bzip2\n\n12345678",
		"elsewhere":         ok + "data file: ../../etc/passwd\n\n",
		"absolute":          ok + "data file: /etc/passwd\n\n",
		"block":             "NRRD0004\ntype: block\ndimension: 3\nsizes: 2 2 2\n\n",
		"five axes":         "NRRD0004\ntype: uchar\ndimension: 5\nsizes: 1 1 2 2 2\n\n12345678",
		"directions, wrong": ok + "space directions: (1,0,0) (0,1,0)\n\n12345678",
		"number, wrong":     ok + "spacings: 1 x 1\n\n12345678",
	} {
		_, err := Open(write(t, "bad.nrrd", text, nil))
		if err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestSampleVolume(t *testing.T) {
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = "../../../shared/data"
	}
	path := filepath.Join(root, "same_volume_six_formats", "volume.nrrd")
	if _, err := os.Stat(path); err != nil {
		t.Skip("no sample data: set EXPLANT_SAMPLES")
	}
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil {
		t.Fatal(err)
	}
	set := 0
	for i := 0; i < len(b.Data); i += 2 {
		if binary.LittleEndian.Uint16(b.Data[i:]) != 0 {
			set++
		}
	}
	// 81 of 25³ voxels of 0.0607 mm, as the other five formats of the collection say.
	if g := r.Info().Grid; g.N != [3]int{25, 25, 25} || set != 81 || math.Abs(g.Spacing[2]-0.0607) > 1e-8 {
		t.Errorf("%v voxels of %v mm, %d set", g.N, g.Spacing, set)
	}
}

func FuzzNRRD(f *testing.F) {
	f.Add([]byte("NRRD0004\ntype: uchar\ndimension: 3\nsizes: 2 2 2\nencoding: raw\n\n12345678"))
	f.Add([]byte("NRRD0004\ntype: short\ndimension: 4\nsizes: 1 2 2 2\nspace: LPS\nspace directions: none (1,0,0) (0,1,0) (0,0,1)\nspace units: \"mm\" \"mm\" \"mm\"\n\n0123456789abcdef"))
	f.Add([]byte("NRRD0001\nspacings: 1 nan\nunits: \"\nkey:=value\n"))
	var b bytes.Buffer
	if err := Write(f.Context(), &b, labels(), nil); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes())
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Open(write(t, "f.nrrd", "", data))
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

func BenchmarkWrite(b *testing.B) {
	const n = 256
	v := volume.New[uint8](volume.Grid{N: [3]int{n, n, n}})
	for i := range v.Data { // blocks of 8 voxels in four classes
		v.Data[i] = uint8((i/8%n + i/(8*n)%n + i/(8*n*n)) % 4)
	}
	b.Run("n=256", func(b *testing.B) {
		b.SetBytes(n * n * n)
		for b.Loop() {
			if err := Write(b.Context(), io.Discard, v, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
