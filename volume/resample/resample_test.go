package resample

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

func ramp(n [3]int, spacing [3]float64, f func(x, y, z float64) float64) *volume.Volume[float32] {
	v := volume.New[float32](volume.Grid{N: n, Spacing: spacing, Origin: [3]float64{1, 2, 3}})
	for i := range v.Data {
		p := v.Position(i)
		v.Data[i] = float32(f(1+float64(p[0])*spacing[0], 2+float64(p[1])*spacing[1], 3+float64(p[2])*spacing[2]))
	}
	return v
}

// TestLinearGreysStayWhereTheyAre: a grey that is linear in the place, in mm, keeps its value at every
// place, finer or coarser, but at the outermost voxels.
func TestLinearGreysStayWhereTheyAre(t *testing.T) {
	grey := func(x, y, z float64) float64 { return 5 + 2*x - 3*y + 7*z }
	v := ramp([3]int{30, 20, 12}, [3]float64{0.02, 0.03, 0.05}, grey)
	for _, edge := range []float64{0.02, 0.03, 0.05, 0.047, 0.011} {
		got, err := Isotropic(t.Context(), v, edge, parallel.Options{Workers: 2, Depth: 3}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, g := range got.Data {
			p, at, inner := got.Position(i), got.Origin, true
			for a := range 3 {
				at[a] += float64(p[a]) * edge
				// within the centres of the old voxels by half a new one
				inner = inner && at[a]-v.Origin[a] > edge/2 && at[a]-v.Origin[a] < float64(v.N[a]-1)*v.Spacing[a]-edge/2
			}
			coarse := max(edge/0.02, edge/0.03, edge/0.05) > 1
			tolerance := 1e-4
			if coarse { // the mean over a box of whole and cut voxels is not its middle's value
				tolerance = 0.6 * (2*0.02 + 3*0.03 + 7*0.05) / 2
			}
			if want := grey(at[0], at[1], at[2]); inner && math.Abs(float64(g)-want) > tolerance {
				t.Fatalf("edge %g: voxel %v at %v is %g, want %g", edge, p, at, g, want)
			}
		}
	}
}

// TestWholeRatiosAreMeans: blocks of 2 x 3 x 4 voxels become their means, against a sum over each block.
func TestWholeRatiosAreMeans(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 8))
	v := volume.New[float64](volume.Grid{N: [3]int{8, 9, 8}, Spacing: [3]float64{0.06, 0.04, 0.03}})
	for i := range v.Data {
		v.Data[i] = r.Float64()
	}
	got, err := Isotropic(t.Context(), v, 0.12, parallel.Options{}, nil)
	if err != nil || got.N != [3]int{4, 3, 2} {
		t.Fatal(got.N, err)
	}
	for i, g := range got.Data {
		p, sum := got.Position(i), 0.0
		for k := range 24 {
			sum += v.At(2*p[0]+k%2, 3*p[1]+k/2%3, 4*p[2]+k/6)
		}
		if math.Abs(g-sum/24) > 1e-12 {
			t.Fatalf("voxel %v is %g, want %g", p, g, sum/24)
		}
	}
	for a, want := range []float64{0.03, 0.04, 0.045} {
		if math.Abs(got.Origin[a]-want) > 1e-12 {
			t.Errorf("origin %v", got.Origin)
		}
	}
}

func TestTheSameSpacingChangesNothing(t *testing.T) {
	v := volume.New[uint16](volume.Grid{N: [3]int{5, 4, 3}, Spacing: [3]float64{0.02, 0.02, 0.02}, Axes: [3][3]float64{{0, 1, 0}, {1, 0, 0}, {0, 0, 1}}})
	for i := range v.Data {
		v.Data[i] = uint16(i * 997)
	}
	got, err := Isotropic(t.Context(), v, 0, parallel.Options{}, nil)
	if err != nil || !slices.Equal(got.Data, v.Data) || got.N != v.N || got.Origin != v.Origin {
		t.Errorf("%v, %v", got, err)
	}
}

// TestTurnedAxes: the first centre moves along the volume's own axes.
func TestTurnedAxes(t *testing.T) {
	g := volume.Grid{N: [3]int{10, 10, 10}, Spacing: [3]float64{0.1, 0.1, 0.1}, Axes: [3][3]float64{{0, 1, 0}, {-1, 0, 0}, {0, 0, 1}}}
	got, err := Grid(g, [3]float64{0.2, 0.1, 0.1})
	if err != nil || got.N[0] != 5 || math.Abs(got.Origin[1]-0.05) > 1e-12 || got.Origin[0] != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRefused(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{5, 4, 3}})
	if _, err := Isotropic(t.Context(), v, 0.1, parallel.Options{}, nil); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("unknown spacing: %v", err)
	}
	v.Spacing = [3]float64{1, 1, 1}
	for _, edge := range []float64{-1, math.NaN(), math.Inf(1), 1e-6} {
		if _, err := Isotropic(t.Context(), v, edge, parallel.Options{}, nil); err == nil {
			t.Errorf("an edge of %g mm was taken", edge)
		}
	}
	if got, err := Isotropic(t.Context(), v, 100, parallel.Options{}, nil); err != nil || got.Len() != 1 {
		t.Errorf("an edge larger than the volume: %v, %v", got, err)
	}
}

func ExampleIsotropic() {
	v := volume.New[uint8](volume.Grid{N: [3]int{4, 2, 1}, Spacing: [3]float64{0.01, 0.02, 0.02}})
	copy(v.Data, []uint8{10, 20, 30, 40, 50, 60, 70, 80})
	c, _ := Isotropic(context.Background(), v, 0.02, parallel.Options{}, nil)
	fmt.Println(c.N, c.Data)
	// Output: [2 2 1] [15 35 55 75]
}

func BenchmarkIsotropic(b *testing.B) {
	v := volume.New[uint16](volume.Grid{N: [3]int{256, 256, 128}, Spacing: [3]float64{1, 1, 2}})
	for i := range v.Data {
		v.Data[i] = uint16(i * 40503)
	}
	b.Run("type=uint16/n=256", func(b *testing.B) {
		b.SetBytes(int64(4 * v.Len()))
		for b.Loop() {
			if _, err := Isotropic(b.Context(), v, 1, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
