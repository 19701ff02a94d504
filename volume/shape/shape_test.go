package shape

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

var inf = math.Inf(1)

var solids = map[string]Solid{
	"sphere":          Sphere{Point{0.1, -0.05, 0.2}, 0.4},
	"shell":           Shell{Point{0, 0.03, 0}, 0.3, 0.5},
	"cylinder":        Cylinder{Center: Point{0.01, 0, 0}, Axis: Point{1, 2, 3}, Radius: 0.25, Length: 0.8},
	"tube":            Cylinder{Axis: Point{0, 1, 1}, Radius: 0.3, Bore: 0.2, Length: 0.7},
	"box":             Box{Point{-0.31, -0.2, -0.1}, Point{0.4, 0.5, 0.33}},
	"ellipsoid":       Ellipsoid{Point{0, 0, 0.02}, [3]float64{0.5, 0.3, 0.2}},
	"round ellipsoid": Ellipsoid{Point{}, [3]float64{0.4, 0.4, 0.4}},
}

// grid covers [-0.72, 0.72] mm with an off-centre origin.
func grid(s [3]float64) volume.Grid {
	g := volume.Grid{Spacing: s}
	for a := range 3 {
		g.N[a] = int(1.44 / s[a])
		g.Origin[a] = -0.72 + 0.37*s[a]
	}
	return g
}

func TestCoverageSumsToTheClosedForm(t *testing.T) {
	for name, s := range solids {
		for _, spacing := range [][3]float64{{0.02, 0.02, 0.02}, {0.02, 0.03, 0.05}} {
			g := grid(spacing)
			c, err := Coverage(t.Context(), g, s, 4, parallel.Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			sum := 0.0
			for _, v := range c.Data {
				sum += float64(v)
			}
			dv, _ := g.VoxelVolume()
			most := 0.004
			if name == "box" { // each flat face along the grid may be off by 1/8 voxel
				most = 0.015
			}
			if e := sum*dv/s.Volume() - 1; math.Abs(e) > most {
				t.Errorf("%s, spacing %v: volume off by %.3f %%", name, spacing, 100*e)
			}
		}
	}
}

// The area is the rate at which the volume grows with a layer on the surface: Steiner.
func TestAreaIsTheVolumeOfAThinLayer(t *testing.T) {
	for name, s := range solids {
		if name == "ellipsoid" {
			continue // its Distance is a bound only; its area has a test of its own
		}
		const n, half = 1_500_000, 0.01
		r := rand.New(rand.NewPCG(1, 8))
		in := 0
		for range n {
			p := Point{1.5 * (r.Float64() - 0.5), 1.5 * (r.Float64() - 0.5), 1.5 * (r.Float64() - 0.5)}
			if math.Abs(s.Distance(p)) <= half {
				in++
			}
		}
		area := float64(in) / n * 1.5 * 1.5 * 1.5 / (2 * half)
		if e := area/s.Area() - 1; math.Abs(e) > 0.02 { // noise 0.5 %, edges the rest
			t.Errorf("%s: area off by %.2f %%", name, 100*e)
		}
	}
}

func TestEllipsoidArea(t *testing.T) {
	oblate := Ellipsoid{Half: [3]float64{3, 3, 1}}
	e := math.Sqrt(1 - 1.0/9)
	want := 2*math.Pi*9 + math.Pi/e*math.Log((1+e)/(1-e))
	if got := oblate.Area(); math.Abs(got/want-1) > 1e-5 {
		t.Errorf("oblate: %g, want %g", got, want)
	}
	if got, want := (Ellipsoid{Half: [3]float64{2, 2, 2}}).Area(), 16*math.Pi; math.Abs(got/want-1) > 1e-9 {
		t.Errorf("round: %g, want %g", got, want)
	}
}

func TestDistanceIsABound(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 8))
	for name, s := range solids {
		for range 20000 {
			p := Point{r.Float64()*2 - 1, r.Float64()*2 - 1, r.Float64()*2 - 1}
			q := Point{r.Float64()*2 - 1, r.Float64()*2 - 1, r.Float64()*2 - 1}
			if math.Abs(s.Distance(p)-s.Distance(q)) > norm(sub(p, q))+1e-12 {
				t.Fatalf("%s: changes faster than the way from %v to %v", name, p, q)
			}
		}
	}
}

func TestEndlessCylinderAndTurnedGrid(t *testing.T) {
	c := Cylinder{Axis: Point{0, 0, 1}, Radius: 0.3, Length: inf}
	if c.Distance(Point{0, 0, 1e6}) != -0.3 || !math.IsInf(c.Volume(), 1) {
		t.Error("an endless cylinder has an end")
	}
	g := grid([3]float64{0.04, 0.04, 0.04})
	g.Axes = [3][3]float64{{0, 1, 0}, {0, 0, 1}, {1, 0, 0}}
	m, err := Mask(t.Context(), g, Box{Point{-9, -9, -0.2}, Point{9, 9, 9}}, parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if m.At(5, 0, 5) != 0 || m.At(5, g.N[1]-1, 5) != 1 || m.At(5, 0, g.N[2]-1) != 0 {
		t.Error("the y axis of the grid does not point along z")
	}
}

func TestErrorsAndWorkers(t *testing.T) {
	g := grid([3]float64{0.05, 0.05, 0})
	g.N[2] = 4
	if _, err := Coverage(t.Context(), g, solids["box"], 2, parallel.Options{}, nil); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("unknown spacing: %v", err)
	}
	g = grid([3]float64{0.05, 0.05, 0.05})
	one, _ := Coverage(t.Context(), g, solids["tube"], 3, parallel.Options{Workers: 1}, nil)
	many, _ := Coverage(t.Context(), g, solids["tube"], 3, parallel.Options{Workers: 8, Depth: 1}, nil)
	if !slices.Equal(one.Data, many.Data) {
		t.Error("the number of workers changes the coverage")
	}
}

func ExampleCoverage() {
	g := volume.Grid{N: [3]int{3, 1, 1}, Spacing: [3]float64{1, 1, 1}}
	half := Box{Point{-9, -9, -9}, Point{1, 9, 9}} // ends in the middle of the second voxel
	c, _ := Coverage(context.Background(), g, half, 4, parallel.Options{}, nil)
	fmt.Println(c.Data)
	// Output: [1 0.5 0]
}

func BenchmarkCoverage(b *testing.B) {
	g := grid([3]float64{0.01, 0.01, 0.01})
	b.Run("solid=tube/sub=4/n=144", func(b *testing.B) {
		b.SetBytes(int64(4 * g.Len()))
		for b.Loop() {
			if _, err := Coverage(b.Context(), g, solids["tube"], 4, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
