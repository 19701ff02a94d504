package minkowski

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"explant/volume"
	"explant/volume/area"
	"explant/volume/label"
	"explant/volume/parallel"
	"explant/volume/shape"
)

const own = 3 // the class

func of(t testing.TB, l *volume.Labels, f Faces) *Patterns {
	t.Helper()
	p, err := Of(t.Context(), l, label.Of(own), f, parallel.Options{Workers: 2, Depth: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func random(n [3]int, seed uint64, share float64) *volume.Labels {
	r := rand.New(rand.NewPCG(seed, 3))
	l := volume.New[uint8](volume.Grid{N: n, Spacing: [3]float64{0.02, 0.03, 0.05}})
	for i := range l.Data {
		if r.Float64() < share {
			l.Data[i] = own
		}
	}
	return l
}

// TestPatternsEqualBruteForce looks at every place of a pattern, one by one.
func TestPatternsEqualBruteForce(t *testing.T) {
	for seed, n := range [][3]int{{7, 6, 5}, {1, 1, 1}, {6, 1, 9}, {23, 8, 7}, {8, 9, 2}, {15, 2, 2}, {16, 3, 3}} {
		l := random(n, uint64(seed), 0.8)
		for _, f := range []Faces{Closed, Open} {
			lo, over := -1, 0
			if f == Open {
				lo, over = 0, -1
			}
			var want [256]int64
			for z := lo; z < n[2]+over; z++ {
				for y := lo; y < n[1]+over; y++ {
					for x := lo; x < n[0]+over; x++ {
						want[patternAt(l, x, y, z)]++
					}
				}
			}
			if got := of(t, l, f).Counts; got != want {
				t.Errorf("size %v, open %v: counts differ", n, f)
			}
		}
	}
}

func patternAt(l *volume.Labels, x, y, z int) (p int) {
	for i := range 8 {
		c := [3]int{x + i&1, y + i>>1&1, z + i>>2}
		in := true
		for a := range 3 {
			in = in && c[a] >= 0 && c[a] < l.N[a]
		}
		if in && l.At(c[0], c[1], c[2]) == own {
			p |= 1 << i
		}
	}
	return p
}

// TestABoxIsAVolumeOfItsOwn copies a part out and counts it too.
func TestABoxIsAVolumeOfItsOwn(t *testing.T) {
	l := random([3]int{20, 15, 12}, 4, 0.5)
	lo, hi := [3]int{3, 2, 5}, [3]int{19, 14, 11}
	own := volume.New[uint8](volume.Grid{N: [3]int{16, 12, 6}, Spacing: l.Spacing})
	for i := range own.Data {
		p := own.Position(i)
		own.Data[i] = l.At(lo[0]+p[0], lo[1]+p[1], lo[2]+p[2])
	}
	for _, f := range []Faces{Closed, Open} {
		got, err := Within(t.Context(), l, lo, hi, label.Of(3), f, parallel.Options{}, nil)
		if err != nil || got.Counts != of(t, own, f).Counts {
			t.Errorf("open %v: counts differ (%v)", f, err)
		}
	}
	if _, err := Within(t.Context(), l, lo, [3]int{21, 14, 11}, label.Of(3), Closed, parallel.Options{}, nil); err == nil {
		t.Error("a box beyond the volume was taken")
	}
}

// bodies have known Euler numbers: one piece, a cavity (+1), a tunnel (-1).
var bodies = []struct {
	name     string
	solid    shape.Solid
	euler    float64
	area     float64
	breadth  float64 // mm; 0 where it is not compared
	maxError float64 // of area and breadth, relative
}{
	{"ball", shape.Sphere{Center: shape.Point{0.6, 0.6, 0.6}, Radius: 0.4}, 1, 4 * math.Pi * 0.16, 0.8, 0.03},
	{"small ball", shape.Sphere{Center: shape.Point{0.6, 0.6, 0.6}, Radius: 0.2}, 1, 4 * math.Pi * 0.04, 0.4, 0.05},
	{"shell", shape.Shell{Center: shape.Point{0.6, 0.6, 0.6}, Inner: 0.25, Outer: 0.5}, 2, 4 * math.Pi * (0.25 + 0.0625), 0.5, 0.03},
	{"tube", shape.Cylinder{Center: shape.Point{0.6, 0.6, 0.6}, Axis: shape.Point{0, 0, 1}, Radius: 0.4, Bore: 0.2, Length: 0.8}, 0, 0, 0, 0},
}

func TestBodies(t *testing.T) {
	for _, s := range [][3]float64{{0.02, 0.02, 0.02}, {0.02, 0.02, 0.04}, {0.03, 0.02, 0.025}} {
		g := volume.Grid{Spacing: s}
		for a := range 3 {
			g.N[a] = int(1.2/s[a]) + 1
		}
		for _, b := range bodies {
			t.Run(fmt.Sprintf("%s/%v", b.name, s), func(t *testing.T) { checkBody(t, g, b.solid, b.euler, b.area, b.breadth, b.maxError) })
		}
	}
}

func checkBody(t *testing.T, g volume.Grid, solid shape.Solid, euler, surface, breadth, tolerance float64) {
	l, err := shape.Mask(t.Context(), g, solid, parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.Data {
		l.Data[i] *= own
	}
	p := of(t, l, Closed)
	for _, c := range []label.Connectivity{6, 26} {
		if e, err := p.Euler(c); err != nil || e != euler {
			t.Errorf("Euler number %g (%v), want %g", e, err, euler)
		}
	}
	if breadth == 0 {
		return
	}
	a, err := p.Area()
	if err != nil {
		t.Fatal(err)
	}
	b, err := p.Breadth(26)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("area %+.2f %%, breadth %+.2f %%", 100*(a/surface-1), 100*(b/breadth-1))
	if math.Abs(a/surface-1) > tolerance || math.Abs(b/breadth-1) > tolerance {
		t.Errorf("area %g mm2, breadth %g mm; want %g and %g", a, b, surface, breadth)
	}
}

// TestEulerEqualsPieces: sparse voxels make neither tunnels nor cavities.
func TestEulerEqualsPieces(t *testing.T) {
	for seed := range uint64(5) {
		l := random([3]int{21, 19, 17}, seed, 0.01)
		for _, c := range []label.Connectivity{6, 26} {
			_, pieces, err := label.Components(t.Context(), l, label.Of(own), c, parallel.Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			e, err := of(t, l, Closed).Euler(c)
			if err != nil || int(e) != len(pieces) {
				t.Errorf("seed %d, %d neighbours: Euler number %g, %d pieces", seed, c, e, len(pieces))
			}
		}
	}
}

// TestEulerOfTheComplement: the class with 6 neighbours and its complement with 26 share every tunnel;
// their Euler numbers differ by that of the whole alone.
func TestEulerOfTheComplement(t *testing.T) {
	for seed := range uint64(5) {
		l := random([3]int{12, 11, 13}, seed, 0.4)
		for i := range l.Data { // a frame, so that the complement ends inside
			if p := l.Position(i); p[0]%11 == 0 || p[1]%10 == 0 || p[2]%12 == 0 {
				l.Data[i] = own
			}
		}
		rest := volume.New[uint8](l.Grid)
		for i, c := range l.Data {
			rest.Data[i] = own - c
		}
		e6, err := of(t, l, Closed).Euler(6)
		if err != nil {
			t.Fatal(err)
		}
		e26, err := of(t, rest, Closed).Euler(26)
		if err != nil {
			t.Fatal(err)
		}
		if e6 != 1+e26 { // the whole box is 1; an open set of dimension 3 has the sign of its closed complement
			t.Errorf("seed %d: %g with 6 neighbours, complement %g with 26", seed, e6, e26)
		}
	}
}

func TestAreaEqualsCrofton(t *testing.T) {
	l := random([3]int{20, 18, 16}, 9, 0.3)
	for i := range l.Data { // away from the faces, whose cuts Crofton leaves out
		if p := l.Position(i); p[0]%19 == 0 || p[1]%17 == 0 || p[2]%15 == 0 {
			l.Data[i] = 0
		}
	}
	objects, err := label.Find(t.Context(), l, label.Of(own), 26, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	areas, err := area.Crofton(t.Context(), l.Grid, objects, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := 0.0
	for _, a := range areas {
		want += a
	}
	if got, err := of(t, l, Closed).Area(); err != nil || math.Abs(got/want-1) > 1e-9 {
		t.Errorf("%g mm2 (%v), want %g", got, err, want)
	}
}

func TestRefused(t *testing.T) {
	l := volume.New[uint8](volume.Grid{N: [3]int{4, 4, 4}})
	p := of(t, l, Closed)
	if _, err := p.Area(); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("area without a spacing: %v", err)
	}
	if _, err := p.Breadth(26); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("breadth without a spacing: %v", err)
	}
	if _, err := p.Euler(18); err == nil {
		t.Error("18 neighbours were taken")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Of(ctx, l, label.Of(own), Closed, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func ExampleOf() {
	l := volume.New[uint8](volume.Grid{N: [3]int{5, 5, 1}})
	for i := range l.Data {
		if p := l.Position(i); p[0]%4 == 0 || p[1]%4 == 0 {
			l.Data[i] = 1 // a ring: one piece, one tunnel
		}
	}
	p, _ := Of(context.Background(), l, label.Of(1), Closed, parallel.Options{}, nil)
	e, _ := p.Euler(26)
	fmt.Println(e)
	// Output: 0
}

func BenchmarkOf(b *testing.B) {
	l, err := shape.Mask(b.Context(), volume.Grid{N: [3]int{256, 256, 256}, Spacing: [3]float64{1, 1, 1}}, shape.Shell{Center: shape.Point{128, 128, 128}, Inner: 60, Outer: 100}, parallel.Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("n=256", func(b *testing.B) {
		b.SetBytes(int64(l.Len()))
		for b.Loop() {
			if _, err := Of(b.Context(), l, label.Of(1), Closed, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
