package slide

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/volume/parallel"
)

// Marked cells in pieces large enough take in what is within reach of any of them, and leave what is excluded already.
func TestSpreadReachesFromEveryCell(t *testing.T) {
	const w, h, um = 61, 47, 2.0
	r := rand.New(rand.NewPCG(3, 4))
	for _, reach := range []float64{0, 2, 5, 9} {
		e := &exclusions{w: w, h: h, mask: make([]uint8, w*h)}
		cells := make([]uint8, w*h)
		for range 12 { // bars, some at the border, and single cells that are too small
			x, y, n := r.IntN(w), r.IntN(h), r.IntN(9)
			for k := range n + 1 {
				cells[y*w+min(x+k, w-1)] = 1
			}
		}
		e.mask[5*w+5] = 9
		large := slices.Clone(cells)
		for i := range large { // a cell without neighbours is a piece of its own, and too small
			x, y := i%w, i/w
			alone := true
			for dy := -1; dy <= 1; dy++ {
				for dx := -1; dx <= 1; dx++ {
					if u, v := x+dx, y+dy; (dx != 0 || dy != 0) && u >= 0 && v >= 0 && u < w && v < h && cells[v*w+u] == 1 {
						alone = false
					}
				}
			}
			if alone {
				large[i] = 0
			}
		}
		if err := e.spread(t.Context(), blotting{true, cells, 2 * um * um, reach, 7}, um, parallel.Options{}); err != nil {
			t.Fatal(err)
		}
		for i, got := range e.mask {
			near := math.Inf(1)
			for k, v := range large {
				if v == 1 {
					near = min(near, um*max(math.Hypot(float64(k%w-i%w), float64(k/w-i/w))-0.5, 0)) // to the side of the cell
				}
			}
			want := uint8(0)
			switch {
			case i == 5*w+5:
				want = 9
			case near <= reach:
				want = 7
			}
			if got != want {
				t.Fatalf("reach %v: cell (%d, %d) is %d, want %d", reach, i%w, i/w, got, want)
			}
		}
	}
}
