package pipeline

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/analysis/pin"
	"explant/analysis/result"
	"explant/io/raster"
	"explant/volume"
	"explant/volume/parallel"
)

// measuredPin cuts a slide out of a phantom's scan, obliquely, on which matter is dark and the brighter the scan the
// darker, and pins it by points that are off by up to a voxel.
func measuredPin(t *testing.T) ([]result.Measurement, map[[3]string]float64) {
	t.Helper()
	const off, tolerance = 0.015, 0.02 // mm: of the points, and a voxel
	dir := t.TempDir()
	made, err := MakePhantom(t.Context(), "oxygenator", dir, PhantomOptions{Size: 80, Seed: dictionarySeed}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	truth := pin.Place{Axes: [3][3]float64{{0.8, 0.6, 0}, {-0.36, 0.48, 0.8}, {0.48, -0.64, 0.6}}, Origin: [3]float64{0.65, 0.2, 0.25}, Scale: 1}
	slide := pin.Slide{W: 100, H: 100, Edge: 0.008}
	slidePNG(t, filepath.Join(dir, "slide.png"), load[uint16](t, made.Image), slide, truth)
	text := "points:\n"
	for i, at := range [][2]float64{{0.1, 0.1}, {0.7, 0.15}, {0.2, 0.7}, {0.7, 0.65}} {
		q := truth.Map(at)
		text += fmt.Sprintf("  - {slide_mm: [%g, %g], scan_mm: [%g, %g, %g]}\n", at[0], at[1], q[0]+off*math.Sin(float64(3*i+1)), q[1]+off*math.Cos(float64(5*i)), q[2]+off*math.Sin(float64(7*i+2)))
	}
	writeText(t, filepath.Join(dir, "points.yaml"), text)
	out := filepath.Join(dir, "out")
	res, err := Pin(t.Context(), Pinning{Slide: filepath.Join(dir, "slide.png"), Scan: made.Image, Points: filepath.Join(dir, "points.yaml"), Out: out, Name: "S1", Scaled: true}, Limits{}, parallel.Discard{})
	if err != nil {
		t.Fatal(err)
	}
	entry, err := os.ReadFile(filepath.Join(out, FrameSection))
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "frame.yaml")
	writeText(t, file, "version: 1\nkind: stacked\ninlet: [0.8, 0.8, 0]\noutlet: [0.8, 0.8, 1.6]\n"+string(entry))
	f, err := LoadFrame(file)
	if err != nil {
		t.Fatal(err)
	}
	a, want, worst := f.Sections[0].Affine, truth.Affine(), 0.0
	for b := range 3 {
		d := 0.0
		for k, at := range [4]float64{0.4, 0.4, 0, 1} {
			d += (a[b][k] - want[b][k]) * at
		}
		worst = max(worst, math.Abs(d))
	}
	if worst > tolerance {
		t.Errorf("the middle of the slide is %.3f mm off", worst)
	}
	return res.Measurements, map[[3]string]float64{{"pin.scale", "", ""}: 100}
}

// slidePNG writes the plane of a scan as a slide.
func slidePNG(t *testing.T, file string, v *volume.Volume[uint16], s pin.Slide, p pin.Place) {
	t.Helper()
	plane, err := pin.Cut(t.Context(), v, s, p)
	if err != nil {
		t.Fatal(err)
	}
	img := image.NewRGBA(image.Rect(0, 0, s.W, s.H))
	for i, g := range plane {
		light := uint8(245 - 150*min(max((float64(g)-6000)/24000, 0), 1))
		img.SetRGBA(i%s.W, i/s.W, color.RGBA{light, light / 2, light, 255})
	}
	w, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := raster.WritePNG(w, img, s.Edge); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestPairsAreRead(t *testing.T) {
	slide := volume.Grid{N: [3]int{9, 9, 1}, Spacing: [3]float64{0.5, 0.5, 0}}
	scan := volume.Grid{N: [3]int{9, 9, 9}, Spacing: [3]float64{0.1, 0.1, 0.2}, Origin: [3]float64{1, 0, 0}}
	dir := t.TempDir()
	y, g := filepath.Join(dir, "p.yaml"), filepath.Join(dir, "p.geojson")
	writeText(t, y, "points: [{slide_px: [2, 4], scan_voxel: [10, 0, 1]}]")
	feature := map[string]any{"type": "Feature", "geometry": map[string]any{"type": "Point", "coordinates": []float64{2, 4}}, "properties": map[string]any{"scan_mm": []float64{2, 0, 0.2}}}
	text, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": []any{feature}})
	if err != nil {
		t.Fatal(err)
	}
	writeText(t, g, string(text))
	for _, file := range []string{y, g} {
		got, err := loadPairs(file, slide, scan)
		if err != nil || len(got) != 1 || got[0] != (pin.Pair{Slide: [2]float64{1, 2}, Scan: [3]float64{2, 0, 0.2}}) {
			t.Errorf("%s: %v, %v", file, got, err)
		}
	}
	writeText(t, y, "points: [{slide_px: [2, 4]}]")
	if _, err := loadPairs(y, slide, scan); err == nil || !strings.Contains(err.Error(), "point 1") {
		t.Errorf("half a pair: %v", err)
	}
}
