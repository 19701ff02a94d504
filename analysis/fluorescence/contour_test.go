package fluorescence

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// grains are light and the brightest of it near, of n pixels.
func grains(n int) peaks {
	r := rand.New(rand.NewPCG(4, 2))
	p := peaks{smooth: make([]float32, n), top: make([]float32, n), noise: 1}
	for i := range p.smooth {
		p.smooth[i] = float32(10 * r.NormFloat64())
		p.top[i] = p.smooth[i] + float32(10*r.Float64())
	}
	return p
}

// Masks of variants are the same when they are looked for in the loosest one.
func TestVariantsLieInTheLoosestMask(t *testing.T) {
	p := grains(10000)
	in := make([]bool, len(p.smooth))
	for i := range in {
		in[i] = i%7 > 0
	}
	near := p.within(p.mask(8, 0.3, in))
	for _, v := range []variant{{8, 0.3}, {12, 0.3}, {10, 0.5}, {9, 0.9}} {
		if got, want := near.mask(v.threshold, v.share, in), p.mask(v.threshold, v.share, in); !slices.Equal(got, want) || count(got) == 0 {
			t.Errorf("threshold %v, share %v: %d pixels, want %d", v.threshold, v.share, count(got), count(want))
		}
	}
}

func BenchmarkMask_n4194304_within(b *testing.B) {
	p := grains(1 << 22)
	p = p.within(p.mask(10, 0.3, nil))
	b.SetBytes(int64(4 * len(p.smooth)))
	for b.Loop() {
		p.mask(12, 0.3, nil)
	}
}
