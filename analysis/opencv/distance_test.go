package opencv

import (
	"math"
	"math/rand/v2"
	"testing"
)

// The chamfer is within 2 % and a tenth of a pixel of the nearest pixel outside, by brute force.
func TestDistanceIsNearlyEuclidean(t *testing.T) {
	const w, h = 41, 33
	r := rand.New(rand.NewPCG(3, 4))
	mask := make([]bool, w*h)
	for i := range mask {
		mask[i] = r.IntN(60) > 0
	}
	got, err := Distance(mask, w, h)
	if err != nil {
		t.Fatal(err)
	}
	for i := range mask {
		want := math.Inf(1)
		for j, in := range mask {
			if !in {
				want = min(want, math.Hypot(float64(i%w-j%w), float64(i/w-j/w)))
			}
		}
		if math.Abs(float64(got[i])-want) > 0.02*want+0.1 {
			t.Fatalf("pixel %d, %d: %v, want %v", i%w, i/w, got[i], want)
		}
	}
	if _, err := Distance(mask[1:], w, h); err == nil {
		t.Error("a mask with a pixel missing was taken")
	}
}

func BenchmarkDistance(b *testing.B) {
	b.Run("n=1024x768", func(b *testing.B) {
		mask := make([]bool, 1024*768)
		for i := range mask {
			mask[i] = i%97 > 0
		}
		b.SetBytes(int64(len(mask)))
		for b.Loop() {
			if _, err := Distance(mask, 1024, 768); err != nil {
				b.Fatal(err)
			}
		}
	})
}
