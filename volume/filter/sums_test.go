package filter

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// Vector instructions and plain Go give the same bits, for rows of any length and any number of taps.
func TestSumsEqualPlainGo(t *testing.T) {
	sumsEqual[uint8](t)
	sumsEqual[int16](t)
	sumsEqual[uint16](t)
	sumsEqual[float32](t)
	sumsEqual[float64](t)
}

func sumsEqual[T sample](t *testing.T) {
	t.Run(fmt.Sprintf("%T", T(0)), func(t *testing.T) {
		r := rand.New(rand.NewPCG(7, 8))
		for _, n := range []int{1, 7, 8, 9, 16, 31, 64, 100} {
			for _, taps := range []int{1, 2, 3, 13} {
				rows, weights := make([][]T, taps), make([]float64, taps)
				for i := range rows {
					rows[i], weights[i] = make([]T, n), r.Float64()
					for x := range rows[i] {
						rows[i][x] = T(math.Ldexp(r.Float64(), 1+r.IntN(15)))
					}
				}
				got, want := make([]float64, n), make([]float64, n)
				got[0] = 5 // what was there does not count
				sums(got, rows, weights)
				for i, row := range rows {
					addScaled(want, row, weights[i])
				}
				for x := range want {
					if got[x] != want[x] {
						t.Fatalf("%d voxels, %d taps: %v at %d, want %v", n, taps, got[x], x, want[x])
					}
				}
			}
		}
	})
}

func TestFoldEqualsTheSumOfItsTaps(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for _, n := range []int{1, 7, 8, 9, 40, 101} {
		for _, reach := range []int{0, 1, 2, 6} {
			row, weights := make([]float64, n+2*reach), make([]float64, reach+1)
			for i := range row {
				row[i] = 1000 * r.Float64()
			}
			for i := range weights {
				weights[i] = r.Float64()
			}
			got := make([]float32, n)
			fold(got, row, weights)
			for x := range got {
				sum := weights[0] * row[x+reach]
				for d := 1; d <= reach; d++ {
					sum += weights[d] * (row[x+reach-d] + row[x+reach+d])
				}
				if got[x] != float32(sum) {
					t.Fatalf("%d voxels, reach %d: %v at %d, want %v", n, reach, got[x], x, float32(sum))
				}
			}
		}
	}
}
