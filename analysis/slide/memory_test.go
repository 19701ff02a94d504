package slide

import (
	"context"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"testing"

	"explant/volume"
)

// memory is a Source of pixels in memory.
type memory struct {
	w, h int
	rgb  []uint8
}

func (m *memory) Size() (int, int) { return m.w, m.h }

func (m *memory) ReadRGB(ctx context.Context, r image.Rectangle, dst []uint8) error {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		n := copy(dst, m.rgb[3*(y*m.w+r.Min.X):3*(y*m.w+r.Max.X)])
		dst = dst[n:]
	}
	return ctx.Err()
}

func (m *memory) grid(spacingMM float64) volume.Grid {
	g := volume.Grid{N: [3]int{m.w, m.h, 1}}
	if spacingMM > 0 {
		g.Spacing = [3]float64{spacingMM, spacingMM, 0}
		g.Calibration = volume.Calibration{Source: volume.Typed}
	}
	return g
}

func fromImage(im image.Image) *memory {
	b := im.Bounds()
	m := &memory{b.Dx(), b.Dy(), make([]uint8, 0, 3*b.Dx()*b.Dy())}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			r, g, bl, _ := im.At(x, y).RGBA()
			m.rgb = append(m.rgb, uint8(r>>8), uint8(g>>8), uint8(bl>>8))
		}
	}
	return m
}

// sample decodes a JPEG of the sample data, or skips the test.
func sample(t testing.TB, name string) *memory {
	t.Helper()
	dir := os.Getenv("EXPLANT_SAMPLES")
	if dir == "" {
		dir = "../../../shared/data"
	}
	f, err := os.Open(filepath.Join(dir, "histology", name))
	if err != nil {
		t.Skipf("sample data absent (set EXPLANT_SAMPLES): %v", err)
	}
	defer f.Close()
	im, err := jpeg.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return fromImage(im)
}
