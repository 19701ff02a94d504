package opencv

import (
	"math"
	"math/rand/v2"
	"testing"
)

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
