package slide

import (
	"fmt"
	"image"
	"math"
	"testing"

	"explant/analysis/stain"
)

// Cells hold the density of the mean light of their pixels, whatever the tiles; of wide cells that of every second
// row and column.
func TestThumbIsTheMeanLight(t *testing.T) {
	m := quarters(50, 47)
	for i := range m.rgb {
		m.rgb[i] = uint8(i * i % 251)
	}
	i0 := [3]float64{244, 242, 246}
	for _, c := range []struct{ side, step, tile int }{{1, 1, 16}, {4, 1, 10}, {16, 1, 50}, {20, 2, 33}, {47, 3, 7}, {60, 4, 16}} {
		small := &thumb{side: c.side, step: c.step, w: (m.w + c.side - 1) / c.side, h: (m.h + c.side - 1) / c.side, slide: image.Rect(0, 0, m.w, m.h)}
		small.sums = make([]uint16, 3*small.w*small.h)
		tiles := tiling{m, m.w, m.h, c.tile}
		for i := range tiles.count() {
			r := tiles.rect(i)
			px := make([]uint8, 3*r.Dx()*r.Dy())
			if err := m.ReadRGB(t.Context(), r, px); err != nil {
				t.Fatal(err)
			}
			small.merge(r, small.part(r, px))
		}
		for i, got := range small.densities(i0).all {
			var sum, n [3]float64
			cell := image.Rect(i%small.w*c.side, i/small.w*c.side, (i%small.w+1)*c.side, (i/small.w+1)*c.side).Intersect(small.slide)
			for y := cell.Min.Y; y < cell.Max.Y; y += c.step {
				for x := cell.Min.X; x < cell.Max.X; x += c.step {
					for ch := range sum {
						sum[ch] += float64(m.rgb[3*(y*m.w+x)+ch])
						n[ch]++
					}
				}
			}
			for ch := range sum {
				if want := float32(stain.Density(sum[ch]/n[ch], i0[ch])); math.Abs(float64(got[ch]-want)) > 0 {
					t.Fatalf("side %d, cell %d: %v in channel %d, want %v", c.side, i, got[ch], ch, want)
				}
			}
		}
	}
}

// What a search leaves out early is what it would not have taken.
func TestOutlineStopsOnlyBelowTheLeast(t *testing.T) {
	f := ringed(200, 200, circle{90, 100, 40}, circle{150, 60, 30})
	seen := func(x, y, _, _ float64) bool { return f.at(x, y) > 0 }
	for _, least := range []float64{0.2, 0.5, 0.75, 1} {
		for r := 20.0; r < 50; r += 0.5 {
			all, got := f.outline(circle{90, 101, r}, 0, seen), f.outline(circle{90, 101, r}, least, seen)
			if got != all && (got != 0 || all >= least) {
				t.Errorf("least %v, radius %v: %v, whole %v", least, r, got, all)
			}
		}
	}
}

func BenchmarkThumb(b *testing.B) {
	m := quarters(512, 512)
	for _, side := range []int{2, 5, 20} {
		small := &thumb{side: side, step: (side + mostSummed - 1) / mostSummed, w: 512/side + 1, h: 512/side + 1, slide: image.Rect(0, 0, 512, 512)}
		b.Run(fmt.Sprintf("side=%d/px=262144", side), func(b *testing.B) {
			b.SetBytes(int64(len(m.rgb)))
			for b.Loop() {
				small.part(small.slide, m.rgb)
			}
		})
	}
}
