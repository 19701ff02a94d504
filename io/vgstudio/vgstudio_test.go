package vgstudio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"explant/io/array"
	"explant/io/imagefile"
	"explant/volume"
)

// vgi is a description as scanners write it.
const vgi = `{volume1}
[representation]
size = 4 3 2
mirror = 0 0 0
datatype = unsigned integer
datarange = 0 65535
bitsperelement = 16
[file1]
RegionOfInterestStart = 0 0 0
RegionOfInterestEnd = 3 2 1
FileFormat = raw
Size = 4 3 2
Name = D:\Scans 2021\clot 7_recon.vol
Datatype = unsigned integer
datarange = 0.5 65535
BitsPerElement = 16
{volumeprimitive12}
[geometry]
status = visible
relativeposition = 0 0 0
position = 0 0 0
resolution = 0.02 0.02 0.025
scale = 1 1 1
center = 0 0 0
rotate = 1 0 0 0 1 0 0 0 1
unit = mm
[volume]
volume = volume1
`

const nikon = "[XTekCT]\r\nName=clot\r\nVoxelsX=4\r\nVoxelSizeX=0.02\r\nVoxelsY=3\r\nVoxelSizeY=0.02\r\nVoxelsZ=2\r\nVoxelSizeZ=0.025\r\nSrcToObject=12.5\r\nProjections=1440\r\n[Xrays]\r\nXraykV=90\r\n"

// folder writes files and returns their folder.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func whole(t *testing.T, path string) (imagefile.Info, []byte) {
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

func samples(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(7 * i)
	}
	return string(b)
}

// Both files of a pair give the volume, whatever the folder of the description's author was.
func TestBothFilesOfAPair(t *testing.T) {
	utf16le := []byte{0xff, 0xfe}
	for _, c := range utf16.Encode([]rune(vgi)) {
		utf16le = binary.LittleEndian.AppendUint16(utf16le, c)
	}
	for name, text := range map[string]string{
		"as it is": vgi, "carriage returns": strings.ReplaceAll(vgi, "\n", "\r\n"), "byte order mark": "\ufeff" + vgi, "UTF-16": string(utf16le),
		"quotes":                  strings.Replace(vgi, `D:\Scans 2021\clot 7_recon.vol`, `"/home/x/clot 7_recon.vol"`, 1),
		"only the representation": strings.NewReplacer("Size = 4 3 2\n", "", "Datatype = unsigned integer\n", "", "BitsPerElement = 16\n", "").Replace(vgi),
	} {
		dir := folder(t, map[string]string{"other name.vgi": text, "clot 7_recon.vol": samples(48), "z.vgi": "[file1]\n"})
		for _, file := range []string{"other name.vgi", "clot 7_recon.vol"} {
			i, data := whole(t, filepath.Join(dir, file))
			if string(data) != samples(48) || i.Type != imagefile.Uint16 || i.Grid.N != [3]int{4, 3, 2} || i.Grid.Spacing != [3]float64{.02, .02, .025} ||
				i.Grid.Calibration.Source != volume.Header || len(i.Warnings) > 0 {
				t.Errorf("%s, %s: %+v", name, file, i)
			}
		}
	}
}

func TestRenamedPairs(t *testing.T) {
	dir := folder(t, map[string]string{"a.vgi": vgi, "a.vol": samples(48), "b.vgi": vgi, "b.raw": samples(48)})
	for _, file := range []string{"a.vgi", "a.vol", "b.vgi", "b.raw"} {
		if _, data := whole(t, filepath.Join(dir, file)); string(data) != samples(48) {
			t.Errorf("%s: other samples", file)
		}
	}
	dir = folder(t, map[string]string{"a.vgi": strings.Replace(vgi, "clot 7_recon.vol", "part.uint16", 1), "part.uint16": samples(48), "a.txt": "notes"})
	if part, notes := filepath.Join(dir, "part.uint16"), filepath.Join(dir, "a.txt"); !Names(part) || !Describes(part) || Names(notes) {
		t.Error("which file a description names")
	}
}

func TestTypes(t *testing.T) {
	for words, c := range map[string]struct {
		typ  imagefile.Type
		size int
	}{
		"unsigned integer|8": {imagefile.Uint8, 1}, "unsigned integer|16": {imagefile.Uint16, 2}, "signed integer|16": {imagefile.Int16, 2},
		"Integer|16": {imagefile.Int16, 2}, "float|32": {imagefile.Float32, 4}, "float|": {imagefile.Float32, 4}, "unsigned integer|32": {imagefile.Uint32, 4},
		"uint16|": {imagefile.Uint16, 2}, "float32|32": {imagefile.Float32, 4},
	} {
		kind, bits, _ := strings.Cut(words, "|")
		text := strings.NewReplacer("unsigned integer", kind, "BitsPerElement = 16", "BitsPerElement = "+bits, "bitsperelement = 16", "").Replace(vgi)
		dir := folder(t, map[string]string{"a.vgi": text, "a.vol": samples(24 * c.size)})
		if i, data := whole(t, filepath.Join(dir, "a.vol")); i.Type != c.typ || string(data) != samples(24*c.size) {
			t.Errorf("%s: %s", words, i.Type)
		}
	}
}

