package raster

import (
	"image"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// An electron microscope's text beside a picture states its pixel size, whatever dots per inch the picture
// itself claims.
func TestTextBesideAPicture(t *testing.T) {
	grey := image.NewGray(image.Rect(0, 0, 32, 16))
	text := "[SemImageFile]\r\nUserName=somebody\r\nImageName=a.tif\r\nDataSize=32x16\r\nPixelSize=28.3\r\n"
	for name, c := range map[string]struct {
		file, text string
		b          []byte
		nm         float64
		note       string
	}{
		"PNG":            {"a.png", text, insert(pngOf(t, grey), "pHYs", 0, 0, 11, 19, 0, 0, 11, 19, 1), 28.3, ""},
		"BMP":            {"a.bmp", text, bmpOf(t, grey, 2835), 28.3, ""},
		"JPEG, turned":   {"a.jpg", text, jpegOf(t, grey, [3]uint16{0x112, 3, 6}), 28.3, ""},
		"scaled":         {"a.png", strings.Replace(text, "32x16", "64x32", 1), pngOf(t, grey), 0, "64 x 32"},
		"another format": {"a.png", "shopping list", pngOf(t, grey), 0, ""},
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, c.file)
		for p, b := range map[string][]byte{path: c.b, filepath.Join(dir, "a.txt"): []byte(c.text)} {
			if err := os.WriteFile(p, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var r imagefile.Reader
		var err error
		if r, err = Open(path); name == "BMP" {
			r, err = OpenBMP(path)
		}
		if err != nil {
			t.Fatal(name, err)
		}
		i := r.Info()
		for a := range 2 {
			if math.Abs(i.Grid.Spacing[a]*1e6-c.nm) > 1e-9 {
				t.Errorf("%s: %v mm", name, i.Grid.Spacing)
			}
		}
		if notes := strings.Join(i.Grid.Calibration.Warnings, "; "); !strings.Contains(notes, c.note) {
			t.Errorf("%s: %q", name, notes)
		}
		if c.nm > 0 && !slices.Contains(i.Identifiers, "Hitachi UserName") {
			t.Errorf("%s: %q", name, i.Identifiers)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
