package pipeline

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"

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
