package resample

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"explant/volume"
)

// TestLabelsAreThoseAtTheCentres compares labels on finer, coarser and the same voxels with the nearest centre in mm.
func TestLabelsAreThoseAtTheCentres(t *testing.T) {
	g := volume.Grid{N: [3]int{13, 9, 7}, Spacing: [3]float64{0.02, 0.03, 0.05}}
	for _, edge := range []float64{0.011, 0.02, 0.047} {
		cubes, err := Grid(g, [3]float64{edge, edge, edge})
		if err != nil {
			t.Fatal(err)
		}
		l := volume.New[uint8](cubes)
		rng := rand.New(rand.NewPCG(1, 9))
		for i := range l.Data {
			l.Data[i] = uint8(rng.IntN(256))
		}
		got := Labels(l, g)
		for i, c := range got.Data {
			var at [3]int
			for a, p := range got.Position(i) {
				best := math.Inf(1)
				for k := range cubes.N[a] {
					d := math.Abs((float64(k)+0.5)*edge - (float64(p)+0.5)*g.Spacing[a])
					if d < best-1e-12 {
						best, at[a] = d, k
					}
				}
				if math.Abs(best-edge/2) < 1e-9 {
					at[a] = min(int((float64(p)+0.5)*g.Spacing[a]/edge), cubes.N[a]-1) // in the middle of two
				}
			}
			if want := l.At(at[0], at[1], at[2]); c != want {
				t.Fatalf("edge %g, voxel %v: %d, want %d", edge, got.Position(i), c, want)
			}
		}
	}
}

// BenchmarkLabels puts cubes of 10 µm back on voxels of 10 x 10 x 20 µm.
func BenchmarkLabels(b *testing.B) {
	const n = 128
	g := volume.Grid{N: [3]int{n, n, n / 2}, Spacing: [3]float64{0.01, 0.01, 0.02}}
	l := volume.New[uint8](volume.Grid{N: [3]int{n, n, n}, Spacing: [3]float64{0.01, 0.01, 0.01}})
	b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
		b.SetBytes(int64(g.Len()))
		for b.Loop() {
			Labels(l, g)
		}
	})
}
