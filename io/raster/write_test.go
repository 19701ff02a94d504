package raster

import (
	"image"
	"math"
	"os"
	"path/filepath"
	"testing"
)

func TestWrittenPixelSizeIsReadBack(t *testing.T) {
	for _, mm := range []float64{0, 0.001, 0.0005, 0.00025} {
		path := filepath.Join(t.TempDir(), "a.png")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := WritePNG(f, image.NewNRGBA(image.Rect(0, 0, 5, 3)), mm); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.Info().Grid.Spacing; math.Abs(got[0]-mm) > 1e-9 || got[0] != got[1] {
			t.Errorf("wrote %g mm, read %v (%+v)", mm, got, r.Info().Grid.Calibration)
		}
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
}