func TestHeadersMirrorsAndUnits(t *testing.T) {
	change := func(from, to string) string { return strings.Replace(vgi, from, to, 1) }
	for name, c := range map[string]struct {
		text, data, withheld, warning string
	}{
		"bytes before":   {change("FileFormat", "SkipHeader = 10\nFileFormat"), "0123456789" + samples(48), "", ""},
		"micrometres":    {change("resolution = 0.02 0.02 0.025", "resolution = 20 20 25") + "", samples(48), "not a voxel size", ""},
		"no unit":        {change("unit = mm", ""), samples(48), "has no unit", ""},
		"no size":        {change("resolution", "solution"), samples(48), "states no voxel size", ""},
		"no geometry":    {change("[geometry]", "[geometries]"), samples(48), "states no voxel size", ""},
		"scaled":         {change("scale = 1 1 1", "scale = 2 2 2"), samples(48), "scaled by 2 2 2", ""},
		"a default":      {change("0.02 0.02 0.025", "1 1 1"), samples(48), "exactly 1 mm", ""},
		"decimal commas": {change("0.02 0.02 0.025", "0,02 0,02 0,025"), samples(48), "", ""},
		"mirrored file":  {change("FileFormat", "Mirror = 0 0 1 0\nFileFormat"), samples(48), "", "mirrored"},
		"other objects":  {"{volumeprimitive4}\n[geometry]\nresolution = 9 9 9\nunit = mm\n[volume]\nvolume = volume7\n" + vgi, samples(48), "", ""},
		"mirrored":       {change("mirror = 0 0 0", "mirror = 0 1 0"), samples(48), "", "mirrored"},
		"several":        {vgi + strings.Replace(vgi, "{volume1}", "{volume2}", 1), samples(48), "", `"volume1" is read`},
	} {
		dir := folder(t, map[string]string{"a.vgi": c.text, "a.vol": c.data})
		i, data := whole(t, filepath.Join(dir, "a.vgi"))
		if w := i.Grid.Calibration.Withheld; (w == "") != (c.withheld == "") || !strings.Contains(w, c.withheld) || (w == "") != (i.Grid.Spacing == [3]float64{.02, .02, .025}) {
			t.Errorf("%s: withheld %q, spacing %v", name, w, i.Grid.Spacing)
		}
		if string(data) != samples(48) || !strings.Contains(strings.Join(i.Warnings, "\n"), c.warning) || (len(i.Warnings) > 0) != (c.warning != "") {
			t.Errorf("%s: warnings %q", name, i.Warnings)
		}
	}
	dir := folder(t, map[string]string{"a.vgi": change("FileFormat", "Endian = Big\nFileFormat"), "a.vol": samples(48)})
	want := []byte(samples(48))
	imagefile.SwapBytes(want, 2)
	if _, data := whole(t, filepath.Join(dir, "a.vol")); !bytes.Equal(data, want) {
		t.Error("big-endian samples")
	}
}

