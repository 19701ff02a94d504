package slide

import "testing"

// Packed sums give what counting each pixel by itself gives, at the ends of rows too.
func TestPackedTonesEqualSinglePixels(t *testing.T) {
	for _, n := range []int{1, 2, 7, 64, 1001} {
		rgb := make([]uint8, 3*n)
		for i := range rgb {
			rgb[i] = uint8(i*i%37) + 219 - uint8(i/60%2)*uint8(i%97)
		}
		var p packed
		p.count(rgb)
		want := tones{all: int64(n)}
		for i := 0; i < len(rgb); i += 3 {
			lo, hi := min(rgb[i], rgb[i+1], rgb[i+2]), max(rgb[i], rgb[i+1], rgb[i+2])
			switch {
			case lo == 0 || hi == 255:
				want.clipped++
			case hi-lo <= maxChroma:
				want.n[lo]++
				for c := range 3 {
					want.sum[lo][c] += int64(rgb[i+c])
				}
			}
		}
		if got := p.tones(n); *got != want {
			t.Errorf("%d pixels: other tones than one by one", n)
		}
	}
}

func BenchmarkTones(b *testing.B) {
	m := quarters(512, 512)
	b.Run("px=262144", func(b *testing.B) {
		b.SetBytes(int64(len(m.rgb)))
		var p packed
		for b.Loop() {
			p.count(m.rgb)
		}
	})
}
