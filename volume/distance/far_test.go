package distance

import (
	"context"
	"math"
	"testing"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Sites far apart need envelopes, columns that lead through several slabs and squares off the table.
func TestFarSitesEqualBruteForce(t *testing.T) {
	for _, spacing := range [][3]float64{{0.02, 0.02, 0.02}, {0.02, 0.03, 0.05}} {
		l := volume.New[uint8](volume.Grid{N: [3]int{90, 41, 3*depth + 5}, Spacing: spacing})
		sites := [][3]int{{3, 2, 1}, {88, 40, 2}, {40, 20, 3*depth + 4}, {41, 20, 30}, {0, 39, 33}}
		for _, s := range sites {
			l.Data[l.Offset(s[0], s[1], s[2])] = 2
		}
		d, err := Centers(t.Context(), l, label.Of(2), parallel.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, got := range d.Data {
			at := [3]int{i % l.N[0], i / l.N[0] % l.N[1], i / l.N[0] / l.N[1]}
			want := math.Inf(1)
			for _, s := range sites {
				sum := 0.0
				for a := range 3 {
					sum += math.Pow(float64(at[a]-s[a])*spacing[a], 2)
				}
				want = min(want, math.Sqrt(sum))
			}
			if math.Abs(float64(got)-want) > 1e-6 {
				t.Fatalf("spacing %v, voxel %v: %g mm, want %g", spacing, at, got, want)
			}
		}
	}
}

// The slices beside a slab are those that the neighbouring slab has.
func TestSlicesBesideASlabAreTheNeighbours(t *testing.T) {
	l := volume.New[uint8](volume.Grid{N: [3]int{20, 9, 3 * depth}, Spacing: [3]float64{0.02, 0.02, 0.02}})
	for i := 7; i < len(l.Data); i += 1 + i%911 {
		l.Data[i] = 2
	}
	whole, err := To(t.Context(), l, label.Of(2), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = Slabs(t.Context(), l, label.Of(2), parallel.Options{}, nil, func(_ context.Context, s *Slab) error {
		slice := make([]Distance, l.N[0]*l.N[1])
		for z := max(s.Z0-1, 0); z <= min(s.Z1, l.N[2]-1); z++ {
			s.Slice(slice, z)
			for i, want := range whole.Slice(z) {
				if slice[i].Interface != want {
					t.Errorf("slice %d of slab %d: %g mm, want %g", z, s.Z0, slice[i].Interface, want)
					return nil
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
