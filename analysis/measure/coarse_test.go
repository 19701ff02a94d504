package measure

import (
	"math/rand/v2"
	"testing"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/distance"
	"explant/volume/parallel"
	"explant/volume/passage"
)

// A wall with a hole through it, and grains: the neck in voxels lies between the bounds from blocks.
func TestBlocksBoundTheBottleneck(t *testing.T) {
	for seed := range uint64(4) {
		r := rand.New(rand.NewPCG(seed, 4))
		l := volume.New[uint8](volume.Grid{N: [3]int{61, 58, 47}, Spacing: [3]float64{0.02, 0.02, 0.02}})
		radius := 8 + 12*r.Float64()
		for i := range l.Data {
			p := l.Position(i)
			x, y := float64(p[0])-30.3, float64(p[1])-28.6
			if x*x+y*y > radius*radius || r.Float64() < 1e-4*float64(seed) {
				l.Data[i] = segment.Polymer
			}
		}
		d, err := distance.To(t.Context(), l, walls, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		neck, ok, err := passage.Widest(t.Context(), d, 2)
		if err != nil || !ok {
			t.Fatal(ok, err)
		}
		j := &job{}
		for _, f := range []int{2, 3} {
			lower, upper, err := j.narrowest(t.Context(), l, 2, f)
			if err != nil {
				t.Fatal(err)
			}
			if neck.Radius < lower || neck.Radius > upper || seed == 0 && upper-lower > 3.5*float64(f)*0.02 { // single grains are no block
				t.Errorf("seed %d, blocks of %d: %g is not in [%g, %g]", seed, f, neck.Radius, lower, upper)
			}
		}
	}
}

func TestBlocksAreAsLargeAsTheyMustBe(t *testing.T) {
	for n, want := range map[[3]int]int{{512, 512, 512}: 2, {1024, 1024, 1024}: 4, {2048, 2048, 1024}: 7, {100, 100, 1}: 2} {
		if got := blockOf(n, coarseCells); got != want {
			t.Errorf("%v: blocks of %d, want %d", n, got, want)
		}
	}
}
