package open

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"

	"explant/io/imagefile"
	"explant/volume"
	"explant/volume/parallel"
)

// memory is a reader of samples in memory.
type memory struct {
	info imagefile.Info
	data []byte
}

func inMemory(n [3]int, channels int, t imagefile.Type, data any) *memory {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, data); err != nil {
		panic(err)
	}
	return &memory{imagefile.Info{Grid: volume.Grid{N: n}, Type: t, Channels: channels, Levels: []imagefile.Level{{N: n}}}, b.Bytes()}
}

func (m *memory) Info() imagefile.Info { return m.info }
func (m *memory) Close() error         { return nil }
func (m *memory) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	n, px := w.N(), m.info.Channels*m.info.Type.Size()
	b := imagefile.Block{N: n, Channels: m.info.Channels, Type: m.info.Type}
	for z := w.Min[2]; z < w.Max[2]; z++ {
		for y := w.Min[1]; y < w.Max[1]; y++ {
			b.Data = append(b.Data, m.data[m.info.Grid.Offset(w.Min[0], y, z)*px:m.info.Grid.Offset(w.Max[0], y, z)*px]...)
		}
	}
	return b, ctx.Err()
}

func TestVolumeTypes(t *testing.T) {
	n := [3]int{2, 1, 2}
	load := func(typ imagefile.Type, data any) (any, []string) {
		t.Helper()
		v, w, err := Volume(t.Context(), inMemory(n, 1, typ, data), Load{Workers: 2}, parallel.Discard{})
		if err != nil {
			t.Fatal(err)
		}
		return v, w
	}
	expect := func(v any, want ...float64) {
		t.Helper()
		for i, x := range want {
			var got float64
			switch u := v.(type) {
			case *volume.Volume[uint8]:
				got = float64(u.Data[i])
			case *volume.Volume[uint16]:
				got = float64(u.Data[i])
			case *volume.Volume[int16]:
				got = float64(u.Data[i])
			case *volume.Volume[float32]:
				got = float64(u.Data[i])
			default:
				t.Fatalf("%T", v)
			}
			if got != x {
				t.Errorf("%T: voxel %d is %v, not %v", v, i, got, x)
			}
		}
	}
	v, _ := load(imagefile.Uint8, []uint8{0, 1, 128, 255})
	expect(v.(*volume.Volume[uint8]), 0, 1, 128, 255)
	v, _ = load(imagefile.Int8, []int8{-128, -1, 0, 127})
	expect(v.(*volume.Volume[int16]), -128, -1, 0, 127)
	v, _ = load(imagefile.Uint16, []uint16{0, 256, 4095, 65535})
	expect(v.(*volume.Volume[uint16]), 0, 256, 4095, 65535)
	v, _ = load(imagefile.Int16, []int16{-32768, -1, 1, 32767})
	expect(v.(*volume.Volume[int16]), -32768, -1, 1, 32767)
	v, w := load(imagefile.Float32, []float32{-1.5, 0, float32(math.NaN()), float32(math.Inf(1))})
	expect(v.(*volume.Volume[float32]), -1.5, 0)
	if len(w) != 1 || !strings.HasPrefix(w[0], "2 voxels are not numbers") {
		t.Errorf("warnings %q", w)
	}
	v, w = load(imagefile.Uint32, []uint32{0, 1 << 24, 1<<24 + 1, math.MaxUint32})
	expect(v.(*volume.Volume[float32]), 0, 1<<24, 1<<24, 1<<32)
	if len(w) != 1 || !strings.HasPrefix(w[0], "2 voxels of type uint32 were rounded") {
		t.Errorf("warnings %q", w)
	}
	v, w = load(imagefile.Int32, []int32{-1 << 24, -3, 3, 1 << 30})
	expect(v.(*volume.Volume[float32]), -1<<24, -3, 3, 1<<30)
	if len(w) != 0 {
		t.Errorf("warnings %q", w)
	}
	v, w = load(imagefile.Float64, []float64{0.5, 0.1, 1e300, -2})
	expect(v.(*volume.Volume[float32]), 0.5, float64(float32(0.1)), math.Inf(1), -2)
	if len(w) != 2 {
		t.Errorf("warnings %q", w)
	}
}

