package thickness

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
	"explant/volume/shape"
)

func draw4(t testing.TB, g volume.Grid, s shape.Solid) *volume.Labels {
	l, err := shape.Mask(t.Context(), g, s, parallel.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.Data {
		l.Data[i] *= 4
	}
	return l
}

func local(t testing.TB, l *volume.Labels, o parallel.Options) *volume.Volume[float32] {
	v, err := Local(t.Context(), l, label.Of(4), o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFilms(t *testing.T) {
	for axis := range 3 {
		spacing := [3]float64{0.02, 0.03, 0.05}
		for voxels, want := range map[int]float64{1: 1, 3: 3, 4: 3, 5: 5, 7: 7, 8: 7} {
			l := volume.New[uint8](volume.Grid{N: [3]int{20, 20, 20}, Spacing: spacing})
			for i := range l.Data {
				if c := [3]int{i % 20, i / 20 % 20, i / 400}[axis]; c >= 6 && c < 6+voxels {
					l.Data[i] = 4
				}
			}
			for i, d := range local(t, l, parallel.Options{}).Data {
				w := 0.0
				if l.Data[i] == 4 {
					w = want * spacing[axis]
				}
				if math.Abs(float64(d)-w) > 1e-6 {
					t.Fatalf("film of %d voxels across %c: %g mm, want %g", voxels, "xyz"[axis], d, w)
				}
			}
		}
	}
}

// Solids of one thickness. The half voxel that package distance takes off at both sides of a ball is
// too much on round surfaces: the mean is 0.5 to 1 spacing too small, never too large.
func TestSolidsOfOneThickness(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		name    string
		solid   shape.Solid
		spacing [3]float64
		want    float64
	}{
		{"sphere", shape.Sphere{Center: shape.Point{0.6, 0.6, 0.6}, Radius: 0.4}, [3]float64{0.02, 0.02, 0.02}, 0.8},
		{"sphere, 1:1:2", shape.Sphere{Center: shape.Point{0.6, 0.6, 0.6}, Radius: 0.4}, [3]float64{0.02, 0.02, 0.04}, 0.8},
		{"cylinder", shape.Cylinder{Center: shape.Point{0.6, 0.6, 0.6}, Axis: shape.Point{1, 1, 0}, Radius: 0.2, Length: inf}, [3]float64{0.02, 0.02, 0.02}, 0.4},
		{"tube wall", shape.Cylinder{Center: shape.Point{0.6, 0.6, 0.6}, Axis: shape.Point{0, 0, 1}, Radius: 0.5, Bore: 0.3, Length: inf}, [3]float64{0.02, 0.02, 0.02}, 0.2},
		{"shell", shape.Shell{Center: shape.Point{0.6, 0.6, 0.6}, Inner: 0.3, Outer: 0.5}, [3]float64{0.02, 0.02, 0.02}, 0.2},
	} {
		g := volume.Grid{Spacing: c.spacing}
		for a := range 3 {
			g.N[a] = int(1.2/c.spacing[a]) + 1
		}
		var sum, n float64
		for _, d := range local(t, draw4(t, g, c.solid), parallel.Options{}).Data {
			if d > 0 {
				sum, n = sum+float64(d), n+1
			}
		}
		mean, most := sum/n, max(c.spacing[0], c.spacing[2])
		t.Logf("%s: mean %.4f mm, want %.4f: %+.2f of the largest spacing", c.name, mean, c.want, (mean-c.want)/most)
		if mean > c.want || mean < c.want-1.05*most {
			t.Errorf("%s: mean %g mm, want %g", c.name, mean, c.want)
		}
	}
}

// By the definition: the largest ball, centred on any voxel, that holds the voxel and no centre outside.
func TestEqualsBruteForce(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 4))
	l := volume.New[uint8](volume.Grid{N: [3]int{11, 10, 12}, Spacing: [3]float64{0.02, 0.03, 0.025}})
	for i := range l.Data {
		l.Data[i] = 4
		if r.IntN(60) == 0 {
			l.Data[i] = 0
		}
	}
	got := local(t, l, parallel.Options{Depth: 2})
	radius, err := distance.To(t.Context(), l, label.Of(0), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	reach, err := distance.Centers(t.Context(), l, label.Of(0), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := func(i int) [3]float64 {
		return [3]float64{float64(i%11) * 0.02, float64(i/11%10) * 0.03, float64(i/110) * 0.025}
	}
	for i := range l.Data {
		want := 0.0
		for j, rad := range radius.Data {
			p, q := at(i), at(j)
			if math.Sqrt((p[0]-q[0])*(p[0]-q[0])+(p[1]-q[1])*(p[1]-q[1])+(p[2]-q[2])*(p[2]-q[2])) < float64(reach.Data[j])*(1-1e-6) {
				want = max(want, 2*float64(rad))
			}
		}
		if math.Abs(float64(got.Data[i])-want) > 1e-6 {
			t.Fatalf("voxel %d: %g mm, want %g", i, got.Data[i], want)
		}
	}
}

func TestWorkersAndErrors(t *testing.T) {
	g := volume.Grid{N: [3]int{40, 40, 40}, Spacing: [3]float64{0.03, 0.03, 0.03}}
	l := draw4(t, g, shape.Shell{Center: shape.Point{0.6, 0.6, 0.6}, Inner: 0.3, Outer: 0.5})
	if !slices.Equal(local(t, l, parallel.Options{Workers: 1}).Data, local(t, l, parallel.Options{Workers: 8, Depth: 1}).Data) {
		t.Error("the number of workers changes the thickness")
	}
	for i := range l.Data {
		l.Data[i] = 4
	}
	if _, err := Local(t.Context(), l, label.Of(4), parallel.Options{}, nil); !errors.Is(err, distance.ErrNoSites) {
		t.Errorf("a full volume: %v", err)
	}
	l.Spacing[1] = 0
	if _, err := Local(t.Context(), l, label.Of(4), parallel.Options{}, nil); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("unknown spacing: %v", err)
	}
}

func ExampleLocal() {
	l := volume.New[uint8](volume.Grid{N: [3]int{7, 1, 1}, Spacing: [3]float64{0.02, 0.02, 0.02}})
	copy(l.Data, []uint8{0, 4, 4, 4, 0, 4, 0})
	t, _ := Local(context.Background(), l, label.Of(4), parallel.Options{}, nil)
	fmt.Println(t.Data)
	// Output: [0 0.06 0.06 0.06 0 0.02 0]
}

func BenchmarkLocal(b *testing.B) {
	const n = 128
	l := volume.New[uint8](volume.Grid{N: [3]int{n, n, n}, Spacing: [3]float64{0.02, 0.02, 0.02}})
	for i := range l.Data {
		x, y, z := float64(i%n), float64(i/n%n), float64(i/n/n)
		if math.Sin(x/6)+math.Sin(y/7)+math.Sin(z/8) > 0.9 {
			l.Data[i] = 4
		}
	}
	b.Run(fmt.Sprintf("n=%d", n), func(b *testing.B) {
		b.SetBytes(int64(l.Len()))
		for b.Loop() {
			if _, err := Local(b.Context(), l, label.Of(4), parallel.Options{}, nil); err != nil {
				b.Fatal(err)
			}
		}
	})
}
