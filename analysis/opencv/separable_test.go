package opencv

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestSeparableIsTheSumOfItsWeights(t *testing.T) {
	const w, h = 19, 13
	r := rand.New(rand.NewPCG(1, 2))
	p := Plane{W: w, H: h, Pix: make([]float32, w*h)}
	for i := range p.Pix {
		p.Pix[i] = r.Float32()
	}
	kernel := []float32{-0.2, 0.3, 0.8, 0.3, -0.2}
	got, err := Separable(p, kernel)
	if err != nil {
		t.Fatal(err)
	}
	for i := range got {
		want := 0.0
		for dy, b := range kernel {
			for dx, a := range kernel {
				x, y := min(max(i%w+dx-2, 0), w-1), min(max(i/w+dy-2, 0), h-1)
				want += float64(a) * float64(b) * float64(p.Pix[y*w+x])
			}
		}
		if math.Abs(float64(got[i])-want) > 1e-5 {
			t.Fatalf("pixel %d is %v, want %v", i, got[i], want)
		}
	}
	if _, err := Separable(p, kernel[:4]); err == nil {
		t.Error("an even number of weights was taken")
	}
}

func TestDiscsReachExactly(t *testing.T) {
	const w, h = 40, 31
	r := rand.New(rand.NewPCG(3, 4))
	m := Mask{W: w, H: h, Channels: 1, Pix: make([]uint8, w*h)}
	for i := range m.Pix {
		if r.IntN(40) == 0 {
			m.Pix[i] = 1
		}
	}
	for _, radius := range []float64{0, 1, 1.5, 2.3, 5} {
		grown, err := Grow(m, radius)
		if err != nil {
			t.Fatal(err)
		}
		shrunk, err := Shrink(grown, radius)
		if err != nil {
			t.Fatal(err)
		}
		for i := range m.Pix {
			near, inside := uint8(0), uint8(1)
			for j := range m.Pix {
				if math.Hypot(float64(i%w-j%w), float64(i/w-j/w)) <= radius {
					near |= m.Pix[j]
					inside &= grown.Pix[j]
				}
			}
			if grown.Pix[i] != near || shrunk.Pix[i] != inside {
				t.Fatalf("radius %v, pixel %d: grown %d, shrunk %d, want %d and %d", radius, i, grown.Pix[i], shrunk.Pix[i], near, inside)
			}
		}
	}
}

func BenchmarkGrow(b *testing.B) {
	m := Mask{W: 1024, H: 1024, Channels: 1, Pix: make([]uint8, 1<<20)}
	for i := 0; i < len(m.Pix); i += 97 {
		m.Pix[i] = 1
	}
	b.Run("radius=3/n=1024x1024", func(b *testing.B) {
		b.SetBytes(1 << 20)
		for b.Loop() {
			if _, err := Grow(m, 3); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSeparable(b *testing.B) {
	p := Plane{W: 1024, H: 1024, Pix: make([]float32, 1<<20)}
	kernel := make([]float32, 17)
	b.Run("weights=17/n=1024x1024", func(b *testing.B) {
		b.SetBytes(4 << 20)
		for b.Loop() {
			if _, err := Separable(p, kernel); err != nil {
				b.Fatal(err)
			}
		}
	})
}