func TestVolumeRefuses(t *testing.T) {
	if _, _, err := Volume(t.Context(), inMemory([3]int{1, 1, 1}, 3, imagefile.Uint8, []uint8{1, 2, 3}), Load{}, nil); err == nil {
		t.Error("a colour image is a volume")
	}
	if _, _, err := Volume(t.Context(), inMemory([3]int{2, 1, 1}, 1, imagefile.Uint16, []uint16{1, 2}), Load{MaxBytes: 3}, nil); err == nil {
		t.Error("4 bytes in 3 bytes of memory")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Volume(ctx, inMemory([3]int{2, 1, 1}, 1, imagefile.Uint16, []uint16{1, 2}), Load{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestRGB(t *testing.T) {
	for name, c := range map[string]struct {
		r    *memory
		want []byte
	}{
		"rgb":    {inMemory([3]int{2, 1, 1}, 3, imagefile.Uint8, []uint8{1, 2, 3, 4, 5, 6}), []byte{4, 5, 6}},
		"grey":   {inMemory([3]int{2, 1, 1}, 1, imagefile.Uint8, []uint8{1, 9}), []byte{9, 9, 9}},
		"rgb 16": {inMemory([3]int{2, 1, 1}, 3, imagefile.Uint16, []uint16{1, 2, 3, 0x1234, 0x5678, 0xffff}), []byte{0x12, 0x56, 0xff}},
		"grey16": {inMemory([3]int{2, 1, 1}, 1, imagefile.Uint16, []uint16{1, 0xabcd}), []byte{0xab, 0xab, 0xab}},
	} {
		p, err := RGB(c.r)
		if err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 3)
		if err := p.ReadRGB(t.Context(), image.Rect(1, 0, 2, 1), got); err != nil || !bytes.Equal(got, c.want) {
			t.Errorf("%s: %v, %v", name, got, err)
		}
		if err := p.ReadRGB(t.Context(), image.Rect(1, 0, 3, 1), make([]byte, 6)); err == nil && name == "rgb" {
			t.Error("a window outside the picture")
		}
	}
	for name, r := range map[string]*memory{
		"a volume": inMemory([3]int{1, 1, 2}, 1, imagefile.Uint8, []uint8{1, 2}),
		"floats":   inMemory([3]int{1, 1, 1}, 1, imagefile.Float32, []float32{1}),
		"two":      inMemory([3]int{1, 1, 1}, 2, imagefile.Uint8, []uint8{1, 2}),
	} {
		if _, err := RGB(r); err == nil {
			t.Errorf("%s is a picture", name)
		}
	}
}

func TestUnknownFilesSayWhatIsRead(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct{ text, want string }{
		"a.dcm":    {strings.Repeat("\x00", 128) + "DICM", "it holds no image"},
		"b.nii":    {"x", "read NIfTI b.nii: it has no NIfTI header"},
		"c.txt":    {"hello", "not a format that is read here: TIFF"},
		"d.mha":    {"ObjectType = Image", "read MetaImage d.mha: "},
		"d.aim":    {"old", "read Scanco file d.aim: it is neither ISQ nor AIM"},
		"d.vtp":    {"<VTKFile type=\"PolyData\">", "is no image; ImageData is"},
		"d.raw":    {"0123", "in a file d.raw.yaml beside it"},
		"e.png":    {"", "empty file is not"},
		"f.tif":    {"no TIFF", "f.tif: "},
		"none.tif": {"", "no such file"},
	} {
		path := filepath.Join(dir, name)
		if name != "none.tif" {
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		_, err := Path(t.Context(), path, Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHash(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	hash := func(path string) string {
		t.Helper()
		h, err := Hash(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	// printf abc | sha256sum
	const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	if h := hash(put("a.tif", "abc")); h != abc {
		t.Errorf("file %s", h)
	}
	put("b.tif", "")
	first := hash(dir)
	// printf '%s  a.tif\n%s  b.tif\n' $(printf abc | sha256sum) $(printf '' | sha256sum) | sha256sum
	if first != "beae53317f9d3d07607f3635654563d1ceb81ee1e7ad53def92ea70e3954579b" {
		t.Errorf("folder %s", first)
	}
	put(".hidden", "x")
	if hash(dir) != first {
		t.Error("a hidden file counts")
	}
	if put("b.tif", "y"); hash(dir) == first {
		t.Error("a changed slice does not count")
	}
}

// The hash of an image in several files must change with each of them.
func TestHashOfImagesInSeveralFiles(t *testing.T) {
	nifti := make([]byte, 348) // one voxel of 8 bits
	for at, v := range map[int]byte{0: 0x5c, 1: 1, 40: 3, 42: 1, 44: 1, 46: 1, 70: 2, 344: 'n', 345: 'i', 346: '1'} {
		nifti[at] = v
	}
	for name, files := range map[string]map[string]string{
		"v.nhdr": {"v.nhdr": "NRRD0004\ntype: uchar\ndimension: 3\nsizes: 1 1 1\nencoding: raw\ndata file: d.raw\n", "d.raw": "1"},
		"v.mhd":  {"v.mhd": "NDims = 2\nDimSize = 1 2\nElementType = MET_UCHAR\nElementDataFile = LIST\nw.raw\nv.raw\n", "v.raw": "1", "w.raw": "2"},
		"v.raw":  {"v.raw": "1", "v.raw.yaml": "size: [1, 1]\ntype: int8\n"},
		"v.hdr":  {"v.hdr": string(nifti), "v.img": "1"},
		"v.img":  {"v.hdr": string(nifti), "v.img": "1"},
	} {
		dir := t.TempDir()
		put := func(name, text string) {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for part, text := range files {
			put(part, text)
		}
		r, err := Path(t.Context(), filepath.Join(dir, name), Options{})
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		first, err := Hash(t.Context(), filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		for part, text := range files {
			put(part, text+"\n")
			if changed, err := Hash(t.Context(), filepath.Join(dir, name)); err != nil || changed == first {
				t.Errorf("%s: %s does not count, %v", name, part, err)
			}
			put(part, text)
		}
	}
}

func TestHashOfAFolderWithItsLog(t *testing.T) {
	dir := t.TempDir()
	put := func(name, text string) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	var hashes []string
	put("scan/a1.png", "x")
	for _, log := range []string{"", "other", "[System]\n[Reconstruction]\nPixel Size (um)=8\n", "[System]\n[Reconstruction]\nPixel Size (um)=9\n"} {
		put("scan.log", log)
		h, err := Hash(t.Context(), filepath.Join(dir, "scan"))
		if err != nil {
			t.Fatal(err)
		}
		hashes = append(hashes, h)
	}
	if hashes[0] != hashes[1] || hashes[1] == hashes[2] || hashes[2] == hashes[3] {
		t.Errorf("the log beside the folder: %q", hashes)
	}
}

func TestFolder(t *testing.T) {
	for ext, encode := range map[string]func(io.Writer, image.Image) error{".png": png.Encode, ".bmp": bmp.Encode} {
		dir := t.TempDir()
		for z := range 12 {
			m := image.NewGray(image.Rect(0, 0, 4, 3))
			m.SetGray(1, 2, color.Gray{Y: uint8(z + 1)})
			var b bytes.Buffer
			if err := encode(&b, m); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "s"+string("0123456789ab"[z])+ext), b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		log := "[System]\n[Reconstruction]\nPixel Size (um)=8.5\n"
		if err := os.WriteFile(filepath.Join(dir, "s_rec.log"), []byte(log), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Path(t.Context(), dir, Options{})
		if err != nil {
			t.Fatal(err)
		}
		v, _, err := Volume(t.Context(), r, Load{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		u := v.(*volume.Volume[uint8])
		for z := range u.N[2] {
			if got := u.At(1, 2, z); got != uint8(z+1) {
				t.Errorf("%s: slice %d holds %d", ext, z, got)
			}
		}
		if u.Spacing != [3]float64{0.0085, 0.0085, 0.0085} {
			t.Errorf("%s: spacing %v", ext, u.Spacing)
		}
		r.Close()
	}
}
