package thickness

import (
	"errors"
	"math"
	"slices"
	"testing"

	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
	"explant/volume/shape"
)

func coarse(t testing.TB, l *volume.Labels, factor int, o parallel.Options) *volume.Volume[float32] {
	t.Helper()
	v, err := Coarse(t.Context(), l, label.Of(4), factor, o, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestCoarseIsNearTheExactOne(t *testing.T) {
	for _, s := range [][3]float64{{0.02, 0.02, 0.02}, {0.02, 0.02, 0.04}} {
		g := volume.Grid{Spacing: s}
		for a := range 3 {
			g.N[a] = int(1.2/s[a]) + 1
		}
		l := draw4(t, g, shape.Cylinder{Center: shape.Point{0.6, 0.6, 0.6}, Axis: shape.Point{1, 1, 0}, Radius: 0.3, Length: math.Inf(1)})
		exact := local(t, l, parallel.Options{})
		for _, factor := range []int{2, 3} {
			got := coarse(t, l, factor, parallel.Options{Workers: 2, Depth: 5})
			sum, n, allowed := 0.0, 0.0, 1.1*float64(factor)*max(s[0], s[2])
			for i, d := range got.Data {
				if (d > 0) != (exact.Data[i] > 0) {
					t.Fatalf("voxel %d: %g where the exact one is %g", i, d, exact.Data[i])
				}
				if d > 0 {
					sum += math.Abs(float64(d) - float64(exact.Data[i]))
					n++
				}
			}
			t.Logf("spacing %v, factor %d: off by %.3f mm on the mean", s, factor, sum/n)
			if sum/n > allowed {
				t.Errorf("spacing %v, factor %d: off by %g mm, %g is allowed", s, factor, sum/n, allowed)
			}
		}
	}
}

func TestCoarseOfThinAndFull(t *testing.T) {
	l := volume.New[uint8](volume.Grid{N: [3]int{9, 9, 9}, Spacing: [3]float64{1, 1, 1}})
	l.Data[l.Offset(4, 4, 4)] = 4
	if got := coarse(t, l, 2, parallel.Options{}); got.At(4, 4, 4) != 2 || slices.Max(got.Data[:100]) != 0 {
		t.Errorf("a single voxel is %g mm thick", got.At(4, 4, 4))
	}
	for i := range l.Data {
		l.Data[i] = 4
	}
	if _, err := Coarse(t.Context(), l, label.Of(4), 2, parallel.Options{}, nil); !errors.Is(err, distance.ErrNoSites) {
		t.Errorf("a full volume: %v", err)
	}
	l.Data[0] = 0
	if _, err := Coarse(t.Context(), l, label.Of(4), 2, parallel.Options{}, nil); !errors.Is(err, distance.ErrNoSites) {
		t.Errorf("a volume that is full where it is coarse: %v", err)
	}
	if _, err := Coarse(t.Context(), l, label.Of(4), 1, parallel.Options{}, nil); err == nil {
		t.Error("a factor of 1 was taken")
	}
}

func BenchmarkCoarse(b *testing.B) {
	g := volume.Grid{N: [3]int{256, 256, 256}, Spacing: [3]float64{1, 1, 1}}
	l := draw4(b, g, shape.Shell{Center: shape.Point{128, 128, 128}, Inner: 80, Outer: 100})
	b.Run("factor=2/n=256", func(b *testing.B) {
		b.SetBytes(int64(l.Len()))
		for b.Loop() {
			coarse(b, l, 2, parallel.Options{})
		}
	})
}
