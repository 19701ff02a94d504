package opencv

import (
	"math"
	"math/rand/v2"
	"testing"
)

func grainy(w, h int) Plane {
	r := rand.New(rand.NewPCG(1, 2))
	p := Plane{w, h, make([]float32, w*h)}
	for i := range p.Pix {
		p.Pix[i] = float32(1000 * r.NormFloat64())
	}
	return p
}

func at(p Plane, x, y int) float64 {
	return float64(p.Pix[min(max(y, 0), p.H-1)*p.W+min(max(x, 0), p.W-1)])
}

func TestGaussianIsTheSampledOne(t *testing.T) {
	p, sigma := grainy(23, 17), 1.7
	got, err := Gaussian(p, sigma)
	if err != nil {
		t.Fatal(err)
	}
	r := int(math.Ceil(4 * sigma))
	for y := range p.H {
		for x := range p.W {
			sum, weight := 0.0, 0.0
			for dy := -r; dy <= r; dy++ {
				for dx := -r; dx <= r; dx++ {
					k := math.Exp(-float64(dx*dx+dy*dy) / (2 * sigma * sigma))
					sum += k * at(p, x+dx, y+dy)
					weight += k
				}
			}
			if d := math.Abs(float64(got[y*p.W+x]) - sum/weight); d > 0.01 {
				t.Fatalf("pixel %d, %d is off by %v", x, y, d)
			}
		}
	}
}

func TestDilateIsTheLargestWithin(t *testing.T) {
	p := grainy(19, 12)
	for radius := range 4 {
		got, err := Dilate(p, radius)
		if err != nil {
			t.Fatal(err)
		}
		for y := range p.H {
			for x := range p.W {
				want := math.Inf(-1)
				for dy := -radius; dy <= radius; dy++ {
					for dx := -radius; dx <= radius; dx++ {
						want = max(want, at(p, x+dx, y+dy))
					}
				}
				if float64(got[y*p.W+x]) != want {
					t.Fatalf("radius %d, pixel %d, %d is %v, want %v", radius, x, y, got[y*p.W+x], want)
				}
			}
		}
	}
}

func TestPlanesThatAreNone(t *testing.T) {
	if _, err := Gaussian(Plane{3, 3, make([]float32, 8)}, 1); err == nil {
		t.Error("a plane with a value missing was smoothed")
	}
	if _, err := Gaussian(grainy(3, 3), -1); err == nil {
		t.Error("a negative sigma was taken")
	}
	if _, err := Dilate(grainy(3, 3), -1); err == nil {
		t.Error("a negative radius was taken")
	}
	same, err := Gaussian(grainy(3, 3), 0)
	if err != nil || same[4] != grainy(3, 3).Pix[4] {
		t.Errorf("sigma 0: %v, %v", same, err)
	}
}

func BenchmarkGaussian(b *testing.B) {
	p := grainy(1024, 1024)
	b.Run("sigma=9/n=1024x1024", func(b *testing.B) {
		b.SetBytes(4 << 20)
		for b.Loop() {
			if _, err := Gaussian(p, 9); err != nil {
				b.Fatal(err)
			}
		}
	})
}
