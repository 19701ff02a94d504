package gain

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
	"explant/volume/threshold"
)

// scene has three levels in noise, more of the brightest towards high z, under a gain.
func scene(n [3]int, gain func(u, v, w float64) float64) *volume.Volume[uint16] {
	r := rand.New(rand.NewPCG(2, 9))
	out := volume.New[uint16](volume.Grid{N: n, Spacing: [3]float64{0.02, 0.02, 0.04}})
	for i := range out.Data {
		p := out.Position(i)
		var at [3]float64
		for a := range 3 {
			at[a] = 2*float64(p[a])/float64(n[a]-1) - 1
		}
		grey := 6000.0
		switch q := r.Float64(); {
		case q < 0.1+0.1*at[2]:
			grey = 29000
		case q < 0.5:
			grey = 20000
		}
		out.Data[i] = uint16(gain(at[0], at[1], at[2])*grey + 1500*r.NormFloat64())
	}
	return out
}

// worst is the largest difference of the gain found from the true one, after a common factor.
func worst(f *Field, n [3]int, gain func(u, v, w float64) float64) float64 {
	var logs []float64
	mean := 0.0
	for z := range n[2] {
		for y := 0; y < n[1]; y += 7 {
			for x := 0; x < n[0]; x += 7 {
				u, v, w := 2*float64(x)/float64(n[0]-1)-1, 2*float64(y)/float64(n[1]-1)-1, 2*float64(z)/float64(n[2]-1)-1
				logs = append(logs, math.Log(f.At(x, y, z)/gain(u, v, w)))
				mean += logs[len(logs)-1]
			}
		}
	}
	mean /= float64(len(logs))
	most := 0.0
	for _, l := range logs {
		most = math.Max(most, math.Abs(l-mean))
	}
	return most
}

func TestGainsAreFound(t *testing.T) {
	for _, c := range []struct {
		name   string
		params Params
		gain   func(u, v, w float64) float64
		within float64
	}{
		{"drift", Params{AlongZ: true}, func(_, _, w float64) float64 { return 1 + 0.02*math.Cos(math.Pi*(0.65*w+0.2)) }, 0.006},
		{"cupping and drift", Params{}, func(u, v, w float64) float64 { return (1 - 0.06*(1-(u*u+v*v)/2)) * (1 + 0.01*w) }, 0.012},
		{"none", Params{}, func(_, _, _ float64) float64 { return 1 }, 0.006},
	} {
		n := [3]int{80, 70, 64}
		v := scene(n, c.gain)
		f, err := Find(t.Context(), v, c.params, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		off := worst(f, n, c.gain)
		t.Logf("%s: off by at most %.4f, gains from %.3f to %.3f, levels %.0f", c.name, off, f.Lowest, f.Highest, f.Levels)
		if off > c.within {
			t.Errorf("%s: off by %.4f", c.name, off)
		}
		even, err := Even(t.Context(), v, f, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		at := v.Offset(11, 23, 50)
		if want := float64(v.Data[at]) / f.At(11, 23, 50); math.Abs(float64(even.Data[at])-want) > 0.5+1e-9*want {
			t.Errorf("%s: %d became %d, want %g", c.name, v.Data[at], even.Data[at], want)
		}
	}
}

func TestTheSameBytes(t *testing.T) {
	v := scene([3]int{70, 40, 40}, func(_, _, w float64) float64 { return 1 + 0.02*w })
	var all [][]uint16
	for _, o := range []parallel.Options{{Workers: 1, Depth: 5}, {Workers: 8, Depth: 64}} {
		f, err := Find(t.Context(), v, Params{}, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		even, err := Even(t.Context(), v, f, o, nil)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, even.Data)
	}
	if !slices.Equal(all[0], all[1]) {
		t.Error("threads or slabs change the result")
	}
}

func TestRefused(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{4, 4, 4}})
	if _, err := Find(t.Context(), v, Params{}, parallel.Options{}, nil); !errors.Is(err, threshold.ErrFewGreys) {
		t.Errorf("one grey: %v", err)
	}
	for _, p := range []Params{{Classes: 1}, {Classes: 6}, {Degree: -1}, {Degree: 7}} {
		if _, err := Find(t.Context(), v, p, parallel.Options{}, nil); err == nil {
			t.Errorf("%+v was taken", p)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Find(ctx, v, Params{}, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	flat := scene([3]int{40, 40, 1}, func(_, _, _ float64) float64 { return 1 })
	if _, err := Find(t.Context(), flat, Params{}, parallel.Options{}, nil); err != nil {
		t.Errorf("a single slice: %v", err)
	}
}

func ExampleFind() {
	v := volume.New[uint8](volume.Grid{N: [3]int{16, 16, 16}})
	for i := range v.Data {
		v.Data[i] = uint8(50 + 100*(i%2))
	}
	f, _ := Find(context.Background(), v, Params{Classes: 2, AlongZ: true}, parallel.Options{}, nil)
	fmt.Printf("%.0f, gain %.2f to %.2f\n", f.Levels, f.Lowest, f.Highest)
	// Output: [50 150], gain 1.00 to 1.00
}

func BenchmarkFind(b *testing.B) {
	v := scene([3]int{256, 256, 64}, func(_, _, w float64) float64 { return 1 + 0.02*w })
	b.Run("n=256x256x64", func(b *testing.B) {
		b.SetBytes(int64(2 * v.Len()))
		for b.Loop() {
			f, err := Find(b.Context(), v, Params{}, parallel.Options{}, nil)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := Even(b.Context(), v, f, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
