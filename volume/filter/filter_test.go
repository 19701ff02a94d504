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

// random fills a volume with values that f makes from 64 random bits.
func random[T volume.Voxel](n [3]int, seed uint64, f func(uint64) T) *volume.Volume[T] {
	r := rand.New(rand.NewPCG(seed, 1))
	v := volume.New[T](volume.Grid{N: n})
	for i := range v.Data {
		v.Data[i] = f(r.Uint64())
	}
	return v
}

// bruteMedian sorts the 27 neighbours of every voxel.
func bruteMedian[T volume.Voxel](v *volume.Volume[T]) []T {
	out := make([]T, 0, v.Len())
	for z := range v.N[2] {
		for y := range v.N[1] {
			for x := range v.N[0] {
				out = append(out, medianAt(v, x, y, z))
			}
		}
	}
	return out
}

func medianAt[T volume.Voxel](v *volume.Volume[T], x, y, z int) T {
	var around []T
	for k := z - 1; k <= z+1; k++ {
		for j := y - 1; j <= y+1; j++ {
			for i := x - 1; i <= x+1; i++ {
				around = append(around, v.At(clamp(i, v.N[0]), clamp(j, v.N[1]), clamp(k, v.N[2])))
			}
		}
	}
	slices.Sort(around)
	return around[13]
}

func clamp(i, n int) int { return min(max(i, 0), n-1) }

func checkMedian[T volume.Voxel](t *testing.T, f func(uint64) T) {
	t.Helper()
	for seed, n := range [][3]int{{7, 6, 5}, {1, 1, 1}, {1, 5, 9}, {13, 1, 2}, {2, 2, 2}, {17, 16, 19}} {
		v := random(n, uint64(seed), f)
		got, err := Median3(t.Context(), v, parallel.Options{Workers: 2, Depth: 3}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if want := bruteMedian(v); !slices.Equal(got.Data, want) {
			t.Errorf("%T of size %v, seed %d: differs from sorting 27 values", f(0), n, seed)
		}
	}
}

func TestMedianEqualsSortingForEveryType(t *testing.T) {
	checkMedian(t, func(b uint64) uint8 { return uint8(b) })
	checkMedian(t, func(b uint64) uint8 { return uint8(b & 1) })
	checkMedian(t, func(b uint64) int8 { return int8(b) })
	checkMedian(t, func(b uint64) uint16 { return uint16(b) })
	checkMedian(t, func(b uint64) int16 { return int16(b) })
	checkMedian(t, func(b uint64) uint32 { return uint32(b) })
	checkMedian(t, func(b uint64) int32 { return int32(b) })
	checkMedian(t, func(b uint64) float32 { return float32(int32(b)) / 1000 })
	checkMedian(t, func(b uint64) float64 { return float64(int64(b)) * 1e-30 })
}

func TestSameBytesWithAnyNumberOfWorkers(t *testing.T) {
	v := random([3]int{20, 21, 37}, 3, func(b uint64) uint16 { return uint16(b) })
	sigma := [3]float64{1.5, 0.7, 2}
	m1, _ := Median3(t.Context(), v, parallel.Options{Workers: 1}, nil)
	g1, _ := Gaussian(t.Context(), v, sigma, parallel.Options{Workers: 1}, nil)
	for _, o := range []parallel.Options{{Workers: 2}, {Workers: 8, Depth: 1}} {
		m, err := Median3(t.Context(), v, o, nil)
		if err != nil || !slices.Equal(m.Data, m1.Data) {
			t.Errorf("median with %+v differs from one worker (%v)", o, err)
		}
		g, err := Gaussian(t.Context(), v, sigma, o, nil)
		if err != nil || !slices.Equal(g.Data, g1.Data) {
			t.Errorf("Gaussian with %+v differs from one worker (%v)", o, err)
		}
	}
}

func TestGaussianOfAnImpulseIsTheProductOfItsKernels(t *testing.T) {
	n := [3]int{31, 29, 33}
	sigma := [3]float64{1, 0.8, 2.3}
	v := volume.New[uint8](volume.Grid{N: n})
	c := [3]int{15, 14, 16}
	v.Data[v.Offset(c[0], c[1], c[2])] = 200
	g, err := Gaussian(t.Context(), v, sigma, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	weight := func(a, i int) float64 {
		d := max(i-c[a], c[a]-i)
		if k := gaussKernel(sigma[a]); d < len(k) {
			return k[d]
		}
		return 0
	}
	for z := range n[2] {
		for y := range n[1] {
			for x := range n[0] {
				want := 200 * weight(0, x) * weight(1, y) * weight(2, z)
				if got := float64(g.At(x, y, z)); math.Abs(got-want) > 1e-5 {
					t.Fatalf("voxel %d %d %d: %g, want %g", x, y, z, got, want)
				}
			}
		}
	}
}

func TestGaussianKeepsConstantsRampsAndVariance(t *testing.T) {
	v := volume.New[float32](volume.Grid{N: [3]int{40, 8, 8}})
	for i := range v.Data {
		v.Data[i] = float32(i % 40)
	}
	g, err := Gaussian(t.Context(), v, [3]float64{2, 3, 3}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for x := 8; x < 32; x++ { // a ramp is kept where the kernel does not reach a face
		if math.Abs(float64(g.At(x, 4, 4))-float64(x)) > 1e-5 {
			t.Errorf("ramp at %d became %g", x, g.At(x, 4, 4))
		}
	}
	sum := 0.0
	for d, k := range gaussKernel(2) {
		sum += 2 * k * float64(d*d)
	}
	if math.Abs(sum-4) > 0.01 { // cutting at 4 sigma costs 0.1 % of the variance
		t.Errorf("variance %g of a kernel with sigma 2", sum)
	}
}

func TestErrorsAndCancellation(t *testing.T) {
	v := random([3]int{4, 4, 4}, 1, func(b uint64) uint8 { return uint8(b) })
	for _, s := range []float64{-1, math.NaN(), math.Inf(1)} {
		if _, err := Gaussian(t.Context(), v, [3]float64{1, s, 1}, parallel.Options{}, nil); err == nil {
			t.Errorf("sigma %g was accepted", s)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Median3(ctx, v, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled median gave %v", err)
	}
	if _, err := Median3(t.Context(), &volume.Volume[uint8]{}, parallel.Options{}, nil); err == nil {
		t.Error("a volume without voxels was accepted")
	}
}

func ExampleMedian3() {
	v := volume.New[uint8](volume.Grid{N: [3]int{3, 3, 3}})
	v.Data[v.Offset(1, 1, 1)] = 255 // one bright voxel is noise to a median
	m, _ := Median3(context.Background(), v, parallel.Options{}, nil)
	fmt.Println(m.At(1, 1, 1))
	// Output: 0
}

func BenchmarkMedian3(b *testing.B) {
	v := random([3]int{256, 256, 64}, 1, func(b uint64) uint16 { return uint16(b) })
	for _, w := range []int{1, 2} {
		b.Run(fmt.Sprintf("type=uint16/n=256x256x64/workers=%d", w), func(b *testing.B) {
			b.SetBytes(int64(2 * v.Len()))
			for b.Loop() {
				if _, err := Median3(b.Context(), v, parallel.Options{Workers: w}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkGaussian(b *testing.B) {
	v := random([3]int{256, 256, 64}, 1, func(b uint64) uint16 { return uint16(b) })
	b.Run("sigma=1/n=256x256x64", func(b *testing.B) {
		b.SetBytes(int64(2 * v.Len()))
		for b.Loop() {
			if _, err := Gaussian(b.Context(), v, [3]float64{1, 1, 1}, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
