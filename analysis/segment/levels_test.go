package segment

import (
	"math/rand/v2"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// blocks is labels of two classes in blocks with single voxels of others, and greys.
func blocks(n [3]int) (*volume.Volume[uint16], *volume.Labels) {
	v, l := volume.New[uint16](volume.Grid{N: n}), volume.New[uint8](volume.Grid{N: n})
	r := rand.New(rand.NewPCG(7, 7))
	for i := range l.Data {
		x, y, z := i%n[0], i/n[0]%n[1], i/n[0]/n[1]
		l.Data[i] = uint8(x/9+y/5+z/6) % 2 * Deposit
		if r.Float64() < 0.004 {
			l.Data[i] = Polymer
		}
		v.Data[i] = uint16(r.IntN(1000)) + 300*uint16(l.Data[i])
	}
	return v, l
}

// inside is the definition of the core of a class.
func inside(l *volume.Labels, b Box, x, y, z int) bool {
	deep := min(1, b.Max[2]-b.Min[2]-1)
	for k := z - deep; k <= z+deep; k++ {
		for j := y - 1; j <= y+1; j++ {
			for i := x - 1; i <= x+1; i++ {
				in := i >= b.Min[0] && i < b.Max[0] && j >= b.Min[1] && j < b.Max[1] && k >= b.Min[2] && k < b.Max[2]
				if !in || l.At(i, j, k) != l.At(x, y, z) {
					return false
				}
			}
		}
	}
	return true
}

func TestLevelsAreTheMeansOfCores(t *testing.T) {
	for _, c := range []struct {
		n [3]int
		b Box
	}{
		{[3]int{47, 20, 21}, Box{Max: [3]int{47, 20, 21}}},
		{[3]int{47, 20, 21}, Box{Min: [3]int{3, 2, 4}, Max: [3]int{40, 17, 20}}},
		{[3]int{61, 40, 1}, Box{Max: [3]int{61, 40, 1}}},
		{[3]int{1, 30, 30}, Box{Max: [3]int{1, 30, 30}}},
	} {
		v, l := blocks(c.n)
		var core, all tally
		for z := c.b.Min[2]; z < c.b.Max[2]; z++ {
			for y := c.b.Min[1]; y < c.b.Max[1]; y++ {
				for x := c.b.Min[0]; x < c.b.Max[0]; x++ {
					class := l.At(x, y, z)
					all.n[class]++
					all.sum[class] += float64(v.At(x, y, z))
					if inside(l, c.b, x, y, z) {
						core.n[class]++
						core.sum[class] += float64(v.At(x, y, z))
					}
				}
			}
		}
		var gotCore, gotAll tally
		for z := c.b.Min[2]; z < c.b.Max[2]; z++ {
			tallySlice(&gotCore, &gotAll, v, l, c.b, z, 0)
		}
		if gotCore != core || gotAll != all {
			t.Errorf("%v in %v:\n%v\n%v, want\n%v\n%v", c.b, c.n, gotCore, gotAll, core, all)
		}
	}
}

func BenchmarkLevels(b *testing.B) {
	v, l := blocks([3]int{160, 160, 160})
	h, err := threshold.Of(b.Context(), v, parallel.Options{}, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("n=160", func(b *testing.B) {
		b.SetBytes(int64(l.Len()))
		for b.Loop() {
			if _, err := levels(b.Context(), v, l, Box{Max: l.N}, h, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
