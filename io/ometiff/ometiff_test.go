package ometiff

import (
	"bytes"
	"image"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/result"
	"explant/io/imagefile"
	"explant/io/tiff"
	"explant/volume"
)

var classes = []result.Class{{Value: 0, Name: "excluded:glass", Color: "#ffffff"}, {Value: 2, Name: "a < b & c", Color: "#ff0000"}}

// label is the value that the tests write at (x, y).
func label(x, y int) uint8 { return uint8((x/7 + y/5) % 5) }

func write(t testing.TB, w, h int, spacing float64) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "labels.ome.tif")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	g := volume.Grid{N: [3]int{w, h, 1}, Spacing: [3]float64{spacing, spacing, 0}}
	o, err := Create(f, g, classes)
	if err != nil {
		t.Fatal(err)
	}
	for y := 0; y < h; y += Side {
		for x := 0; x < w; x += Side {
			r := image.Rect(x, y, min(x+Side, w), min(y+Side, h))
			var px []uint8
			for v := r.Min.Y; v < r.Max.Y; v++ {
				for u := r.Min.X; u < r.Max.X; u++ {
					px = append(px, label(u, v))
				}
			}
			if err := o.WriteTile(r, px); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	for _, c := range []struct {
		w, h    int
		spacing float64
	}{{1, 1, 0.0005}, {512, 512, 0.000499}, {1300, 700, 0.00025}, {513, 40, 0}} {
		r, err := tiff.Open(t.Context(), write(t, c.w, c.h, c.spacing))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		i := r.Info()
		if i.Format != "OME-TIFF" || i.Grid.N != [3]int{c.w, c.h, 1} || i.Type != imagefile.Uint8 || i.Channels != 1 || len(i.Warnings) > 0 {
			t.Errorf("%+v", i)
		}
		if math.Abs(i.Grid.Spacing[0]-c.spacing) > 1e-12 || i.Grid.Calibrated() != (c.spacing > 0) {
			t.Errorf("spacing %v, not %v", i.Grid.Spacing, c.spacing)
		}
		b, err := r.Read(t.Context(), imagefile.Whole(i, 0))
		if err != nil {
			t.Fatal(err)
		}
		for at, v := range b.Data {
			if v != label(at%c.w, at/c.w) {
				t.Fatalf("%d x %d: pixel %d is %d", c.w, c.h, at, v)
			}
		}
	}
}

func TestSameLabelsSameBytes(t *testing.T) {
	a, err := os.ReadFile(write(t, 700, 600, 0.0005))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(write(t, 700, 600, 0.0005))
	if err != nil || !bytes.Equal(a, b) {
		t.Errorf("the files differ, %v", err)
	}
	if s := string(a); !strings.Contains(s, `<M K="2">a &lt; b &amp; c</M>`) || !strings.Contains(s, `PhysicalSizeX="0.5" PhysicalSizeXUnit="µm"`) {
		t.Error("class names or pixel size are missing")
	}
}

func TestUnknownSizeIsNotWritten(t *testing.T) {
	b, err := os.ReadFile(write(t, 20, 20, 0))
	if err != nil || bytes.Contains(b, []byte("PhysicalSize")) {
		t.Errorf("a physical size is written, %v", err)
	}
}

func TestTilesOutOfOrderAreErrors(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "a.tif"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	o, err := Create(f, volume.Grid{N: [3]int{600, 10, 1}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.WriteTile(image.Rect(512, 0, 600, 10), make([]uint8, 880)); err == nil {
		t.Error("the second tile first")
	}
	if err := o.WriteTile(image.Rect(0, 0, 512, 10), make([]uint8, 7)); err == nil {
		t.Error("too few labels")
	}
	if err := o.Close(); err == nil || !strings.Contains(err.Error(), "0 of 2 tiles") {
		t.Errorf("closed with tiles missing: %v", err)
	}
	if _, err := Create(f, volume.Grid{N: [3]int{600, 10, 2}}, nil); err == nil {
		t.Error("a volume as a picture")
	}
}

func BenchmarkWriteTile(b *testing.B) {
	f, err := os.Create(filepath.Join(b.TempDir(), "a.tif"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	px := make([]uint8, Side*Side)
	for i := range px {
		px[i] = label(i%Side, i/Side)
	}
	b.SetBytes(Side * Side)
	for b.Loop() {
		o, err := Create(f, volume.Grid{N: [3]int{Side, Side, 1}}, nil)
		if err != nil {
			b.Fatal(err)
		}
		if err := o.WriteTile(image.Rect(0, 0, Side, Side), px); err != nil {
			b.Fatal(err)
		}
	}
}
