package oxygenator

import (
	"math"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// A tilted wall behind air is found to a tenth of a voxel; a face without one is not.
func TestTiltedHousingWall(t *testing.T) {
	g := volume.Grid{N: [3]int{64, 64, 64}}
	v := volume.New[float32](g)
	at := func(y, z int) float64 { return 12.3 + 0.03*float64(y) - 0.02*float64(z) }
	for i := range v.Data {
		x, y, z := split(g, i)
		inner := bound(at(y, z)-float64(x)+0.5, 0, 1)
		outer := bound(3-float64(x)+0.5, 0, 1)
		v.Data[i] = float32(10 + 100*(inner-outer))
	}
	f := &finder{shape: shape{outer: 9.5, innerLo: 5, innerHi: 7}, smooth: v, air: 10, cut: 50}
	h, err := f.findHousing(t.Context(), parallel.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(h.walls) != 1 || h.walls[0].axis != 0 || h.walls[0].high {
		t.Fatalf("walls %+v", h.walls)
	}
	for _, p := range [][3]int{{20, 5, 5}, {20, 60, 10}, {5, 30, 60}} {
		want := float64(p[0]) - at(p[1], p[2])
		if got := h.depth(g.N, p); math.Abs(got-want) > 0.1 {
			t.Errorf("depth at %v is %.2f, want %.2f", p, got, want)
		}
	}
}
