package centreline

import (
	"context"
	"errors"
	"fmt"
	"math"
	"testing"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
	"explant/volume/shape"
)

// arc is a tube along a quarter of a circle about the z axis through the origin.
type arc struct{ bend, radius float64 }

func (a arc) Distance(p shape.Point) float64 {
	return math.Hypot(math.Hypot(p[0], p[1])-a.bend, p[2]-0.5) - a.radius
}
func (a arc) Volume() float64 { return math.Inf(1) }
func (a arc) Area() float64   { return math.Inf(1) }

func mask(t testing.TB, n [3]int, spacing [3]float64, s shape.Solid) *volume.Labels {
	l, err := shape.Mask(t.Context(), volume.Grid{N: n, Spacing: spacing}, s, parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func voxel(l *volume.Labels, mm [3]float64) (p [3]int) {
	for a := range 3 {
		p[a] = int(math.Round(mm[a] / l.Spacing[a]))
	}
	return p
}

func TestTubes(t *testing.T) {
	for _, s := range [][3]float64{{0.02, 0.02, 0.02}, {0.02, 0.03, 0.04}} {
		n := [3]int{int(1.2/s[0]) + 1, int(1.2/s[1]) + 1, int(1/s[2]) + 1}
		axis := shape.Point{1, 0.7, 0.3}
		size := math.Sqrt(1 + 0.49 + 0.09)
		middle := shape.Point{0.6, 0.6, 0.5}
		straight := mask(t, n, s, shape.Cylinder{Center: middle, Axis: axis, Radius: 0.2, Length: math.Inf(1)})
		at := func(u float64) (p [3]float64) {
			for a := range 3 {
				p[a] = middle[a] + u*axis[a]/size
			}
			return p
		}
		check(t, straight, at(-0.5), at(0.5), 1, func(p [3]float64) float64 {
			d, along := [3]float64{p[0] - middle[0], p[1] - middle[1], p[2] - middle[2]}, 0.0
			for a := range 3 {
				along += d[a] * axis[a] / size
			}
			return math.Sqrt(math.Max(d[0]*d[0]+d[1]*d[1]+d[2]*d[2]-along*along, 0))
		})
		const bend = 0.8
		tube := mask(t, n, s, arc{bend, 0.2})
		c, w := math.Cos(0.15), math.Sin(0.15)
		check(t, tube, [3]float64{bend * c, bend * w, 0.5}, [3]float64{bend * w, bend * c, 0.5}, bend*(math.Pi/2-0.3), func(p [3]float64) float64 {
			return math.Hypot(math.Hypot(p[0], p[1])-bend, p[2]-0.5)
		})
	}
}

// check holds the line against its length and how far points may lie from the axis.
func check(t *testing.T, l *volume.Labels, from, to [3]float64, length float64, off func([3]float64) float64) {
	t.Helper()
	line, err := Between(t.Context(), l, label.Of(1), voxel(l, from), voxel(l, to), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	most, largest := 0.0, max(l.Spacing[0], l.Spacing[1], l.Spacing[2])
	for _, p := range line.Points {
		most = math.Max(most, off(p))
	}
	middle := line.Radius[len(line.Radius)/2]
	t.Logf("spacing %v: length %.3f mm, true %.3f; off the axis by at most %.2f of the largest spacing; radius %.3f", l.Spacing, line.Length, length, most/largest, middle)
	if math.Abs(line.Length-length) > 0.02*length+largest || most > 1.2*largest || math.Abs(middle-0.2) > largest {
		t.Errorf("length %g mm, want %g; off by %g mm; radius %g, want 0.2", line.Length, length, most, middle)
	}
}

func TestEnds(t *testing.T) {
	l := volume.New[uint8](volume.Grid{N: [3]int{9, 3, 3}, Spacing: [3]float64{1, 1, 1}})
	for i := range l.Data {
		if l.Position(i)[0] != 4 {
			l.Data[i] = 1
		}
	}
	between := func(from, to [3]int) error {
		_, err := Between(t.Context(), l, label.Of(1), from, to, parallel.Options{}, nil)
		return err
	}
	if err := between([3]int{0, 1, 1}, [3]int{8, 1, 1}); !errors.Is(err, ErrApart) {
		t.Errorf("through a wall: %v", err)
	}
	if between([3]int{4, 1, 1}, [3]int{8, 1, 1}) == nil || between([3]int{0, 1, 1}, [3]int{9, 1, 1}) == nil {
		t.Error("an end in the wall or outside was taken")
	}
	if err := between([3]int{1, 1, 1}, [3]int{1, 1, 1}); err != nil {
		t.Errorf("from a voxel to itself: %v", err)
	}
	l.Spacing = [3]float64{}
	if err := between([3]int{0, 1, 1}, [3]int{1, 1, 1}); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("unknown spacing: %v", err)
	}
}

func ExampleBetween() {
	l := volume.New[uint8](volume.Grid{N: [3]int{11, 7, 7}, Spacing: [3]float64{1, 1, 1}})
	for i := range l.Data {
		if p := l.Position(i); p[1] > 0 && p[1] < 6 && p[2] > 0 && p[2] < 6 {
			l.Data[i] = 1
		}
	}
	line, _ := Between(context.Background(), l, label.Of(1), [3]int{0, 3, 3}, [3]int{10, 3, 3}, parallel.Options{}, nil)
	fmt.Println(line.Length, line.Radius[5])
	// Output: 10 2.5
}

func BenchmarkBetween(b *testing.B) {
	l := mask(b, [3]int{128, 128, 128}, [3]float64{0.01, 0.01, 0.01}, arc{0.8, 0.2})
	b.Run("n=128", func(b *testing.B) {
		b.SetBytes(int64(l.Len()))
		for b.Loop() {
			if _, err := Between(b.Context(), l, label.Of(1), [3]int{80, 2, 50}, [3]int{2, 80, 50}, parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
