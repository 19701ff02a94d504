package morph

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
	"explant/volume/shape"
)

// bruteOpen draws every ball that fits. Values are 1 in the set.
func bruteOpen(l *volume.Labels, radius float64) []uint8 {
	out := make([]uint8, l.Len())
	for i := range out {
		held := bruteBall(l, i, radius)
		fits := true
		for _, j := range held {
			fits = fits && l.Data[j] == 1
		}
		for _, j := range held {
			if fits {
				out[j] = 1
			}
		}
	}
	return out
}

// bruteBall lists the voxels in the ball about voxel i.
func bruteBall(l *volume.Labels, i int, radius float64) (held []int) {
	p := l.Position(i)
	for j := range l.Data {
		q := l.Position(j)
		d := 0.0
		for a := range 3 {
			d += math.Pow(float64(p[a]-q[a])*l.Spacing[a], 2)
		}
		if math.Sqrt(d) <= radius*(1+1e-6) {
			held = append(held, j)
		}
	}
	return held
}

func TestBallsEqualBruteForce(t *testing.T) {
	for seed, s := range [][3]float64{{0.02, 0.02, 0.02}, {0.02, 0.03, 0.05}, {0.04, 0.02, 0.02}} {
		r := rand.New(rand.NewPCG(uint64(seed), 5))
		l := volume.New[uint8](volume.Grid{N: [3]int{12, 11, 10}, Spacing: s})
		inverse := volume.New[uint8](l.Grid)
		for i := range l.Data {
			l.Data[i] = uint8(min(r.IntN(25), 1))
			inverse.Data[i] = 1 - l.Data[i]
		}
		for _, radius := range []float64{0, 0.02, 0.03, 0.041} {
			got, err := OpenBall(t.Context(), l, label.Of(1), radius, parallel.Options{Workers: 2}, nil)
			if err != nil {
				t.Fatal(err)
			}
			want := bruteOpen(l, radius)
			if !slices.Equal(got.Data, want) {
				t.Errorf("opening by %g mm of spacing %v differs from drawing the balls", radius, s)
			}
			closed, err := CloseBall(t.Context(), inverse, label.Of(1), radius, parallel.Options{}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for i := range want {
				if closed.Data[i] == want[i] {
					t.Fatalf("closing by %g mm of spacing %v: voxel %d is not the complement of the opened complement", radius, s, i)
				}
			}
			again, err := OpenBall(t.Context(), got, label.Of(1), radius, parallel.Options{}, nil)
			if err != nil || !slices.Equal(again.Data, got.Data) {
				t.Errorf("opening by %g mm twice is not opening once (%v)", radius, err)
			}
		}
	}
}

func TestBallsOfEmptyAndFull(t *testing.T) {
	l := volume.New[uint8](volume.Grid{N: [3]int{5, 5, 5}, Spacing: [3]float64{1, 1, 1}})
	for _, f := range []func() (*volume.Labels, error){
		func() (*volume.Labels, error) {
			return OpenBall(t.Context(), l, label.Of(1), 2, parallel.Options{}, nil)
		},
		func() (*volume.Labels, error) {
			return CloseBall(t.Context(), l, label.Of(1), 2, parallel.Options{}, nil)
		},
	} {
		if got, err := f(); err != nil || slices.Contains(got.Data, 1) {
			t.Errorf("of nothing: %v", err)
		}
	}
	full, err := OpenBall(t.Context(), l, label.Of(0), 2, parallel.Options{}, nil)
	if err != nil || slices.Contains(full.Data, 0) {
		t.Errorf("of everything: %v", err)
	}
	if _, err := OpenBall(t.Context(), l, label.Of(0), math.NaN(), parallel.Options{}, nil); err == nil {
		t.Error("a radius that is no number was taken")
	}
	l.Spacing = [3]float64{}
	if _, err := OpenBall(t.Context(), l, label.Of(0), 2, parallel.Options{}, nil); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("unknown spacing: %v", err)
	}
}

func BenchmarkOpenBall(b *testing.B) {
	l, err := shape.Mask(b.Context(), volume.Grid{N: [3]int{256, 256, 256}, Spacing: [3]float64{1, 1, 1}}, shape.Shell{Center: shape.Point{128, 128, 128}, Inner: 80, Outer: 100}, parallel.Options{})
	if err != nil {
		b.Fatal(err)
	}
	for _, r := range []float64{3, 8} {
		b.Run(fmt.Sprintf("r=%g/n=256", r), func(b *testing.B) {
			b.SetBytes(int64(l.Len()))
			for b.Loop() {
				if _, err := OpenBall(b.Context(), l, label.Of(1), r, parallel.Options{}, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
