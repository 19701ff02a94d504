package slide

import (
	"math"
	"testing"
)

// ringed draws a ring of radius r, as wide as a cell or two, on a picture of w x h cells.
func ringed(w, h int, rings ...circle) field {
	f := field{w, h, make([]float32, w*h)}
	for i := range f.v {
		for _, c := range rings {
			d := math.Hypot(float64(i%w)-c.x, float64(i/w)-c.y) - c.r
			f.v[i] += float32(math.Exp(-d * d))
		}
	}
	return f
}

// Rings are found where they are drawn, a centre outside the picture too.
func TestCirclesAreFound(t *testing.T) {
	const close = 0.6 // cells
	drawn := []circle{{40.3, 52.7, 24}, {120.5, 60.2, 26}, {90, -6, 25}}
	f := ringed(160, 110, drawn...)
	seen := func(x, y, dx, dy float64) bool { return f.at(x, y) > 0.6 && f.at(x-3*dx, y-3*dy) < 0.3 }
	found := f.centres(22, 28, 0.1, 20, 25, 20)
	for _, want := range drawn {
		ok := false
		for _, c := range found {
			got, share := f.fit(c, search{22, 28, 3, 0.5, 0}, seen)
			ok = ok || share > 0.8 && math.Hypot(got.x-want.x, got.y-want.y) < close && math.Abs(got.r-want.r) < close
		}
		if !ok {
			t.Errorf("no circle at %+v", want)
		}
	}
	if c, share := f.fit(circle{80, 100, 0}, search{22, 28, 1, 1, 0}, func(x, y, dx, dy float64) bool { return false }); share != 0 || c.x != 80 {
		t.Errorf("nothing is seen: %+v, %v", c, share)
	}
	if n := len((field{9, 9, make([]float32, 81)}).centres(2, 3, 0.1, 2, 3, 5)); n != 0 {
		t.Errorf("%d circles in nothing", n)
	}
}

func BenchmarkCentres(b *testing.B) {
	f := ringed(600, 600, circle{200, 200, 48}, circle{400, 380, 47}, circle{120, 470, 48})
	b.Run("radius=45-51/cells=360000", func(b *testing.B) {
		b.SetBytes(int64(4 * len(f.v)))
		for b.Loop() {
			f.centres(45, 51, 0.02, 30, 48, 50)
		}
	})
}
