package raster

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"golang.org/x/image/bmp"

	"explant/io/imagefile"
)

// bmpOf encodes m with a resolution in pixels for each metre.
func bmpOf(t testing.TB, m image.Image, perMetre int32) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := bmp.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint32(b.Bytes()[38:], uint32(perMetre))
	binary.LittleEndian.PutUint32(b.Bytes()[42:], uint32(perMetre))
	return b.Bytes()
}

func readBMP(t testing.TB, b []byte) (imagefile.Info, []byte) {
	t.Helper()
	r, err := OpenBMP(save(t, b))
	if err != nil {
		t.Fatal(err)
	}
	return readWhole(t, r)
}

func TestBMP(t *testing.T) {
	r := image.Rect(0, 0, 2, 1)
	pal := color.Palette{color.NRGBA{0, 0, 0, 255}, color.NRGBA{200, 100, 50, 255}}
	for name, c := range map[string]struct {
		m        image.Image
		channels int
		want     []byte
	}{
		"grey":    {paint(image.NewGray(r), color.Gray{7}, color.Gray{255}), 1, []byte{7, 255}}, // a palette of greys, as scanners write
		"palette": {paint(image.NewPaletted(r, pal), pal[1], pal[0]), 3, []byte{200, 100, 50, 0, 0, 0}},
		"rgb":     {paint(image.NewRGBA(r), color.RGBA{1, 2, 3, 255}, color.RGBA{4, 5, 6, 255}), 3, []byte{1, 2, 3, 4, 5, 6}},
	} {
		i, got := readBMP(t, bmpOf(t, c.m, 0))
		if i.Format != "BMP" || i.Type != imagefile.Uint8 || i.Channels != c.channels || !bytes.Equal(got, c.want) {
			t.Errorf("%s: %v %+v", name, got, i)
		}
	}
	for perMetre, um := range map[int32]float64{116829: 1e6 / 116829, 2835: 0, 0: 0, -5: 0} { // 8.56 µm; 72 dpi
		i, _ := readBMP(t, bmpOf(t, image.NewGray(r), perMetre))
		if math.Abs(i.Grid.Spacing[0]*1000-um) > 1e-9 || i.Grid.Calibrated() != (um > 0) {
			t.Errorf("%d pixels for a metre: %+v", perMetre, i.Grid)
		}
	}
}

func TestMalformedBMP(t *testing.T) {
	good := bmpOf(t, image.NewGray(image.Rect(0, 0, 4, 4)), 0)
	change := func(at int, v uint32) []byte {
		b := bytes.Clone(good)
		binary.LittleEndian.PutUint32(b[at:], v)
		return b
	}
	for name, b := range map[string][]byte{
		"letters only":    []byte("BM" + strings.Repeat("x", 60)),
		"half a header":   good[:40],
		"no width":        change(18, 0),
		"negative width":  change(18, 1<<31),
		"huge":            change(18, 1<<28),
		"no colour table": change(46, 1<<20),
		"run lengths":     change(30, 1),
	} {
		if _, err := OpenBMP(save(t, b)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := OpenBMP(save(t, good[:len(good)-1]))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil || !strings.Contains(err.Error(), "cut short") {
		t.Errorf("cut short: %v", err)
	}
}

func FuzzBMP(f *testing.F) {
	f.Add(bmpOf(f, image.NewGray(image.Rect(0, 0, 3, 2)), 0))
	f.Add(bmpOf(f, image.NewRGBA(image.Rect(0, 0, 3, 2)), 100000))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := OpenBMP(save(t, b))
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
