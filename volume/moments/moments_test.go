package moments

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
	"explant/volume/shape"
)

func find(t testing.TB, l *volume.Labels) *label.Objects {
	t.Helper()
	objects, err := label.Find(t.Context(), l, label.Of(1), 26, parallel.Options{Depth: 3}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// TestOfEqualsBruteForce sums over every voxel of every object.
func TestOfEqualsBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	g := volume.Grid{N: [3]int{15, 14, 13}, Spacing: [3]float64{0.02, 0.03, 0.05}}
	l := volume.New[uint8](g)
	for i := range l.Data {
		l.Data[i] = uint8(r.IntN(8) / 7)
	}
	regions, _, err := label.Components(t.Context(), l, label.Of(1), 26, parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Of(g, find(t, l))
	if err != nil {
		t.Fatal(err)
	}
	for k, m := range got {
		want := brute(regions, uint32(k+1))
		for a := range 3 {
			if m.Count != want.Count || math.Abs(m.Centroid[a]-want.Centroid[a]) > 1e-9 {
				t.Fatalf("object %d: %+v, want %+v", k+1, m, want)
			}
			for b := range 3 {
				if math.Abs(m.Covariance[a][b]-want.Covariance[a][b]) > 1e-12 {
					t.Fatalf("object %d: %+v, want %+v", k+1, m, want)
				}
			}
		}
	}
}

func brute(v *volume.Regions, number uint32) (m Moments) {
	var points [][3]float64
	for i, n := range v.Data {
		if n == number {
			p := v.Position(i)
			points = append(points, [3]float64{float64(p[0]), float64(p[1]), float64(p[2])})
		}
	}
	n := float64(len(points))
	m.Count = int64(len(points))
	for _, p := range points {
		for a := range 3 {
			m.Centroid[a] += p[a] / n
		}
	}
	for _, p := range points {
		for a := range 3 {
			for b := range 3 {
				m.Covariance[a][b] += (p[a] - m.Centroid[a]) * (p[b] - m.Centroid[b]) * v.Spacing[a] * v.Spacing[b] / n
			}
		}
	}
	for a := range 3 {
		m.Covariance[a][a] += v.Spacing[a] * v.Spacing[a] / 12
	}
	return m
}

// turned is an ellipsoid about its centre, turned.
type turned struct {
	shape.Ellipsoid
	axes [3][3]float64
}

func (s turned) Distance(p shape.Point) float64 {
	var q shape.Point
	for k, axis := range s.axes {
		for a := range 3 {
			q[k] += axis[a] * (p[a] - s.Center[a])
		}
		q[k] += s.Center[k]
	}
	return s.Ellipsoid.Distance(q)
}

func TestEllipsoidsAreFoundAgain(t *testing.T) {
	c, s := math.Cos(0.5), math.Sin(0.5)
	axes := [3][3]float64{{c, s, 0}, {-s * 0.8, c * 0.8, 0.6}, {s * 0.6, -c * 0.6, 0.8}}
	for _, spacing := range [][3]float64{{0.02, 0.02, 0.02}, {0.02, 0.02, 0.05}, {0.03, 0.02, 0.025}} {
		g := volume.Grid{Spacing: spacing}
		for a := range 3 {
			g.N[a] = int(1.6/spacing[a]) + 1
		}
		want := [3]float64{0.7, 0.45, 0.25}
		l, err := shape.Mask(t.Context(), g, turned{shape.Ellipsoid{Center: shape.Point{0.8, 0.8, 0.8}, Half: want}, axes}, parallel.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m, err := Of(g, find(t, l))
		if err != nil {
			t.Fatal(err)
		}
		e := m[0].Ellipsoid()
		for k := range 3 {
			along := math.Abs(e.Axes[k][0]*axes[k][0] + e.Axes[k][1]*axes[k][1] + e.Axes[k][2]*axes[k][2])
			if math.Abs(e.Radii[k]/want[k]-1) > 0.01 || along < 0.9999 {
				t.Errorf("spacing %v: half axes %v along %v, want %v along %v", spacing, e.Radii, e.Axes, want, axes)
			}
		}
	}
}

// TestOneVoxel: a box of edge s has the variance s²/12.
func TestOneVoxel(t *testing.T) {
	g := volume.Grid{N: [3]int{3, 3, 3}, Spacing: [3]float64{0.02, 0.03, 0.05}}
	l := volume.New[uint8](g)
	l.Data[13] = 1
	m, err := Of(g, find(t, l))
	if err != nil {
		t.Fatal(err)
	}
	for k, s := range []float64{0.05, 0.03, 0.02} {
		if got := m[0].Ellipsoid().Radii[k]; math.Abs(got-s*math.Sqrt(5.0/12)) > 1e-12 {
			t.Errorf("half axis %g of a voxel of %g", got, s)
		}
	}
	if _, err := Of(volume.Grid{N: g.N}, find(t, l)); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("unknown spacing: %v", err)
	}
}

func ExampleOf() {
	g := volume.Grid{N: [3]int{12, 1, 1}, Spacing: [3]float64{0.1, 0.1, 0.1}}
	l := volume.New[uint8](g)
	for x := 2; x < 8; x++ {
		l.Data[x] = 1
	}
	objects, _ := label.Find(context.Background(), l, label.Of(1), 26, parallel.Options{}, nil)
	m, _ := Of(g, objects)
	fmt.Printf("%d voxels about x = %.1f\n", m[0].Count, m[0].Centroid[0])
	// Output: 6 voxels about x = 4.5
}

func BenchmarkOf(b *testing.B) {
	g := volume.Grid{N: [3]int{256, 256, 256}, Spacing: [3]float64{1, 1, 1}}
	l, err := shape.Mask(b.Context(), g, shape.Sphere{Center: shape.Point{128, 128, 128}, Radius: 100}, parallel.Options{})
	if err != nil {
		b.Fatal(err)
	}
	objects := find(b, l)
	b.Run("n=256", func(b *testing.B) {
		b.SetBytes(int64(g.Len()))
		for b.Loop() {
			if _, err := Of(g, objects); err != nil {
				b.Fatal(err)
			}
		}
	})
}
