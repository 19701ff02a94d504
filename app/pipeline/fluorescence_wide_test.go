package pipeline

import (
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"explant/analysis/fluorescence"
	"explant/analysis/result"
	"explant/io/imagefile"
	"explant/io/ometiff"
	"explant/io/open"
	"explant/volume"
)

// The light of an overview that is added up tile by tile is that of the whole.
func TestLightOfTilesIsThatOfTheField(t *testing.T) {
	const w, h = 5300, 37 // an overview of 3 x 3 pixels to one
	r := rand.New(rand.NewPCG(1, 5))
	counts := make([]float32, w*h)
	for i := range counts {
		counts[i] = float32(r.IntN(1000))
	}
	v := newOverview(volume.Grid{N: [3]int{w, h, 1}, Spacing: [3]float64{1, 1, 1}})
	light := newLight(&wide{sources: make([]source, 1)})
	for y := 0; y < h; y += 20 {
		for x := 0; x < w; x += 1000 {
			at := image.Rect(x, y, min(x+1000, w), min(y+20, h))
			var tile []float32
			for row := at.Min.Y; row < at.Max.Y; row++ {
				tile = append(tile, counts[row*w+at.Min.X:row*w+at.Max.X]...)
			}
			light.add(v, at, [][]float32{tile})
		}
	}
	want := v.reduced(counts)
	for i, got := range light.means(v)[0] {
		if math.Abs(float64(got-want[i])) > 1e-3 {
			t.Fatalf("pixel %d is %v, want %v", i, got, want[i])
		}
	}
}

// Tiles of the engine fill a label image of smaller tiles; the file reads back as it was.
func TestTilesOfTheEngineFillALabelImage(t *testing.T) {
	const w, h, side = 1500, 1100, fluorescence.TileSide
	file, err := os.Create(filepath.Join(t.TempDir(), "labels.ome.tif"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	g := volume.Grid{N: [3]int{w, h, 1}, Spacing: [3]float64{1, 1, 1}}
	out, err := ometiff.Create(file, g, []result.Class{{Value: 0, Name: "a", Color: "#000000"}, {Value: 1, Name: "b", Color: "#ffffff"}})
	if err != nil {
		t.Fatal(err)
	}
	class := func(x, y int) uint8 { return uint8((x/7 + y/11) % 2) }
	band := labelBand{w: out, width: w}
	for y := 0; y < h; y += side {
		for x := 0; x < w; x += side {
			at := image.Rect(x, y, min(x+side, w), min(y+side, h))
			var labels []uint8
			for row := at.Min.Y; row < at.Max.Y; row++ {
				for column := at.Min.X; column < at.Max.X; column++ {
					labels = append(labels, class(column, row))
				}
			}
			if err := band.add(t.Context(), at, labels); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	in, err := open.Path(t.Context(), file.Name(), open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	b, err := in.Read(t.Context(), imagefile.Window{Max: [3]int{w, h, 1}})
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range b.Data {
		if want := class(i%w, i/w); v != want {
			t.Fatalf("class %d at %d, %d, want %d", v, i%w, i/w, want)
		}
	}
}
