package raster

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/volume"
)

func save(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "picture.bin")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// insert puts a PNG chunk behind the header chunk.
func insert(b []byte, kind string, body ...byte) []byte {
	const header = 8 + 25
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	chunk = append(append(chunk, kind...), body...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	return append(append(append([]byte{}, b[:header]...), chunk...), b[header:]...)
}

func readAll(t testing.TB, b []byte) (imagefile.Info, []byte) {
	t.Helper()
	r, err := Open(save(t, b))
	if err != nil {
		t.Fatal(err)
	}
	return readWhole(t, r)
}

// readWhole reads all of r and closes it.
func readWhole(t testing.TB, r imagefile.Reader) (imagefile.Info, []byte) {
	t.Helper()
	defer r.Close()
	block, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil {
		t.Fatal(err)
	}
	return r.Info(), block.Data
}

// paint fills two pixels.
func paint(m interface {
	image.Image
	Set(x, y int, c color.Color)
}, a, b color.Color) image.Image {
	m.Set(0, 0, a)
	m.Set(1, 0, b)
	return m
}

func TestPNGKinds(t *testing.T) {
	r := image.Rect(0, 0, 2, 1)
	pal := color.Palette{color.NRGBA{0, 0, 0, 255}, color.NRGBA{200, 100, 50, 255}}
	greys := color.Palette{color.Gray{9}, color.Gray{250}}
	for name, c := range map[string]struct {
		m        image.Image
		typ      imagefile.Type
		channels int
		want     []byte
		warnings int
	}{
		"grey":    {paint(image.NewGray(r), color.Gray{7}, color.Gray{255}), "uint8", 1, []byte{7, 255}, 0},
		"grey 16": {paint(image.NewGray16(r), color.Gray16{0x1234}, color.Gray16{1}), "uint16", 1, []byte{0x34, 0x12, 1, 0}, 0},
		"rgb":     {paint(image.NewRGBA(r), color.RGBA{1, 2, 3, 255}, color.RGBA{4, 5, 6, 255}), "uint8", 3, []byte{1, 2, 3, 4, 5, 6}, 0},
		"rgba":    {paint(image.NewNRGBA(r), color.NRGBA{1, 2, 3, 128}, color.NRGBA{4, 5, 6, 0}), "uint8", 3, []byte{1, 2, 3, 4, 5, 6}, 1},
		"rgb 16":  {paint(image.NewRGBA64(r), color.RGBA64{0x102, 2, 3, 0xffff}, color.RGBA64{4, 5, 6, 0xffff}), "uint16", 3, []byte{2, 1, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0}, 0},
		"palette": {paint(image.NewPaletted(r, pal), pal[1], pal[0]), "uint8", 3, []byte{200, 100, 50, 0, 0, 0}, 0},
		"greys":   {paint(image.NewPaletted(r, greys), greys[1], greys[0]), "uint8", 1, []byte{250, 9}, 0},
	} {
		i, got := readAll(t, pngOf(t, c.m))
		if i.Type != c.typ || i.Channels != c.channels || !bytes.Equal(got, c.want) || len(i.Warnings) != c.warnings {
			t.Errorf("%s: %v %+v", name, got, i)
		}
	}
}

func TestWindowOfAPicture(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 5, 4))
	for i := range m.Pix {
		m.Pix[i] = byte(i)
	}
	r, err := Open(save(t, pngOf(t, m)))
	if err != nil {
		t.Fatal(err)
	}
	b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{1, 2, 0}, Max: [3]int{3, 4, 1}})
	if err != nil || !bytes.Equal(b.Data, []byte{11, 12, 16, 17}) {
		t.Errorf("%v %v", b, err)
	}
	if _, err := r.Read(t.Context(), imagefile.Window{Max: [3]int{6, 1, 1}}); err == nil {
		t.Error("a window outside the picture")
	}
	r.Close()
	if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil {
		t.Error("a closed reader reads")
	}
}

func TestPNGPixelSize(t *testing.T) {
	plain := pngOf(t, image.NewGray(image.Rect(0, 0, 2, 1)))
	per := func(n uint32, unit byte) []byte {
		return append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, n), n), unit)
	}
	for name, c := range map[string]struct {
		body     []byte
		mm       float64
		withheld string
	}{
		"half a micrometre": {per(2_000_000, 1), 0.0005, ""},
		"72 dpi":            {per(2835, 1), 0, "72 dots"},
		"aspect only":       {per(3, 0), 0, "states no"},
	} {
		i, _ := readAll(t, insert(plain, "pHYs", c.body...))
		k := i.Grid.Calibration
		if math.Abs(i.Grid.Spacing[0]-c.mm) > 1e-12 || !strings.Contains(k.Withheld, c.withheld) || (k.Source == volume.Header) != (c.mm > 0) {
			t.Errorf("%s: %+v", name, i.Grid)
		}
	}
}

// jpegOf gives a JPEG with an EXIF segment of the tags: tag, type, value of 16 bits.
func jpegOf(t testing.TB, m image.Image, tags ...[3]uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 100}); err != nil {
		t.Fatal(err)
	}
	exif := append([]byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08"), 0, byte(len(tags)))
	for _, tag := range tags {
		exif = binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(exif, tag[0]), tag[1])
		exif = binary.BigEndian.AppendUint16(append(exif, 0, 0, 0, 1), tag[2])
		exif = append(exif, 0, 0)
	}
	exif = append(exif, 0, 0, 0, 0)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xd8, 0xff, 0xe1}, uint16(len(exif)+2))
	return append(append(head, exif...), b.Bytes()[2:]...)
}

