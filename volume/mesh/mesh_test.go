package mesh

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/shape"
)

func isosurface[T volume.Voxel](t testing.TB, v *volume.Volume[T], level float64, workers int) *Surface {
	t.Helper()
	s, err := Isosurface(t.Context(), v, level, parallel.Options{Workers: workers}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// ball is a sphere with grey edges, 0 to 1 by sub-voxel coverage, off the centres of the voxels.
func ball(t testing.TB, radius float64, spacing [3]float64) *volume.Volume[float32] {
	t.Helper()
	var n [3]int
	for a := range n {
		n[a] = int(2*radius/spacing[a]) + 6
	}
	g := volume.Grid{N: n, Spacing: spacing}
	c, err := shape.Coverage(t.Context(), g, shape.Sphere{Center: shape.Point{radius + 2.3*spacing[0], radius + 2.6*spacing[1], radius + 2.1*spacing[2]}, Radius: radius}, 8, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// closed reports every edge that is not run through once in each direction.
func closed(t *testing.T, s *Surface) {
	t.Helper()
	open := map[[2]uint32]int{}
	for _, f := range s.Triangles {
		for k := range 3 {
			open[[2]uint32{f[k], f[(k+1)%3]}]++
		}
	}
	for e, n := range open {
		if n != 1 || open[[2]uint32{e[1], e[0]}] != 1 {
			t.Fatalf("edge %v is run through %d times, and back %d times", e, n, open[[2]uint32{e[1], e[0]}])
		}
	}
}

// euler is V - E + F of a closed surface.
func euler(s *Surface) int { return len(s.Vertices) - len(s.Triangles)/2 }

func TestAreaOfSpheres(t *testing.T) {
	for _, spacing := range [][3]float64{{1, 1, 1}, {1, 1, 0.5}} {
		for _, r := range []float64{10, 14.7, 25} {
			s := isosurface(t, ball(t, r, spacing), 0.5, 2)
			closed(t, s)
			area, vol := 4*math.Pi*r*r, 4*math.Pi*r*r*r/3
			if off := s.Area()/area - 1; math.Abs(off) > 0.01 {
				t.Errorf("radius %v, spacing %v: area off by %.2f %%", r, spacing, 100*off)
			}
			if off := s.Volume()/vol - 1; math.Abs(off) > 0.01 {
				t.Errorf("radius %v, spacing %v: volume off by %.2f %%", r, spacing, 100*off)
			}
			if e := euler(s); e != 2 {
				t.Errorf("radius %v: Euler number %d of a sphere", r, e)
			}
		}
	}
}

// TestNoiseIsClosed meshes noise, in which every set of inside corners occurs, also at the faces.
func TestNoiseIsClosed(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	v := volume.New[uint8](volume.Grid{N: [3]int{23, 19, 41}, Spacing: [3]float64{1, 1, 1}})
	for i := range v.Data {
		v.Data[i] = uint8(random.UintN(256))
	}
	s := isosurface(t, v, 128, 2)
	closed(t, s)
	for _, n := range []int{1, 8} {
		if !reflect.DeepEqual(s, isosurface(t, v, 128, n)) {
			t.Errorf("another mesh with %d workers", n)
		}
	}
}

// TestPlaceOfAPlane has greys that rise along z, so that every vertex lies at the level.
func TestPlaceOfAPlane(t *testing.T) {
	g := volume.Grid{N: [3]int{4, 5, 12}, Spacing: [3]float64{0.1, 0.2, 0.3}, Origin: [3]float64{1, 2, 3}, Axes: [3][3]float64{{0, 1, 0}, {-1, 0, 0}, {0, 0, 1}}}
	v := volume.New[float32](g)
	for i := range v.Data {
		v.Data[i] = float32(10 * v.Position(i)[2])
	}
	s := isosurface(t, v, 47, 2)
	inner := 0
	for _, at := range s.Vertices {
		x, y := at[1]-2, 1-at[0] // axis x of the volume points along y of the scanner, axis y against its x
		if x > -0.01 && x < 0.31 && y > -0.01 && y < 0.81 && at[2] < 3+0.3*8 {
			inner++
			if math.Abs(float64(at[2])-(3+0.3*4.7)) > 1e-6 {
				t.Errorf("vertex %v", at)
			}
		}
	}
	if inner != 4*5 {
		t.Errorf("%d vertices in the plane", inner)
	}
	var normal [3]float64
	for _, f := range s.Triangles {
		if n := s.Normal(f); n[2] < -0.9 {
			normal = n
		}
	}
	if math.Abs(normal[2]+1) > 1e-6 {
		t.Errorf("the plane does not face downwards: %v", normal)
	}
}

func TestNothingToMesh(t *testing.T) {
	v := volume.New[uint8](volume.Grid{N: [3]int{3, 3, 3}, Spacing: [3]float64{1, 1, 1}})
	if s := isosurface(t, v, 1, 1); len(s.Triangles) != 0 || s.Area() != 0 {
		t.Errorf("%+v", s)
	}
	v.Spacing = [3]float64{}
	if _, err := Isosurface(t.Context(), v, 1, parallel.Options{}, nil); !errors.Is(err, volume.ErrSpacing) {
		t.Error(err)
	}
	v.Spacing = [3]float64{1, 1, 1}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Isosurface(ctx, v, 1, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func BenchmarkIsosurface(b *testing.B) {
	for _, n := range []int{128} {
		v := volume.New[uint16](volume.Grid{N: [3]int{n, n, n}, Spacing: [3]float64{1, 1, 1}})
		for i := range v.Data {
			p := v.Position(i)
			v.Data[i] = uint16(20000 + 8000*math.Sin(float64(p[0])/5)*math.Cos(float64(p[1])/7)*math.Sin(float64(p[2])/6))
		}
		b.Run(fmt.Sprintf("waves/n=%d", n), func(b *testing.B) {
			b.SetBytes(int64(2 * n * n * n))
			for b.Loop() {
				isosurface(b, v, 20500, 0)
			}
		})
	}
}
