package filter

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// Vector instructions and plain Go give the same bytes, also beside the ends of rows of any length.
func TestLanesEqualPlainGo(t *testing.T) {
	if known == nil {
		t.Skip("no vector network for this processor")
	}
	lanesEqual[uint8](t)
	lanesEqual[int8](t)
	lanesEqual[uint16](t)
	lanesEqual[int16](t)
	lanesEqual[uint32](t)
	lanesEqual[float32](t)
}

func lanesEqual[T volume.Voxel](t *testing.T) {
	t.Run(fmt.Sprintf("%T", T(0)), func(t *testing.T) {
		r := rand.New(rand.NewPCG(5, 6))
		for _, n := range [][3]int{{8, 3, 2}, {31, 4, 4}, {32, 1, 1}, {33, 5, 3}, {63, 2, 5}, {64, 3, 3}, {100, 6, 1}, {129, 4, 3}} {
			v := volume.New[T](volume.Grid{N: n})
			for i := range v.Data {
				v.Data[i] = T(math.Ldexp(r.Float64()-0.3, 1+r.IntN(16)))
			}
			want := volume.New[T](v.Grid)
			for z := range n[2] {
				portable(want.Slice(z), v, z)
			}
			got, err := Median3(t.Context(), v, parallel.Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want.Data {
				if got.Data[i] != want.Data[i] {
					t.Fatalf("%v, voxel %d: %v, want %v", n, i, got.Data[i], want.Data[i])
				}
			}
		}
	})
}

func BenchmarkMedian3Portable(b *testing.B) {
	v := volume.New[uint16](volume.Grid{N: [3]int{256, 256, 16}})
	for i := range v.Data {
		v.Data[i] = uint16(i * 40503 >> 3)
	}
	out := volume.New[uint16](v.Grid)
	b.Run("uint16", func(b *testing.B) {
		b.SetBytes(int64(2 * v.Len()))
		for b.Loop() {
			for z := range v.N[2] {
				portable(out.Slice(z), v, z)
			}
		}
	})
}
