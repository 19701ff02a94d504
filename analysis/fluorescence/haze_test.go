package fluorescence

import (
	"math"
	"math/rand/v2"
	"testing"

	"explant/analysis/opencv"
)

// Haze computed on binned pixels is that of the pixels themselves.
func TestHazeOnBinsIsThatOfPixels(t *testing.T) {
	const w, h = 203, 150
	r := rand.New(rand.NewPCG(9, 1))
	p := opencv.Plane{W: w, H: h, Pix: make([]float32, w*h)}
	for i := range p.Pix {
		if r.IntN(30) == 0 {
			p.Pix[i] = 1000 * r.Float32()
		}
	}
	k := cleaner{um: 0.325}
	k.Grid.N = [3]int{w, h, 1}
	got, err := k.spread(p.Pix, 3)
	if err != nil {
		t.Fatal(err)
	}
	want, err := opencv.Gaussian(p, 3/0.325)
	if err != nil {
		t.Fatal(err)
	}
	far := 0.0
	for i := range got {
		if x, y := i%w, i/w; x > 20 && y > 20 && x < w-20 && y < h-20 {
			far = max(far, math.Abs(float64(got[i]-want[i])))
		}
	}
	if far > 1 { // of some 17 counts
		t.Errorf("off by up to %v counts", far)
	}
}
