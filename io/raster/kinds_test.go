package raster

import (
	"bytes"
	"image"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/io/scanline"
)

func testJPEG(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("../scanline/testdata/" + name + ".jpg")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// frameOf is where the frame header of a JPEG begins.
func frameOf(t testing.TB, b []byte) int {
	t.Helper()
	at := bytes.Index(b, []byte{0xff, 0xc0, 0, 17})
	if at < 0 {
		t.Fatal("no frame header")
	}
	return at
}

func TestJPEGKindsThatAreRefused(t *testing.T) {
	change := func(off int, v byte) []byte {
		b := bytes.Clone(testJPEG(t, "420"))
		b[frameOf(t, b)+off] = v
		return b
	}
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"12 bits":      {change(4, 12), "12 bits a sample"},
		"lossless":     {change(1, 0xc3), "lossless JPEG"},
		"JPEG-LS":      {change(1, 0xf7), "lossless JPEG"},
		"hierarchical": {change(1, 0xc5), "hierarchical JPEG"},
		"no height":    {func() []byte { b := change(5, 0); b[frameOf(t, b)+6] = 0; return b }(), "DNL"},
		"bomb":         {change(5, 0xff), "claims 61 x 65"},
	} {
		_, err := Open(save(t, c.b))
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJPEGWarnings(t *testing.T) {
	for name, want := range map[string]string{"420": "", "cmyk": "without a colour profile", "ycck": "without a colour profile", "arithmetic": ""} {
		i, _ := readAll(t, testJPEG(t, name))
		if got := strings.Join(i.Warnings, "; "); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%s: %q", name, got)
		}
	}
	i, _ := readAll(t, jpegOf(t, image.NewGray(image.Rect(0, 0, 8, 8)), [3]uint16{0x112, 3, 6}))
	if len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "turned by 90 degrees clockwise, as its EXIF orientation 6 says") {
		t.Errorf("%q", i.Warnings)
	}
}

// fixed gives the rows of a picture in memory.
type fixed struct {
	form scanline.Form
	data []byte
}

func (f *fixed) Form() scanline.Form { return f.form }
func (f *fixed) Finish() error       { return nil }
func (f *fixed) Close()              {}
func (f *fixed) Rows(dst []byte) error {
	f.data = f.data[copy(dst, f.data):]
	return nil
}

// By the EXIF standard the orientation says where row 0 and column 0 of the stored picture are shown: for 6
// at the right and at the top.
func TestTurned(t *testing.T) {
	const w, h = 3, 2
	stored := []byte{
		1, 1, 2, 2, 3, 3,
		4, 4, 5, 5, 6, 6,
	}
	for orientation, want := range map[int][]byte{
		2: {3, 2, 1, 6, 5, 4}, 3: {6, 5, 4, 3, 2, 1}, 4: {4, 5, 6, 1, 2, 3}, 5: {1, 4, 2, 5, 3, 6},
		6: {4, 1, 5, 2, 6, 3}, 7: {6, 3, 5, 2, 4, 1}, 8: {3, 6, 2, 5, 1, 4},
	} {
		src := &fixed{scanline.Form{Width: w, Height: h, Channels: 2, Bytes: 1}, slices.Clone(stored)}
		var r rows = turned{src, orientation}
		if orientation == 2 {
			r = mirrored{src}
		}
		if f := r.Form(); (f.Width == h) != (orientation >= 5) || f.Whole != (orientation > 2) {
			t.Errorf("orientation %d: %+v", orientation, f)
		}
		got := make([]byte, len(stored))
		if err := r.Rows(got); err != nil {
			t.Fatal(err)
		}
		for i, v := range want {
			if got[2*i] != v || got[2*i+1] != v {
				t.Fatalf("orientation %d: %v", orientation, got)
			}
		}
	}
}

func TestAffordable(t *testing.T) {
	const k = 1000
	form := func(w, h int, whole bool, held int64) scanline.Form {
		return scanline.Form{Width: w, Height: h, Channels: 3, Bytes: 1, Whole: whole, Held: held}
	}
	for name, c := range map[string]struct {
		f           scanline.Form
		orientation int
		want        string
	}{
		"rows":                {form(60*k, 60*k, false, 0), 1, ""},
		"small progressive":   {form(8*k, 8*k, false, 200<<20), 1, ""},
		"large progressive":   {form(30*k, 30*k, false, 2700<<20), 1, "jpegtran"},
		"large, turned":       {form(30*k, 30*k, true, 0), 6, "exiftran"},
		"large, interlaced":   {form(30*k, 30*k, true, 0), 1, "interlaced"},
		"small, interlaced":   {form(10*k, 10*k, true, 0), 1, ""},
		"a line":              {form(5*k*k, 10, false, 0), 1, ""},
		"rows without an end": {form(5*k*k, 10*k, false, 0), 1, "too long"},
	} {
		err := affordable(header{orientation: c.orientation}, c.f)
		if (err == nil) != (c.want == "") || err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestLevelsOfALongJPEG(t *testing.T) {
	b := jpegOf(t, image.NewGray(image.Rect(0, 0, 5001, 9)))
	r, err := Open(save(t, b))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	levels := r.Info().Levels
	if len(levels) != 4 {
		t.Fatalf("%+v", levels)
	}
	for k, n := range [][3]int{{5001, 9, 1}, {2501, 5, 1}, {1251, 3, 1}, {626, 2, 1}} {
		if l := levels[k]; l.N != n || l.Downsample != float64(int(1)<<k) {
			t.Errorf("level %d: %+v", k, l)
		}
		got, err := r.Read(t.Context(), imagefile.Whole(r.Info(), k))
		if err != nil || len(got.Data) != n[0]*n[1] {
			t.Errorf("level %d: %d bytes, %v", k, len(got.Data), err)
		}
	}
}

// Every cut and many changed bytes give pixels or one line; a cut always the line.
func TestDamagedJPEG(t *testing.T) {
	for _, name := range []string{"420", "444-restart", "progressive", "arithmetic", "cmyk"} {
		good, path := testJPEG(t, name), filepath.Join(t.TempDir(), "a.jpg")
		for n := 0; n < len(good); n += 1 + len(good)/900*6 { // each of the shortest file
			if err := attempt(t, path, good[:n]); err == nil {
				t.Errorf("%s: cut at byte %d of %d", name, n, len(good))
			}
		}
		rng := rand.New(rand.NewPCG(9, 9))
		for range 200 {
			b := bytes.Clone(good)
			for range 1 + rng.IntN(4) {
				b[rng.IntN(len(b))] = byte(rng.Uint32())
			}
			if err := attempt(t, path, b); err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// attempt opens and reads a picture that is not larger than it should be.
func attempt(t testing.TB, path string, b []byte) error {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(path)
	if err != nil {
		return err
	}
	defer r.Close()
	i := r.Info()
	if i.Bytes() > 8<<20 {
		return nil
	}
	_, err = r.Read(t.Context(), imagefile.Whole(i, 0))
	return err
}

func TestPNGBitsBoundTheClaim(t *testing.T) {
	h := header{format: "PNG", bits: 1}
	if h.ratio() < 8*maxRatioPNG {
		t.Errorf("one bit becomes eight, ratio %d", h.ratio())
	}
}
