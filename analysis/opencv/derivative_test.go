package opencv

import (
	"math"
	"testing"
)

// A parabola has the derivatives of its formula, inside of the border.
func TestDerivativesOfAParabola(t *testing.T) {
	p := Plane{W: 12, H: 9, Pix: make([]float32, 12*9)}
	for i := range p.Pix {
		x, y := float64(i%12), float64(i/12)
		p.Pix[i] = float32(2*x*x - 3*x*y + 0.5*y*y + 4*x - y)
	}
	for _, c := range []struct {
		nx, ny int
		want   func(x, y float64) float64
	}{
		{1, 0, func(x, y float64) float64 { return 4*x - 3*y + 4 }}, {0, 1, func(x, y float64) float64 { return -3*x + y - 1 }},
		{2, 0, func(float64, float64) float64 { return 4 }}, {0, 2, func(float64, float64) float64 { return 1 }}, {1, 1, func(float64, float64) float64 { return -3 }},
	} {
		got, err := Derivative(p, c.nx, c.ny)
		if err != nil {
			t.Fatal(err)
		}
		for y := 1; y < p.H-1; y++ {
			for x := 1; x < p.W-1; x++ {
				if want := c.want(float64(x), float64(y)); math.Abs(float64(got[y*p.W+x])-want) > 1e-4 {
					t.Fatalf("order %d, %d at %d, %d: %v, want %v", c.nx, c.ny, x, y, got[y*p.W+x], want)
				}
			}
		}
	}
	if _, err := Derivative(p, 2, 1); err == nil {
		t.Error("a third derivative was taken")
	}
}

func TestHalveAveragesSquares(t *testing.T) {
	p := grainy(7, 5)
	got, err := Halve(p)
	if err != nil || got.W != 3 || got.H != 2 {
		t.Fatalf("%d x %d, %v", got.W, got.H, err)
	}
	for y := range got.H {
		for x := range got.W {
			want := (at(p, 2*x, 2*y) + at(p, 2*x+1, 2*y) + at(p, 2*x, 2*y+1) + at(p, 2*x+1, 2*y+1)) / 4
			if math.Abs(float64(got.Pix[y*got.W+x])-want) > 0.01 {
				t.Errorf("pixel %d, %d is %v, want %v", x, y, got.Pix[y*got.W+x], want)
			}
		}
	}
	if _, err := Halve(grainy(1, 5)); err == nil {
		t.Error("a plane of one column was halved")
	}
}

func BenchmarkDerivative(b *testing.B) {
	b.Run("order=2/n=1024x768", func(b *testing.B) {
		p := grainy(1024, 768)
		b.SetBytes(int64(4 * len(p.Pix)))
		for b.Loop() {
			if _, err := Derivative(p, 2, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
}