func TestNikon(t *testing.T) {
	for bytes, typ := range map[int]imagefile.Type{1: imagefile.Uint8, 2: imagefile.Uint16, 4: imagefile.Float32} {
		for _, end := range []string{".vol", ".raw"} {
			dir := folder(t, map[string]string{"clot.xtekct": nikon, "clot" + end: samples(24 * bytes)})
			for _, file := range []string{"clot.xtekct", "clot" + end} {
				i, data := whole(t, filepath.Join(dir, file))
				if i.Type != typ || string(data) != samples(24*bytes) || i.Grid.N != [3]int{4, 3, 2} || i.Format != "Nikon volume" || len(i.Warnings) != 1 {
					t.Errorf("%s: %+v", file, i)
				}
				for a, mm := range []float64{.02, .02, .025} {
					if math.Abs(i.Grid.Spacing[a]-mm) > 1e-12 {
						t.Errorf("%s: spacing %v", file, i.Grid.Spacing)
					}
				}
			}
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	change := func(from, to string) string { return strings.Replace(vgi, from, to, 1) }
	for name, c := range map[string]struct {
		files map[string]string
		open  string
		part  string
	}{
		"nothing beside":    {map[string]string{"a.vol": samples(48)}, "a.vol", "no .vgi or .xtekct of its name lies beside it"},
		"no samples":        {map[string]string{"a.vgi": vgi}, "a.vgi", "its samples clot 7_recon.vol: no such file"},
		"no samples, Nikon": {map[string]string{"a.xtekct": nikon}, "a.xtekct", "no .vol or .raw of its name lies beside it"},
		"too short":         {map[string]string{"a.vgi": vgi, "a.vol": samples(47)}, "a.vol", "a.vol has 47 bytes, which size [4 3 2] of a.vgi does not give"},
		"too long":          {map[string]string{"a.vgi": vgi, "a.vol": samples(49)}, "a.vgi", "a.vol has 49 bytes"},
		"Nikon, too long":   {map[string]string{"a.xtekct": nikon, "a.vol": samples(72)}, "a.vol", "a.vol has 72 bytes"},
		"no Nikon":          {map[string]string{"a.xtekct": "[Other]\n", "a.vol": samples(48)}, "a.vol", "a.xtekct: it has no section [XTekCT]"},
		"not reconstructed": {map[string]string{"a.xtekct": "[XTekCT]\nVoxelsX=0\nVoxelsY=0\nVoxelsZ=0\n", "a.vol": samples(48)}, "a.vol", "size 0 along x"},
		"no file":           {map[string]string{"a.vgi": "{volume1}\n", "a.vol": samples(48)}, "a.vol", "a.vgi: it has no section [file1]"},
		"two files":         {map[string]string{"a.vgi": change("{volumeprimitive12}", "[file2]"), "a.vol": samples(48)}, "a.vgi", "several files"},
		"pictures":          {map[string]string{"a.vgi": change("= raw", "= tiff"), "a.vol": samples(48)}, "a.vgi", `format "tiff"`},
		"complex":           {map[string]string{"a.vgi": strings.ReplaceAll(vgi, "unsigned integer", "complex"), "a.vol": samples(48)}, "a.vgi", `type "complex"`},
		"12 bits":           {map[string]string{"a.vgi": strings.ReplaceAll(vgi, "lement = 16", "lement = 12"), "a.vol": samples(48)}, "a.vgi", `"12" bits`},
		"two sizes":         {map[string]string{"a.vgi": change("Size = 4 3 2\nName", "Size = 4 3\nName"), "a.vol": samples(48)}, "a.vgi", "2 numbers, not 3"},
		"half a voxel":      {map[string]string{"a.vgi": change("Size = 4 3 2\nName", "Size = 4 3 2.5\nName"), "a.vol": samples(48)}, "a.vgi", "size 2.5 along z"},
		"a huge size":       {map[string]string{"a.vgi": change("Size = 4 3 2\nName", "Size = 2e9 2e9 2e9\nName"), "a.vol": samples(48)}, "a.vgi", "not believable"},
		"a wrong number":    {map[string]string{"a.vgi": change("resolution = 0.02", "resolution = x"), "a.vol": samples(48)}, "a.vgi", `"x" is not a number`},
		"a wrong header":    {map[string]string{"a.vgi": change("FileFormat", "SkipHeader = -1\nFileFormat"), "a.vol": samples(48)}, "a.vgi", "not a number of bytes"},
		"endless":           {map[string]string{"a.vgi": strings.Repeat("a=b\n", maxText/4) + "end", "a.vol": samples(48)}, "a.vgi", "longer than"},
	} {
		path := filepath.Join(folder(t, c.files), c.open)
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), c.part) || !strings.HasPrefix(err.Error(), "read "+c.open+": ") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A description cut or changed anywhere is read or refused in one line.
func TestDamagedDescriptions(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for _, text := range []string{vgi, nikon} {
		dir := folder(t, map[string]string{"a.vol": samples(48)})
		name := filepath.Join(dir, map[bool]string{true: "a.vgi", false: "a.xtekct"}[text == vgi])
		for i := range len(text) + 300 {
			b := []byte(text)
			if i < len(b) {
				b = b[:i]
			} else {
				b[rng.IntN(len(b))] = byte(rng.Uint32())
			}
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Open(name)
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Fatalf("%q", err)
			}
			if err == nil && r.Info().Bytes() > 48 {
				t.Fatalf("%v from %q", r.Info(), b)
			}
			if err == nil {
				r.Close()
			}
		}
	}
}

func FuzzDescriptions(f *testing.F) {
	f.Add([]byte(vgi))
	f.Add([]byte(nikon))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, end := range []string{".vgi", ".xtekct"} {
			path := filepath.Join(dir, "a"+end)
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			if d, err := parse(path); err == nil && (d.n[0] < 1 || d.n[1] < 1 || d.n[2] < 1) {
				t.Errorf("size %v", d.n)
			}
		}
	})
}

func parse(path string) (described, error) {
	if isNikon(path) {
		return parseXTekCT(path)
	}
	return parseVGI(path)
}

func ExampleOpen() {
	dir, err := os.MkdirTemp("", "scan")
	if err != nil {
		panic(err)
	}
	defer func() {
		if err := os.RemoveAll(dir); err != nil {
			panic(err)
		}
	}()
	for name, b := range map[string][]byte{"scan.vgi": []byte(vgi), "scan.vol": make([]byte, 48)} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			panic(err)
		}
	}
	var r *array.Reader
	if r, err = Open(filepath.Join(dir, "scan.vol")); err != nil {
		panic(err)
	}
	defer r.Close()
	i := r.Info()
	fmt.Println(i.Format, i.Grid.N, i.Type, slices.Max(i.Grid.Spacing[:]))
	// Output: VGStudio volume [4 3 2] uint16 0.025
}
