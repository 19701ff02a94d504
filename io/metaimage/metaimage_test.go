package metaimage

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

// folder writes files and returns the path of the first name.
func folder(t testing.TB, first string, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, first)
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

func deflate(t testing.TB, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

const cube = "ObjectType = Image\nNDims = 3\nDimSize = 2 2 2\nElementType = MET_UCHAR\n"

func TestWhereSamplesLie(t *testing.T) {
	const data = "01234567"
	packed := deflate(t, data)
	for name, files := range map[string]map[string]string{
		"local":      {"v.mha": cube + "ElementDataFile = LOCAL\n" + data},
		"CRLF":       {"v.mha": strings.ReplaceAll(cube, "\n", "\r\n") + "ElementDataFile = LOCAL\r\n" + data},
		"zlib":       {"v.mha": cube + "CompressedData = True\nElementDataFile = LOCAL\n" + packed},
		"detached":   {"v.mha": cube + "ElementDataFile = my data.raw\n", "my data.raw": data},
		"zraw":       {"v.mha": cube + "CompressedData = True\nElementDataFile = v.zraw\n", "v.zraw": packed},
		"skipped":    {"v.mha": cube + "HeaderSize = 3\nElementDataFile = v.raw", "v.raw": "abc" + data},
		"at the end": {"v.mha": cube + "HeaderSize = -1\nElementDataFile = v.raw\n", "v.raw": "any header" + data},
		"list":       {"v.mha": cube + "ElementDataFile = LIST\na.raw\n\nb.raw\n", "a.raw": "0123", "b.raw": "4567"},
		"list of 2D": {"v.mha": cube + "ElementDataFile = LIST 2D\na.raw\nb.raw\n", "a.raw": "0123", "b.raw": "4567"},
		"a series":   {"v.mha": cube + "ElementDataFile = s%02d.raw 7 9 2\n", "s07.raw": "0123", "s09.raw": "4567"},
		"NDims 4":    {"v.mha": "NDims = 4\nDimSize = 2 2 2 3\nElementType = MET_CHAR\nElementDataFile = LOCAL\n" + data + "89abcdef89abcdef"},
	} {
		t.Run(name, func(t *testing.T) {
			i, got := read(t, folder(t, "v.mha", files))
			if string(got) != data || i.Grid.N != [3]int{2, 2, 2} || i.Format != "MetaImage" {
				t.Errorf("%q, %+v", got, i)
			}
			if want := name == "NDims 4"; want != (len(i.Warnings) == 1) {
				t.Errorf("warnings %q", i.Warnings)
			}
		})
	}
}

func TestTypesAndOrder(t *testing.T) {
	for name, c := range map[string]struct {
		want imagefile.Type
		v    any
	}{
		"MET_CHAR": {imagefile.Int8, int8(-5)}, "MET_UCHAR": {imagefile.Uint8, uint8(200)},
		"MET_SHORT": {imagefile.Int16, int16(-1000)}, "MET_USHORT": {imagefile.Uint16, uint16(40000)},
		"MET_INT": {imagefile.Int32, int32(-70000)}, "MET_UINT": {imagefile.Uint32, uint32(3e9)},
		"MET_LONG": {imagefile.Int32, int32(-70000)}, "MET_ULONG": {imagefile.Uint32, uint32(3e9)},
		"MET_FLOAT": {imagefile.Float32, float32(1.5)}, "MET_DOUBLE": {imagefile.Float64, -2.25},
		"MET_LONG_LONG": {imagefile.Float64, int64(-7)}, "MET_ULONG_LONG": {imagefile.Float64, uint64(7)},
	} {
		for _, big := range []bool{false, true} {
			var raw, want bytes.Buffer
			var order binary.ByteOrder = binary.LittleEndian
			if big {
				order = binary.BigEndian
			}
			expect := c.v
			switch v := c.v.(type) {
			case int64:
				expect = float64(v)
			case uint64:
				expect = float64(v)
			}
			if err := binary.Write(&raw, order, c.v); err != nil {
				t.Fatal(err)
			}
			if err := binary.Write(&want, binary.LittleEndian, expect); err != nil {
				t.Fatal(err)
			}
			text := fmt.Sprintf("NDims = 2\nDimSize = 1 1\nElementByteOrderMSB = %v\nElementType = %s\nElementDataFile = LOCAL\n%s", big, name, raw.String())
			if i, got := read(t, folder(t, "v.mha", map[string]string{"v.mha": text})); !bytes.Equal(got, want.Bytes()) || i.Type != c.want {
				t.Errorf("%s, big endian %v: %v of %s", name, big, got, i.Type)
			}
		}
	}
}

func TestChannels(t *testing.T) {
	const head = "NDims = 2\nDimSize = 1 2\nElementNumberOfChannels = %d\nElementType = %s\nElementDataFile = LOCAL\n%s"
	for _, c := range []struct {
		channels int
		typ      string
		data     string
		names    int
	}{{3, "MET_UCHAR", "abcdef", 0}, {2, "MET_UCHAR", "abcd", 2}, {3, "MET_SHORT_ARRAY", "abcdefghijkl", 3}, {1, "MET_UCHAR", "ab", 0}} {
		i, got := read(t, folder(t, "v.mha", map[string]string{"v.mha": fmt.Sprintf(head, c.channels, c.typ, c.data)}))
		if i.Channels != c.channels || len(i.ChannelNames) != c.names || string(got) != c.data {
			t.Errorf("%+v: %q %+v", c, got, i)
		}
	}
}

func TestCalibration(t *testing.T) {
	for name, c := range map[string]struct {
		fields   string
		spacing  [3]float64
		withheld string
		warnings int
	}{
		"none":          {"", [3]float64{}, "states no", 0},
		"spacing":       {"ElementSpacing = 0.02 0.02 0.04\n", [3]float64{0.02, 0.02, 0.04}, "", 1},
		"size":          {"ElementSize = 0.02 0.02 0.04\n", [3]float64{0.02, 0.02, 0.04}, "", 1},
		"both":          {"ElementSize = 9 9 9\nElementSpacing = 0.02 0.02 0.04\n", [3]float64{0.02, 0.02, 0.04}, "", 1},
		"ones":          {"ElementSpacing = 1 1 1\n", [3]float64{}, "exactly 1 mm", 1},
		"micrometres":   {"DistanceUnits = um\nElementSpacing = 20 20 20\n", [3]float64{0.02, 0.02, 0.02}, "", 0},
		"unit unknown":  {"DistanceUnits = cubit\nElementSpacing = 1 1 1\n", [3]float64{}, "cubit", 0},
		"unit question": {"DistanceUnits = ?\nElementSpacing = 0.5 0.5 0.5\n", [3]float64{0.5, 0.5, 0.5}, "", 1},
		"sheared":       {"ElementSpacing = 0.5 0.5 0.5\nTransformMatrix = 1 0 0 0.5 1 0 0 0 1\n", [3]float64{}, "right angles", 1},
		"negative":      {"ElementSpacing = -0.5 0.5 0.5\n", [3]float64{}, "not a length", 1},
	} {
		text := cube + c.fields + "ElementDataFile = LOCAL\n01234567"
		i, _ := read(t, folder(t, "v.mha", map[string]string{"v.mha": text}))
		k := i.Grid.Calibration
		if i.Grid.Spacing != c.spacing || (c.withheld == "") != (k.Withheld == "") || !strings.Contains(k.Withheld, c.withheld) || len(k.Warnings) != c.warnings {
			t.Errorf("%s: %v, %+v", name, i.Grid.Spacing, k)
		}
		if (k.Source == volume.Header) != (c.withheld == "") {
			t.Errorf("%s: source %s", name, k.Source)
		}
	}
}

func TestPlaceAndPatient(t *testing.T) {
	text := cube + "ElementSpacing = 0.02 0.02 0.04\nOffset = 1 -2 3.5\nTransformMatrix = 0 1 0 -1 0 0 0 0 1\nPatientName = X\nElementDataFile = LOCAL\n01234567"
	i, _ := read(t, folder(t, "v.mha", map[string]string{"v.mha": text}))
	// The rows of the matrix are the directions of x, y and z.
	if i.Grid.Origin != [3]float64{1, -2, 3.5} || i.Grid.Axes != [3][3]float64{{0, 1, 0}, {-1, 0, 0}, {0, 0, 1}} {
		t.Errorf("%+v", i.Grid)
	}
	if len(i.Identifiers) != 1 || i.Identifiers[0] != "MetaImage PatientName" {
		t.Errorf("identifiers %q", i.Identifiers)
	}
}

func TestMalformed(t *testing.T) {
	for name, text := range map[string]string{
		"empty":           "",
		"no data file":    cube,
		"no equals":       "ObjectType\n" + cube + "ElementDataFile = LOCAL\n01234567",
		"a tube":          "ObjectType = Tube\nNDims = 3\nElementDataFile = LOCAL\n",
		"no dims":         "DimSize = 2 2 2\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n01234567",
		"five dims":       "NDims = 5\nDimSize = 1 1 1 1 1\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n0",
		"too few sizes":   "NDims = 3\nDimSize = 2 2\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n01234567",
		"size zero":       "NDims = 3\nDimSize = 2 2 0\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n01234567",
		"huge":            "NDims = 3\nDimSize = 2000000000 2000000000 2000000000\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n01234567",
		"a bomb":          "NDims = 3\nDimSize = 20000 20000 2000\nCompressedData = True\nElementType = MET_UCHAR\nElementDataFile = LOCAL\n01234567",
		"cut short":       cube + "ElementDataFile = LOCAL\n0123456",
		"type":            strings.Replace(cube, "MET_UCHAR", "MET_STRING", 1) + "ElementDataFile = LOCAL\n01234567",
		"text":            cube + "BinaryData = False\nElementDataFile = LOCAL\n0 1 2 3 4 5 6 7",
		"twice":           cube + "NDims = 3\nElementDataFile = LOCAL\n01234567",
		"elsewhere":       cube + "ElementDataFile = ../v.raw\n",
		"absolute":        cube + "ElementDataFile = /etc/passwd\n",
		"not there":       cube + "ElementDataFile = v.raw\n",
		"short list":      cube + "ElementDataFile = LIST\na.raw\n",
		"list of 9D":      cube + "ElementDataFile = LIST 9D\na.raw\n",
		"bad series":      cube + "ElementDataFile = s%s.raw 1 2 1\n",
		"endless series":  cube + "ElementDataFile = s%09d.raw 1 99999999999 1\n",
		"channels":        cube + "ElementNumberOfChannels = 0\nElementDataFile = LOCAL\n01234567",
		"spacing":         cube + "ElementSpacing = 1 x 1\nElementDataFile = LOCAL\n01234567",
		"spacing NaN":     cube + "ElementSpacing = nan nan nan\nElementDataFile = LOCAL\n01234567",
		"few offsets":     cube + "Offset = 1\nElementDataFile = LOCAL\n01234567",
		"small matrix":    cube + "TransformMatrix = 1 0 0 1\nElementDataFile = LOCAL\n01234567",
		"header size":     cube + "HeaderSize = -7\nElementDataFile = LOCAL\n01234567",
		"no name of data": cube + "ElementDataFile = \n",
	} {
		_, err := Open(folder(t, "bad.mha", map[string]string{"bad.mha": text}))
		if err == nil || strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "bad.mha") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// sample is the path of a file of the sample collection; the test is skipped where it is absent.
func sample(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skip("no sample data: set EXPLANT_SAMPLES")
	}
	return path
}

func TestSamples(t *testing.T) {
	i, data := read(t, sample(t, "microct/ct_lung_small.mha"))
	lo, hi, below := math.MaxInt16, math.MinInt16, 0
	for ; len(data) > 0; data = data[2:] {
		v := int(int16(binary.LittleEndian.Uint16(data)))
		if lo, hi = min(lo, v), max(hi, v); v < -500 {
			below++
		}
	}
	// Values of the collection's documentation.
	if i.Grid.N != [3]int{57, 78, 64} || i.Grid.Spacing != [3]float64{2.732, 2.732, 5} || lo != -1130 || hi != 1379 || below != 112766 {
		t.Errorf("%+v: %d to %d, %d below -500", i.Grid, lo, hi, below)
	}
	if i.Grid.Origin != [3]float64{-152.461, -148.986, -1432} || len(i.Grid.Calibration.Warnings) != 1 {
		t.Errorf("%+v", i.Grid)
	}
	i, data = read(t, sample(t, "microct/brain_t1_2d.mha"))
	if i.Grid.N != [3]int{256, 256, 1} || len(data) != 2*256*256 || i.Grid.Calibrated() || !strings.Contains(i.Grid.Calibration.Withheld, "1 mm") {
		t.Errorf("%+v", i)
	}
}

func FuzzMetaImage(f *testing.F) {
	f.Add([]byte(cube + "ElementSpacing = 1 1 2\nOffset = 0 0 0\nTransformMatrix = 1 0 0 0 1 0 0 0 1\nElementDataFile = LOCAL\n01234567"))
	f.Add([]byte(cube + "CompressedData = True\nElementDataFile = LOCAL\n" + deflate(f, "01234567")))
	f.Add([]byte(cube + "ElementDataFile = LIST 2D\nf.mha\nf.mha\n"))
	f.Add([]byte("NDims = 4\nDimSize = 1 1 1 2\nElementNumberOfChannels = 3\nElementType = MET_LONG_LONG\nHeaderSize = -1\nElementDataFile = f.mha %d 1 2"))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Open(folder(t, "f.mha", map[string]string{"f.mha": string(data)}))
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
