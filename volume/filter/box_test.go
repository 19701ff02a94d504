package filter

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// bruteBox sorts the voxels of every box, NaN above +Inf.
func bruteBox[T volume.Voxel](v *volume.Volume[T], radius [3]int) []T {
	out := make([]T, v.Len())
	for i := range out {
		p := v.Position(i)
		var around []T
		for z := p[2] - radius[2]; z <= p[2]+radius[2]; z++ {
			for y := p[1] - radius[1]; y <= p[1]+radius[1]; y++ {
				for x := p[0] - radius[0]; x <= p[0]+radius[0]; x++ {
					around = append(around, v.At(clamp(x, v.N[0]), clamp(y, v.N[1]), clamp(z, v.N[2])))
				}
			}
		}
		slices.Sort(around)
		out[i] = around[len(around)/2]
	}
	return out
}

func checkBox[T volume.Voxel](t *testing.T, f func(uint64) T) {
	t.Helper()
	for seed, c := range []struct{ n, radius [3]int }{
		{[3]int{7, 6, 5}, [3]int{2, 2, 2}}, {[3]int{1, 1, 1}, [3]int{3, 3, 3}}, {[3]int{40, 35, 17}, [3]int{1, 2, 1}},
		{[3]int{9, 8, 7}, [3]int{0, 3, 1}}, {[3]int{34, 3, 9}, [3]int{2, 0, 0}}, {[3]int{5, 4, 3}, [3]int{0, 0, 0}},
	} {
		v := random(c.n, uint64(seed), f)
		got, err := Median(t.Context(), v, c.radius, parallel.Options{Workers: 1 + seed%3}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if want := bruteBox(v, c.radius); !slices.Equal(got.Data, want) {
			t.Errorf("%T of size %v, radius %v, seed %d: differs from sorting", f(0), c.n, c.radius, seed)
		}
	}
}

func TestBoxMedianEqualsSortingForEveryType(t *testing.T) {
	checkBox(t, func(b uint64) uint8 { return uint8(b) })
	checkBox(t, func(b uint64) uint8 { return uint8(b & 1) })
	checkBox(t, func(b uint64) int8 { return int8(b) })
	checkBox(t, func(b uint64) uint16 { return uint16(b) })
	checkBox(t, func(b uint64) int16 { return int16(b) })
	checkBox(t, func(b uint64) uint32 { return uint32(b) })
	checkBox(t, func(b uint64) int32 { return int32(b) })
	checkBox(t, func(b uint64) float32 { return float32(int32(b)) / 7 })
	checkBox(t, func(b uint64) float64 { return float64(int64(b)) / 7 })
}

// TestLargeBox: the largest radius, whose tiles are the smallest.
func TestLargeBox(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	v := volume.New[uint16](volume.Grid{N: [3]int{20, 19, 9}})
	for i := range v.Data {
		v.Data[i] = uint16(r.Uint32())
	}
	got, err := Median(t.Context(), v, [3]int{15, 15, 15}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := bruteBox(v, [3]int{15, 15, 15}); !slices.Equal(got.Data, want) {
		t.Error("differs from sorting")
	}
}

func TestBoxOfOneIsMedian3(t *testing.T) {
	v := random([3]int{20, 19, 18}, 2, func(b uint64) uint16 { return uint16(b) })
	a, errA := Median(t.Context(), v, [3]int{1, 1, 1}, parallel.Options{}, nil)
	b, errB := Median3(t.Context(), v, parallel.Options{}, nil)
	if errA != nil || errB != nil || !slices.Equal(a.Data, b.Data) {
		t.Errorf("differ: %v, %v", errA, errB)
	}
}

func TestBoxMedianRefusesAndStops(t *testing.T) {
	v := random([3]int{8, 8, 8}, 2, func(b uint64) float32 { return float32(math.NaN()) })
	if _, err := Median(t.Context(), v, [3]int{2, 2, 2}, parallel.Options{}, nil); err != nil {
		t.Errorf("NaN alone: %v", err)
	}
	for _, r := range [][3]int{{-1, 1, 1}, {1, 16, 1}} {
		if _, err := Median(t.Context(), v, r, parallel.Options{}, nil); err == nil {
			t.Errorf("radius %v was taken", r)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Median(ctx, v, [3]int{2, 2, 2}, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func ExampleMedian() {
	v := volume.New[uint8](volume.Grid{N: [3]int{5, 1, 1}})
	copy(v.Data, []uint8{10, 10, 90, 10, 10})
	m, _ := Median(context.Background(), v, [3]int{2, 2, 2}, parallel.Options{}, nil)
	fmt.Println(m.Data)
	// Output: [10 10 10 10 10]
}

func benchmarkBox[T volume.Voxel](b *testing.B, name string, bytes int64, f func(uint64) T) {
	v := random([3]int{128, 128, 128}, 1, f)
	for _, r := range []int{2, 3} {
		b.Run(fmt.Sprintf("type=%s/r=%d/n=128", name, r), func(b *testing.B) {
			b.SetBytes(bytes * int64(v.Len()))
			for b.Loop() {
				if _, err := Median(b.Context(), v, [3]int{r, r, r}, parallel.Options{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMedian(b *testing.B) {
	benchmarkBox(b, "uint8", 1, func(b uint64) uint8 { return uint8(b) })
	benchmarkBox(b, "uint16", 2, func(b uint64) uint16 { return uint16(b) })
	benchmarkBox(b, "float32", 4, func(b uint64) float32 { return float32(b >> 40) })
}