func TestJPEGOrientation(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 32, 16)) // a bright quarter at the upper left
	for y := range 8 {
		for x := range 16 {
			m.Pix[y*32+x] = 255
		}
	}
	for orientation, corner := range map[uint16][2]int{1: {0, 0}, 2: {1, 0}, 3: {1, 1}, 4: {0, 1}, 5: {0, 0}, 6: {1, 0}, 7: {1, 1}, 8: {0, 1}} {
		i, got := readAll(t, jpegOf(t, m, [3]uint16{0x112, 3, orientation}))
		n := [3]int{32, 16, 1}
		if orientation >= 5 {
			n = [3]int{16, 32, 1}
		}
		if i.Grid.N != n {
			t.Fatalf("orientation %d: size %v", orientation, i.Grid.N)
		}
		for c := range 4 {
			x, y := c%2, c/2
			bright := got[(y*(n[1]-1))*n[0]+x*(n[0]-1)] > 128
			if bright != (corner == [2]int{x, y}) {
				t.Errorf("orientation %d: corner %d, %d is bright: %v", orientation, x, y, bright)
			}
		}
	}
}

func TestJPEGNamesPersonalFields(t *testing.T) {
	i, _ := readAll(t, jpegOf(t, image.NewGray(image.Rect(0, 0, 8, 8)), [3]uint16{0x13b, 3, 1}, [3]uint16{0x8825, 3, 1}))
	if got := strings.Join(i.Identifiers, ", "); got != "EXIF Artist, EXIF GPS position" {
		t.Errorf("%q", got)
	}
}

func TestEXIFOfAPNG(t *testing.T) {
	exif := []byte("MM\x00\x2a\x00\x00\x00\x08\x00\x02" + "\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06\x00\x00" + "\x88\x25\x00\x04\x00\x00\x00\x01\x00\x00\x00\x01" + "\x00\x00\x00\x00")
	b := insert(insert(pngOf(t, image.NewGray(image.Rect(0, 0, 8, 4))), "eXIf", exif...), "tEXt", []byte("Author\x00somebody")...)
	i, _ := readAll(t, b)
	if i.Grid.N != [3]int{8, 4, 1} || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "orientation 6 is not applied") {
		t.Errorf("%v, %q", i.Grid.N, i.Warnings)
	}
	if got := strings.Join(i.Identifiers, ", "); got != "PNG Author, EXIF GPS position" {
		t.Errorf("%q", got)
	}
}

func TestBombsAndDamageAreErrors(t *testing.T) {
	good := pngOf(t, image.NewGray(image.Rect(0, 0, 64, 64)))
	bomb := append([]byte{}, good...)
	binary.BigEndian.PutUint32(bomb[16:], 60000)
	binary.BigEndian.PutUint32(bomb[20:], 60000)
	binary.BigEndian.PutUint32(bomb[29:], crc32.ChecksumIEEE(bomb[12:29]))
	picture := jpegOf(t, image.NewGray(image.Rect(0, 0, 64, 64)))
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"empty":         {nil, "neither PNG nor JPEG"},
		"text":          {[]byte("hello, world"), "neither PNG nor JPEG"},
		"PNG bomb":      {bomb, "claims 60000 x 60000 pixels"},
		"PNG cut short": {good[:len(good)-20], ""},
		"PNG header":    {good[:20], ""},
		"JPEG, half":    {picture[:len(picture)/2], ""},
		"JPEG, start":   {picture[:3], ""},
	} {
		r, err := Open(save(t, c.b))
		if err == nil {
			_, err = r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
			r.Close()
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "picture.bin") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzRaster(f *testing.F) {
	f.Add(insert(pngOf(f, image.NewGray(image.Rect(0, 0, 3, 2))), "pHYs", 0, 0, 11, 19, 0, 0, 11, 19, 1))
	f.Add(jpegOf(f, image.NewGray(image.Rect(0, 0, 8, 8)), [3]uint16{0x112, 3, 6}, [3]uint16{0x11a, 5, 200}, [3]uint16{0x128, 3, 2}))
	for _, name := range []string{"420", "progressive", "arithmetic", "444-restart", "cmyk", "ycck"} {
		f.Add(testJPEG(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Open(save(t, b))
		if err != nil {
			return
		}
		defer r.Close()
		i := r.Info()
		if i.Bytes() > 1<<20 {
			return
		}
		if block, err := r.Read(t.Context(), imagefile.Whole(i, 0)); err == nil && int64(len(block.Data)) != i.Bytes() {
			t.Errorf("%d bytes of %d", len(block.Data), i.Bytes())
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	m := image.NewRGBA(image.Rect(0, 0, 1024, 1024))
	for i := range m.Pix {
		m.Pix[i] = byte(i*7) | 3
	}
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	for name, data := range map[string][]byte{"png": pngOf(b, m), "jpeg": jpegOf(b, m)} {
		b.Run("format="+name, func(b *testing.B) {
			path := save(b, data)
			b.SetBytes(3 << 20)
			for b.Loop() {
				r, err := Open(path)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := r.Read(b.Context(), imagefile.Whole(r.Info(), 0)); err != nil {
					b.Fatal(err)
				}
				r.Close()
			}
		})
	}
}
