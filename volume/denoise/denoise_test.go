package denoise

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"explant/volume"
	"explant/volume/parallel"
)

// scene is two levels that part at x = n/2, in noise.
func scene[T volume.Voxel](n [3]int, noise float64) *volume.Volume[T] {
	r := rand.New(rand.NewPCG(7, 1))
	v := volume.New[T](volume.Grid{N: n, Spacing: [3]float64{0.02, 0.02, 0.04}})
	held := volume.Held[T]()
	for i := range v.Data {
		v.Data[i] = held(level(v.Position(i)[0], n[0]) + noise*r.NormFloat64())
	}
	return v
}

func level(x, nx int) float64 {
	if x < nx/2 {
		return 60
	}
	return 180
}

// brute is the definition, in float64.
func brute[T volume.Voxel](v *volume.Volume[T], p Params) []float64 {
	p = p.filled()
	at := func(x, y, z int) float64 {
		return float64(v.At(min(max(x, 0), v.N[0]-1), min(max(y, 0), v.N[1]-1), min(max(z, 0), v.N[2]-1)))
	}
	out := make([]float64, v.Len())
	for i := range out {
		q := v.Position(i)
		var sum, weights, most float64
		around(p.Search, func(dx, dy, dz int) {
			if dx == 0 && dy == 0 && dz == 0 {
				return
			}
			d2 := 0.0
			around(1, func(x, y, z int) {
				d := at(q[0]+x, q[1]+y, q[2]+z) - at(q[0]+dx+x, q[1]+dy+y, q[2]+dz+z)
				d2 += d * d / 27
			})
			over := math.Max(d2-2*p.Noise*p.Noise, 0)
			w := math.Pow(math.Max(1-over/(8*p.Strength*p.Strength*p.Noise*p.Noise), 0), 8)
			sum += w * at(q[0]+dx, q[1]+dy, q[2]+dz)
			weights += w
			most = math.Max(most, w)
		})
		if weights == 0 {
			most = 1
		}
		out[i] = (sum + most*float64(v.Data[i])) / (weights + most)
	}
	return out
}

func around(r int, f func(x, y, z int)) {
	for z := -r; z <= r; z++ {
		for y := -r; y <= r; y++ {
			for x := -r; x <= r; x++ {
				f(x, y, z)
			}
		}
	}
}

func TestEqualsTheDefinition(t *testing.T) {
	for _, n := range [][3]int{{19, 18, 11}, {8, 3, 2}, {1, 1, 1}, {33, 5, 1}} {
		v := scene[float32](n, 10)
		for _, p := range []Params{{Noise: 10}, {Noise: 14, Strength: 0.4, Search: 1}, {Noise: 10, Search: 3}} {
			got, _, err := NonLocalMeans(t.Context(), v, p, parallel.Options{Workers: 2}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range brute(v, p) {
				if math.Abs(float64(got.Data[i])-want) > 1e-3 {
					t.Fatalf("size %v, %+v: voxel %v is %g, want %g", n, p, v.Position(i), got.Data[i], want)
				}
			}
		}
	}
}

func TestVectorInstructionsGiveTheSameBytes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const n, spare = 40, 16
	row := func() []float32 {
		out := make([]float32, n+spare)
		for i := range out {
			out[i] = float32(r.NormFloat64() * math.Exp(10*r.Float64()))
		}
		return out
	}
	var a, b [9]unsafe.Pointer
	for i := range a {
		a[i], b[i] = unsafe.Pointer(&row()[0]), unsafe.Pointer(&row()[0])
	}
	one, two := make([]float32, n), make([]float32, n)
	squares(&one[0], &a, &b, n)
	squaresPortable(&two[0], &a, &b, n)
	if !slices.Equal(one, two) {
		t.Error("squares differ")
	}
	sums, greys := row(), row()
	weighed := func(f func(*weighing)) [3][]float32 {
		var out [3][]float32
		for i := range out {
			out[i] = make([]float32, n)
		}
		for k := range 3 {
			f(&weighing{&out[0][0], &out[1][0], &out[2][0], &sums[k], &greys[k], n, 3.5, 1e-4})
		}
		return out
	}
	x, y := weighed(weigh), weighed(weighPortable)
	for i := range x {
		if !slices.Equal(x[i], y[i]) {
			t.Errorf("weights differ: %v, %v", x[i], y[i])
		}
	}
}

