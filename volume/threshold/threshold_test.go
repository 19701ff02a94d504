package threshold

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

func volumeOf[T volume.Voxel](data ...T) *volume.Volume[T] {
	return &volume.Volume[T]{Grid: volume.Grid{N: [3]int{len(data), 1, 1}}, Data: data}
}

func of[T volume.Voxel](t *testing.T, data ...T) Histogram {
	t.Helper()
	h, err := Of(t.Context(), volumeOf(data...), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestHistogramOfIntegersHasOneBinAValue(t *testing.T) {
	h := of(t, int16(-3), -3, 0, 2)
	if h.Lo != -3 || !slices.Equal(h.Counts, []int64{2, 0, 0, 1, 0, 1}) || h.Center(5) != 2 {
		t.Errorf("%+v", h)
	}
	if h := of(t, int8(-128), 127); len(h.Counts) != 256 {
		t.Errorf("%d bins for int8", len(h.Counts))
	}
	if h := of(t, uint16(0), 65535); len(h.Counts) != 65536 {
		t.Errorf("%d bins for uint16", len(h.Counts))
	}
}

func TestHistogramOfWideTypesHas256BinsAndLeavesOutNaN(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	h := of(t, nan, -1, 0, 1, inf)
	if len(h.Counts) != 256 || h.Total() != 3 || h.Counts[0] != 1 || h.Counts[128] != 1 || h.Counts[255] != 1 {
		t.Errorf("%+v", h)
	}
	if h := of(t, uint32(5), 1<<31); len(h.Counts) != 256 || h.Total() != 2 {
		t.Errorf("%d bins, %d values for uint32", len(h.Counts), h.Total())
	}
	if _, err := Of(t.Context(), volumeOf(nan, inf), parallel.Options{}, nil); !errors.Is(err, ErrEmpty) {
		t.Errorf("NaN alone gave %v", err)
	}
}

// within is the sum of squares about the class means that the thresholds leave.
func within(data []uint16, thresholds ...float64) float64 {
	classes := make([][]float64, len(thresholds)+1)
	for _, g := range data {
		k := 0
		for k < len(thresholds) && float64(g) > thresholds[k] {
			k++
		}
		classes[k] = append(classes[k], float64(g))
	}
	sum := 0.0
	for _, c := range classes {
		mean := 0.0
		for _, g := range c {
			mean += g / float64(len(c))
		}
		for _, g := range c {
			sum += (g - mean) * (g - mean)
		}
	}
	return sum
}

func greys(seed uint64, n, top int) []uint16 {
	r := rand.New(rand.NewPCG(seed, 2))
	data := make([]uint16, n)
	for i := range data {
		data[i] = uint16(r.IntN(top) + (i%3)*top)
	}
	return data
}

func TestOtsuLeavesTheLeastVarianceWithin(t *testing.T) {
	for seed := range uint64(20) {
		data := greys(seed, 60, 20)
		got, err := Otsu(of(t, data...))
		if err != nil {
			t.Fatal(err)
		}
		best := within(data, got)
		for g := range 60 {
			if w := within(data, float64(g)); w < best-1e-9 {
				t.Errorf("seed %d: Otsu %g leaves %g, %d leaves %g", seed, got, best, g, w)
			}
		}
	}
}

func TestMultiOtsuLeavesTheLeastVarianceWithin(t *testing.T) {
	for seed := range uint64(10) {
		data := greys(seed, 90, 12)
		got, err := MultiOtsu(of(t, data...))
		if err != nil {
			t.Fatal(err)
		}
		best := within(data, got[0], got[1])
		for a := range 36 {
			for b := a + 1; b < 36; b++ {
				if w := within(data, float64(a), float64(b)); w < best-1e-9 {
					t.Fatalf("seed %d: %v leaves %g, %d %d leaves %g", seed, got, best, a, b, w)
				}
			}
		}
	}
}

func TestMultiOtsuOfManyBinsIsRefined(t *testing.T) {
	var data []uint16
	r := rand.New(rand.NewPCG(5, 5))
	for i := range 30000 {
		data = append(data, uint16(10000+20000*(i%3)+int(3000*r.NormFloat64())))
	}
	data = append(data, 0, 65535)
	h := of(t, data...)
	got, err := MultiOtsu(h)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.Reduced(maxBins).Counts) != 1024 || h.Reduced(maxBins).Total() != h.Total() {
		t.Error("merging lost counts or made too many bins")
	}
	c := cumulate(h) // no pair a few greys away may be better
	for d := -3; d <= 3; d++ {
		for e := -3; e <= 3; e++ {
			i, j := int(got[0])+1, int(got[1])+1
			if pairScore(c, i+d, j+e) > pairScore(c, i, j)+1e-3 {
				t.Errorf("moving the thresholds by %d and %d is better", d, e)
			}
		}
	}
	for i, want := range []float64{20000, 40000} {
		if math.Abs(got[i]-want) > 500 {
			t.Errorf("threshold %d is %g, want about %g", i, got[i], want)
		}
	}
}

func TestSettleStaysAtTheOptimumAndFindsItFromNearby(t *testing.T) {
	var data []uint16
	r := rand.New(rand.NewPCG(7, 5))
	for i := range 30000 {
		data = append(data, uint16(15000+12000*(i%3)+int(3000*r.NormFloat64())))
	}
	h := of(t, data...)
	best, err := MultiOtsu(h)
	if err != nil {
		t.Fatal(err)
	}
	for _, from := range [][2]float64{best, {best[0] - 3000, best[1] + 2000}} {
		got := Settle(h, from)
		if math.Abs(got[0]-best[0]) > 40 || math.Abs(got[1]-best[1]) > 40 { // few values lie between the classes
			t.Errorf("from %v to %v, want %v", from, got, best)
		}
	}
	if got := Settle(h, [2]float64{1, 2}); got[0] > got[1] { // nothing there to settle to: no panic
		t.Errorf("%v", got)
	}
}

func pairScore(c cumulative, i, j int) float64 {
	return c.score(0, i) + c.score(i, j) + c.score(j, len(c.n)-1)
}

func TestFewGreys(t *testing.T) {
	if o, err := Otsu(of(t, uint8(7), 7, 7)); err != nil || o != 7 {
		t.Errorf("one grey: %g, %v", o, err)
	}
	if o, err := Otsu(of(t, float32(0.5), 0.5)); err != nil || o != 0.5 {
		t.Errorf("one float: %g, %v", o, err)
	}
	if o, err := Otsu(of(t, uint8(0), 255)); err != nil || o != 0 {
		t.Errorf("a mask: %g, %v; want its lower grey", o, err)
	}
	if _, err := MultiOtsu(of(t, uint8(0), 255)); !errors.Is(err, ErrFewGreys) {
		t.Errorf("three classes of a mask: %v", err)
	}
	if g, err := MultiOtsu(of(t, uint8(1), 5, 9)); err != nil || g != [2]float64{1, 5} {
		t.Errorf("three greys: %v, %v", g, err)
	}
	if _, err := Otsu(Histogram{Counts: make([]int64, 4), Width: 1, Group: 1}); !errors.Is(err, ErrEmpty) {
		t.Errorf("empty: %v", err)
	}
}

func TestPartsAddUpToTheWhole(t *testing.T) {
	v := volume.New[float32](volume.Grid{N: [3]int{9, 8, 21}})
	r := rand.New(rand.NewPCG(1, 9))
	for i := range v.Data {
		v.Data[i] = r.Float32()
	}
	whole, err := Of(t.Context(), v, parallel.Options{Workers: 8, Depth: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	part := CountBox(v, whole, [3]int{0, 0, 0}, [3]int{4, 8, 21})
	rest := CountBox(v, whole, [3]int{4, 0, 0}, [3]int{9, 8, 21})
	if part.Total() != 4*8*21 || !slices.Equal(whole.Minus(part).Counts, rest.Counts) {
		t.Error("the whole without a part is not the rest")
	}
	if part.Add(rest); !slices.Equal(part.Counts, whole.Counts) {
		t.Error("the parts do not make the whole")
	}
	if above := whole.Above(whole.Center(99)); above+whole.Counts[99] >= whole.Total() || above <= 0 {
		t.Errorf("%d of %d above the middle of bin 99", above, whole.Total())
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Of(ctx, volumeOf(uint8(1), 2), parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func ExampleOtsu() {
	v := volume.New[uint8](volume.Grid{N: [3]int{4, 1, 1}})
	copy(v.Data, []uint8{10, 12, 200, 210})
	h, _ := Of(context.Background(), v, parallel.Options{}, nil)
	t, _ := Otsu(h)
	fmt.Println(t)
	// Output: 12
}

func BenchmarkMultiOtsu(b *testing.B) {
	h := Histogram{Counts: make([]int64, 65536), Width: 1, Group: 1}
	for i := range h.Counts {
		h.Counts[i] = int64(1000 * (2 + math.Sin(float64(i)/6000)))
	}
	b.Run("bins=65536", func(b *testing.B) {
		b.SetBytes(int64(8 * len(h.Counts)))
		for b.Loop() {
			if _, err := MultiOtsu(h); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkHistogram(b *testing.B) {
	v := volume.New[uint16](volume.Grid{N: [3]int{256, 256, 64}})
	for i := range v.Data {
		v.Data[i] = uint16(i * 40503)
	}
	b.Run("type=uint16/n=256x256x64", func(b *testing.B) {
		b.SetBytes(int64(2 * v.Len()))
		for b.Loop() {
			if _, err := Of(b.Context(), v, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
