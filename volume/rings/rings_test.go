package rings

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

// scene is greys of two kinds (columns of 16 voxels), noise, and rings of the sd about a centre, the same
// in all slices. It returns the scan without and with rings.
func scene(n [3]int, center [2]float64, noise, sd float64) (clean, with *volume.Volume[float32]) {
	r := rand.New(rand.NewPCG(6, 6))
	g := volume.Grid{N: n, Spacing: [3]float64{0.02, 0.02, 0.05}}
	clean, with = volume.New[float32](g), volume.New[float32](g)
	ring := make([]float64, n[0]+n[1])
	for i := range ring {
		ring[i] = sd * r.NormFloat64()
	}
	for i := range clean.Data {
		p := clean.Position(i)
		grey := 6000 + 14000*float64((p[0]/16+p[1]/16)%2) + noise*r.NormFloat64()
		clean.Data[i] = float32(grey)
		radius := math.Hypot(float64(p[0])-center[0], float64(p[1])-center[1])
		k := int(radius)
		part := radius - float64(k)
		with.Data[i] = float32(grey + ring[k]*(1-part) + ring[k+1]*part)
	}
	return clean, with
}

// energy is the mean square of the differences.
func energy(a, b *volume.Volume[float32]) float64 {
	sum := 0.0
	for i, g := range a.Data {
		d := float64(g) - float64(b.Data[i])
		sum += d * d
	}
	return sum / float64(a.Len())
}

func found(t testing.TB, v *volume.Volume[float32], p Params, o parallel.Options) (*Rings, *volume.Volume[float32]) {
	t.Helper()
	r, err := Find(t.Context(), v, p, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	out, err := Remove(t.Context(), v, r, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r, out
}

func TestLastingRingsGo(t *testing.T) {
	for _, center := range [][2]float64{{47.5, 47.5}, {40, 52.25}} {
		clean, with := scene([3]int{96, 96, 24}, center, 800, 500)
		r, got := found(t, with, Params{Center: &center, Depth: 24}, parallel.Options{})
		before, after := energy(clean, with), energy(clean, got)
		t.Logf("centre %v: rings of %.0f in noise of %.0f; %.0f left of %.0f", center, r.SD, r.Noise, math.Sqrt(after), math.Sqrt(before))
		if after > 0.25*before {
			t.Errorf("%.0f %% of the energy is left", 100*after/before)
		}
		low, high := levels(with), levels(got)
		if math.Abs(low[0]-high[0]) > 20 || math.Abs(low[1]-high[1]) > 20 {
			t.Errorf("levels %v became %v", low, high)
		}
	}
}

// levels are the means below and above 13000.
func levels(v *volume.Volume[float32]) (mean [2]float64) {
	var n [2]float64
	for _, g := range v.Data {
		k := 0
		if g > 13000 {
			k = 1
		}
		mean[k] += float64(g)
		n[k]++
	}
	return [2]float64{mean[0] / n[0], mean[1] / n[1]}
}

func TestAScanWithoutRingsStays(t *testing.T) {
	clean, _ := scene([3]int{96, 96, 12}, [2]float64{47.5, 47.5}, 800, 0)
	_, got := found(t, clean, Params{}, parallel.Options{})
	if e := energy(clean, got); e > 120*120 {
		t.Errorf("changed by %.0f greys in noise of 800", math.Sqrt(e))
	}
	flat := volume.New[uint8](volume.Grid{N: [3]int{9, 8, 3}})
	r, err := Find(t.Context(), flat, Params{}, parallel.Options{}, nil)
	if err != nil || r.SD != 0 {
		t.Errorf("rings of %v in nothing (%v)", r, err)
	}
}

func TestCenterIsFound(t *testing.T) {
	center := [2]float64{34.5, 29}
	_, with := scene([3]int{64, 64, 6}, center, 500, 500)
	got, ok, err := Center(t.Context(), with, 5, parallel.Options{}, nil)
	if err != nil || !ok || math.Hypot(got[0]-center[0], got[1]-center[1]) > 0.5 {
		t.Errorf("centre %v (%v, %v), want %v", got, ok, err, center)
	}
	clean, _ := scene([3]int{64, 64, 6}, center, 500, 0)
	if got, ok, err := Center(t.Context(), clean, 5, parallel.Options{}, nil); err != nil || ok {
		t.Errorf("centre %v of no rings (%v)", got, err)
	}
}

func TestTheSameBytes(t *testing.T) {
	_, with := scene([3]int{50, 40, 20}, [2]float64{24.5, 19.5}, 800, 500)
	_, one := found(t, with, Params{}, parallel.Options{Workers: 1, Depth: 3})
	_, many := found(t, with, Params{}, parallel.Options{Workers: 8, Depth: 7})
	if !slices.Equal(one.Data, many.Data) {
		t.Error("threads or slabs change the result")
	}
}

func TestRefused(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{4, 4, 4}})
	far := [2]float64{math.NaN(), 0}
	for _, p := range []Params{{Reach: -1}, {Depth: 5000}, {Center: &far}} {
		if _, err := Find(t.Context(), v, p, parallel.Options{}, nil); err == nil {
			t.Errorf("%+v was taken", p)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Find(ctx, v, Params{}, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func ExampleRemove() {
	v := volume.New[uint16](volume.Grid{N: [3]int{64, 64, 4}})
	r, _ := Find(context.Background(), v, Params{}, parallel.Options{}, nil)
	out, _ := Remove(context.Background(), v, r, parallel.Options{}, nil)
	fmt.Println(r.SD, out.N)
	// Output: 0 [64 64 4]
}

func BenchmarkFind(b *testing.B) {
	_, with := scene([3]int{256, 256, 24}, [2]float64{127.5, 127.5}, 800, 500)
	b.Run("n=256x256x24", func(b *testing.B) {
		b.SetBytes(int64(4 * with.Len()))
		for b.Loop() {
			found(b, with, Params{}, parallel.Options{})
		}
	})
}