func TestNoiseGoesAndTheEdgeStays(t *testing.T) {
	n := [3]int{40, 40, 24}
	v := scene[uint16](n, 12)
	got, noise, err := NonLocalMeans(t.Context(), v, Params{}, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(noise/12-1) > 0.1 {
		t.Errorf("noise of %g estimated, it is 12", noise)
	}
	sum, edge, m := 0.0, 0.0, 0.0
	for i, g := range got.Data {
		x := got.Position(i)[0]
		d := float64(g) - level(x, n[0])
		sum += d * d
		if x == n[0]/2 || x == n[0]/2-1 {
			edge += d * d
			m++
		}
	}
	left, atEdge := math.Sqrt(sum/float64(v.Len())), math.Sqrt(edge/m)
	t.Logf("noise %.1f found; %.1f left, %.1f at the edge of 120", noise, left, atEdge)
	if left > 4 || atEdge > 8 {
		t.Errorf("%.1f of the noise of 12 is left, %.1f at the edge", left, atEdge)
	}
}

func TestSameBytesAndOtherTypes(t *testing.T) {
	v := scene[uint8]([3]int{30, 35, 20}, 12)
	one, _, err := NonLocalMeans(t.Context(), v, Params{}, parallel.Options{Workers: 1, Depth: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	many, _, err := NonLocalMeans(t.Context(), v, Params{}, parallel.Options{Workers: 8, Depth: 64}, nil)
	if err != nil || !slices.Equal(one.Data, many.Data) {
		t.Errorf("threads or slabs change the result (%v)", err)
	}
	f := scene[float32]([3]int{12, 12, 12}, 12)
	nan := float32(math.NaN())
	f.Data[700] = nan
	got, _, err := NonLocalMeans(t.Context(), f, Params{Noise: 12}, parallel.Options{}, nil)
	if err != nil || got.Data[700] == got.Data[700] || got.Data[701] != got.Data[701] {
		t.Errorf("NaN became %v, its neighbour %v (%v)", got.Data[700], got.Data[701], err)
	}
}

func TestRefused(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{9, 9, 9}})
	if got, noise, err := NonLocalMeans(t.Context(), v, Params{}, parallel.Options{}, nil); err != nil || noise != 0 || got != v {
		t.Errorf("without noise: %v, %v", noise, err)
	}
	for _, p := range []Params{{Noise: -1}, {Noise: math.NaN()}, {Strength: -1}, {Search: 6}} {
		if _, _, err := NonLocalMeans(t.Context(), v, p, parallel.Options{}, nil); err == nil {
			t.Errorf("%+v was taken", p)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := NonLocalMeans(ctx, v, Params{Noise: 3}, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func ExampleNonLocalMeans() {
	v := volume.New[uint8](volume.Grid{N: [3]int{3, 3, 3}})
	v.Data[13] = 4
	out, noise, _ := NonLocalMeans(context.Background(), v, Params{Noise: 20}, parallel.Options{}, nil)
	fmt.Println(out.Data[13], noise)
	// Output: 0 20
}

func BenchmarkNonLocalMeans(b *testing.B) {
	v := scene[uint16]([3]int{128, 128, 128}, 12)
	for _, r := range []int{2, 3} {
		b.Run(fmt.Sprintf("type=uint16/search=%d/n=128", r), func(b *testing.B) {
			b.SetBytes(int64(2 * v.Len()))
			for b.Loop() {
				if _, _, err := NonLocalMeans(b.Context(), v, Params{Noise: 12, Search: r}, parallel.Options{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
