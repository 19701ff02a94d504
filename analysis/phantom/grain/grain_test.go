package grain

import (
	"fmt"
	"math"
	"testing"
)

// The numbers of a quarter of a million positions have the moments of a standard normal and of a uniform
// distribution within four standard errors, and neighbours are not correlated.
func TestMoments(t *testing.T) {
	const n = 512
	var normal, square, next, uniform float64
	for y := range n {
		for x := range n {
			v := Normal(3, 7, x, y, 0)
			normal += v
			square += v * v
			next += v * Normal(3, 7, x+1, y, 0)
			uniform += Uniform(Key(3, 8), x, y)
		}
	}
	for name, c := range map[string]struct{ got, want, sd float64 }{
		"mean": {normal, 0, 1}, "variance": {square, 1, math.Sqrt2}, "neighbours": {next, 0, 1}, "uniform": {uniform, 0.5, math.Sqrt(1. / 12)},
	} {
		if got := c.got / (n * n); math.Abs(got-c.want) > 4*c.sd/n {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Smooth noise takes its lattice values, is continuous, and stays in its range; in space as in the plane.
func TestSmoothNoiseIsContinuousAndBounded(t *testing.T) {
	for _, c := range []struct {
		name string
		at   func(x float64) float64
	}{
		{"plane", func(x float64) float64 { return Smooth(1, 2, x, 0.7*x) }},
		{"space", func(x float64) float64 { return Smooth3(1, 2, x, 0.7*x, 0.3*x) }},
	} {
		lo, hi := 1.0, -1.0
		for k := range 20_000 {
			x := -50 + float64(k)*0.005
			a, b := c.at(x), c.at(x+1e-6)
			if math.Abs(a-b) > 1e-5 || math.Abs(a) > 1 {
				t.Fatalf("%s: %v at %v, %v beside it", c.name, a, x, b)
			}
			lo, hi = min(lo, a), max(hi, a)
		}
		if lo > -0.7 || hi < 0.7 {
			t.Errorf("%s: range %v to %v", c.name, lo, hi)
		}
	}
	if Smooth(1, 2, 3, 4) != 2*Uniform(Key(1, 2), 3, 4)-1 {
		t.Error("a lattice point does not have its own value")
	}
}

func ExampleCloud() {
	fmt.Printf("%.3f %.3f", Cloud(1, 2, 3.5, 4.5, 3), Cloud(1, 2, 3.5, 4.5, 3))
	// Output: -0.283 -0.283
}

func BenchmarkCloud3(b *testing.B) {
	b.Run("octaves=3", func(b *testing.B) {
		b.SetBytes(8)
		for b.Loop() {
			Cloud3(1, 2, 3.5, 4.5, 5.5, 3)
		}
	})
}
