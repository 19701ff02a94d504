package measure

import (
	"math"
	"math/rand/v2"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// Greys that were cut off make a heap at the largest one; those that were not do not, whatever their type.
func TestClippedGreysAreToldFromBrightOnes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	whole := volume.New[uint16](volume.Grid{N: [3]int{64, 64, 16}})
	for i := range whole.Data {
		whole.Data[i] = uint16(20000 + 3000*rng.NormFloat64())
	}
	cut := volume.New[uint16](whole.Grid)
	small := volume.New[uint8](whole.Grid)
	high := 0.0
	for i, g := range whole.Data {
		cut.Data[i], small.Data[i] = min(g, 24500), uint8(g>>8)
		if i/(64*64)%saturatedPitch == 0 && g >= 24500 {
			high++
		}
	}
	got := func(share float64, err error) float64 {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return share
	}
	if s := got(clipped(t.Context(), whole, parallel.Options{})); s != 0 {
		t.Errorf("nothing was cut off: %g", s)
	}
	if s := got(clipped(t.Context(), small, parallel.Options{})); s != 0 {
		t.Errorf("nothing was cut off 8 bits: %g", s)
	}
	want := high / float64(64*64*16/saturatedPitch)
	for _, workers := range []int{1, 3} {
		if s := got(clipped(t.Context(), cut, parallel.Options{Workers: workers})); math.Abs(s-want) > 1e-12 {
			t.Errorf("%d workers: %g was cut off, found %g", workers, want, s)
		}
	}
	mask := volume.New[uint8](whole.Grid)
	for i := range mask.Data {
		mask.Data[i] = uint8(255 * (i / 7 % 2))
	}
	if s := got(clipped(t.Context(), mask, parallel.Options{})); s != 0 {
		t.Errorf("a mask: %g", s)
	}
	flat := volume.New[float32](whole.Grid)
	flat.Data[3] = float32(math.NaN())
	if s := got(clipped(t.Context(), flat, parallel.Options{})); s != 0 {
		t.Errorf("one grey: %g", s)
	}
}
