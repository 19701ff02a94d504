package fluorescence

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/analysis/opencv"
)

func TestRankedIsWhatSortingGives(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for n := 1; n < 200; n += 3 {
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(r.IntN(1 + n/2))
		}
		sorted := slices.Sorted(slices.Values(v))
		for _, k := range []int{0, n / 7, n / 2, n - 1} {
			if got := ranked(slices.Clone(v), k); got != sorted[k] {
				t.Fatalf("%d of %v is %v, want %v", k, v, got, sorted[k])
			}
		}
	}
}

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
