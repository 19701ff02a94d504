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
	b := newBins(w, h, 3)
	spread, err := b.spread(b.means(p.Pix), 3/0.325)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]float32, w*h)
	for y := range h {
		b.row(got[y*w:][:w], spread, y)
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

// Means of what lies between bins are told without making it.
func TestMeansOfWhatLiesBetweenBins(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 2))
	for _, n := range []int{2, 3, 5} {
		b := newBins(20*n, 15*n, n)
		v, plane := make([]float32, 20*15), make([]float32, b.w*b.h)
		for i := range v {
			v[i] = r.Float32()
		}
		for y := range b.h {
			b.row(plane[y*b.w:][:b.w], v, y)
		}
		got, err := b.remeans(v)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range b.means(plane) {
			if math.Abs(float64(got[i]-want)) > 1e-5 {
				t.Fatalf("bins of %d: %v at %d, want %v", n, got[i], i, want)
			}
		}
	}
}
