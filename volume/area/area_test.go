package area

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
	"explant/volume/shape"
)

// regions labels every solid with a class of its own.
func regions(t testing.TB, g volume.Grid, solids ...shape.Solid) *volume.Labels {
	v := volume.New[uint8](g)
	for k, s := range solids {
		m, err := shape.Mask(t.Context(), g, s, parallel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, in := range m.Data {
			if in == 1 {
				v.Data[i] = uint8(k + 1)
			}
		}
	}
	return v
}

// cube covers 1.2 mm along each axis.
func cube(spacing [3]float64) volume.Grid {
	g := volume.Grid{Spacing: spacing}
	for a := range 3 {
		g.N[a] = int(1.2/spacing[a]) + 1
	}
	return g
}

func objects(t testing.TB, v *volume.Labels) *label.Objects {
	found, err := label.Find(t.Context(), v, label.Of(1, 2), 26, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func crofton(t testing.TB, v *volume.Labels) []float64 {
	a, err := Crofton(t.Context(), v.Grid, objects(t, v), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestWeightsOfCubesAreTheKnownOnes(t *testing.T) {
	dirs := Directions([3]float64{0.02, 0.02, 0.02})
	sum := 0.0
	for k, d := range dirs {
		want := 2 * 0.04577789120476 // Ohser and Mücklich 2000: axes, face and space diagonals
		if k >= 3 {
			want = 2 * 0.03698062787608
		}
		if k >= 9 {
			want = 2 * 0.03519563978232
		}
		if math.Abs(d.Weight-want) > 2e-4 {
			t.Errorf("direction %v weighs %.5f, want %.5f", steps[k], d.Weight, want)
		}
		sum += d.Weight
	}
	if math.Abs(sum-1) > 1e-9 {
		t.Errorf("weights sum to %g", sum)
	}
}

func TestAreasOfSolids(t *testing.T) {
	at := shape.Point{0.61, 0.6, 0.59}
	for _, c := range []struct {
		name    string
		solid   shape.Solid
		spacing [3]float64
		most    float64 // relative error
	}{
		{"ball of radius 20", shape.Sphere{Center: at, Radius: 0.4}, [3]float64{0.02, 0.02, 0.02}, 0.02},
		{"ball of radius 5", shape.Sphere{Center: at, Radius: 0.1}, [3]float64{0.02, 0.02, 0.02}, 0.02},
		{"ball, 1:1:2", shape.Sphere{Center: at, Radius: 0.4}, [3]float64{0.02, 0.02, 0.04}, 0.03},
		{"ellipsoid, 2:3:4", shape.Ellipsoid{Center: at, Half: [3]float64{0.5, 0.35, 0.25}}, [3]float64{0.02, 0.03, 0.04}, 0.04},
		{"shell", shape.Shell{Center: at, Inner: 0.25, Outer: 0.45}, [3]float64{0.02, 0.02, 0.02}, 0.02},
		{"cylinder", shape.Cylinder{Center: at, Axis: shape.Point{1, 2, 3}, Radius: 0.2, Length: 0.8}, [3]float64{0.02, 0.02, 0.02}, 0.05},
	} {
		got := crofton(t, regions(t, cube(c.spacing), c.solid))[0]
		e := got/c.solid.Area() - 1
		t.Logf("%s: %+.2f %%", c.name, 100*e)
		if math.Abs(e) > c.most {
			t.Errorf("%s: %g mm², want %g", c.name, got, c.solid.Area())
		}
	}
}

func TestRegionsAreMeasuredApartAndCutsAreNoSurface(t *testing.T) {
	g := cube([3]float64{0.02, 0.02, 0.02})
	small := shape.Sphere{Center: shape.Point{0.3, 0.3, 0.3}, Radius: 0.15}
	halved := shape.Sphere{Center: shape.Point{0.8, 0.8, -0.01}, Radius: 0.3} // its middle lies on the volume's face
	got := crofton(t, regions(t, g, small, halved))
	for i, want := range []float64{halved.Area() / 2, small.Area()} {
		if math.Abs(got[i]/want-1) > 0.03 {
			t.Errorf("region %d: %g mm², want %g", i+1, got[i], want)
		}
	}
	full := volume.New[uint8](g)
	for i := range full.Data {
		full.Data[i] = 1
	}
	if a := crofton(t, full)[0]; a != 0 {
		t.Errorf("a full volume has %g mm² of surface", a)
	}
}

func TestWorkersAndErrors(t *testing.T) {
	v := regions(t, cube([3]float64{0.04, 0.04, 0.04}), shape.Sphere{Center: shape.Point{0.6, 0.6, 0.6}, Radius: 0.4})
	found := objects(t, v)
	one, _ := Crofton(t.Context(), v.Grid, found, parallel.Options{Workers: 1}, nil)
	many, _ := Crofton(t.Context(), v.Grid, found, parallel.Options{Workers: 8, Depth: 1}, nil)
	if !slices.Equal(one, many) {
		t.Error("the number of workers changes the area")
	}
	v.Spacing[0] = 0
	if _, err := Crofton(t.Context(), v.Grid, found, parallel.Options{}, nil); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("unknown spacing: %v", err)
	}
}

// Every neighbour of every voxel is looked at, on specks of all shapes that touch the faces.
func TestCrossingsEqualTheirDefinition(t *testing.T) {
	for _, c := range []label.Connectivity{6, 26} {
		v := volume.New[uint8](volume.Grid{N: [3]int{11, 9, 17}, Spacing: [3]float64{1, 1, 1}})
		r := rand.New(rand.NewPCG(3, uint64(c)))
		for i := range v.Data {
			v.Data[i] = uint8(r.IntN(5) / 3)
		}
		numbers, list, err := label.Components(t.Context(), v, label.Of(1), c, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		found, err := label.Find(t.Context(), v, label.Of(1), c, parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := counter{objects: found, sums: make([][directions]atomic.Int64, len(list)+1)}
		want := make([][directions]int64, len(list)+1)
		for z := range v.N[2] {
			for y := range v.N[1] {
				got.row(y, z)
				for x := range v.N[0] {
					cross(want, numbers, x, y, z)
				}
			}
		}
		got.flush()
		for i := range list {
			for k := range directions {
				if n := got.sums[i+1][k].Load(); n != want[i+1][k] {
					t.Fatalf("connectivity %d, region %d, direction %v: %d crossings, want %d", c, i+1, steps[k], n, want[i+1][k])
				}
			}
		}
	}
}

func cross(want [][directions]int64, v *volume.Regions, x, y, z int) {
	r := v.At(x, y, z)
	for k, d := range steps {
		for _, sign := range [2]int{1, -1} {
			a, b, c := x+sign*d[0], y+sign*d[1], z+sign*d[2]
			in := a >= 0 && b >= 0 && c >= 0 && a < v.N[0] && b < v.N[1] && c < v.N[2]
			if r != 0 && in && v.At(a, b, c) != r {
				want[r][k]++
			}
		}
	}
}

func ExampleCrofton() {
	v := volume.New[uint8](volume.Grid{N: [3]int{40, 40, 40}, Spacing: [3]float64{0.1, 0.1, 0.1}})
	for i := range v.Data { // a ball of radius 1.5 mm
		x, y, z := float64(i%40)-19.5, float64(i/40%40)-19.5, float64(i/1600)-19.5
		if x*x+y*y+z*z <= 15*15 {
			v.Data[i] = 1
		}
	}
	ball, _ := label.Find(context.Background(), v, label.Of(1), 26, parallel.Options{}, nil)
	a, _ := Crofton(context.Background(), v.Grid, ball, parallel.Options{}, nil)
	fmt.Printf("%.2f of the true area\n", a[0]/(4*math.Pi*1.5*1.5))
	// Output: 1.01 of the true area
}

func BenchmarkCrofton(b *testing.B) {
	v := regions(b, cube([3]float64{0.01, 0.01, 0.01}), shape.Shell{Center: shape.Point{0.6, 0.6, 0.6}, Inner: 0.3, Outer: 0.5})
	found := objects(b, v)
	b.Run("n=121", func(b *testing.B) {
		b.SetBytes(int64(4 * v.Len()))
		for b.Loop() {
			if _, err := Crofton(b.Context(), v.Grid, found, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
