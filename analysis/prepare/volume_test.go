package prepare

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"explant/volume"
	"explant/volume/parallel"
)

// noisy is two levels in noise, in flat voxels.
func noisy[T volume.Voxel]() *volume.Volume[T] {
	r := rand.New(rand.NewPCG(1, 1))
	v := volume.New[T](volume.Grid{N: [3]int{24, 20, 12}, Spacing: [3]float64{0.02, 0.02, 0.04}})
	held := volume.Held[T]()
	for i := range v.Data {
		v.Data[i] = held(40 + 60*float64(v.Position(i)[0]/12) + 6*r.NormFloat64())
	}
	return v
}

var all = Params{Rings: &Rings{}, Gain: &Gain{Classes: 2}, Isotropic: &Isotropic{}, Denoise: &Denoise{Method: NLM}}

func prepareOne[T volume.Voxel](t *testing.T) {
	t.Helper()
	if err := all.Check(); err != nil {
		t.Fatal(err)
	}
	got, done, err := Volume(t.Context(), noisy[T](), all, parallel.Options{Workers: 2}, nil)
	if err != nil {
		t.Fatalf("%T: %v", T(0), err)
	}
	if got.N != [3]int{24, 20, 24} || len(done.Flags) != 1 || !strings.Contains(done.Flags[0].Text, "cubes of 20 µm; noise of") {
		t.Errorf("%T: %v, %+v", T(0), got.N, done.Flags)
	}
}

func TestEveryTypeIsPrepared(t *testing.T) {
	prepareOne[uint8](t)
	prepareOne[uint16](t)
	prepareOne[int16](t)
	prepareOne[float32](t)
}

func TestNothingAskedNothingDone(t *testing.T) {
	v := noisy[uint8]()
	got, done, err := Volume(t.Context(), v, Params{}, parallel.Options{}, nil)
	if err != nil || got != v || len(done.Flags) != 0 || len(done.Diagnostics) != 0 {
		t.Errorf("%v, %v", done, err)
	}
	if len(Params{}.Algorithms()) != 0 || len(all.Algorithms()) != 4 {
		t.Errorf("algorithms %v", all.Algorithms())
	}
}

func TestAMissingAxisIsTold(t *testing.T) {
	_, done, err := Volume(t.Context(), noisy[uint8](), Params{Rings: &Rings{FindWithin: 2}}, parallel.Options{}, nil)
	if err != nil || len(done.Flags) == 0 || done.Flags[0].ID != "rings-axis" {
		t.Errorf("%+v, %v", done, err)
	}
}

func TestUnknownSpacingIsNotMadeCubes(t *testing.T) {
	v := noisy[uint8]()
	v.Spacing = [3]float64{}
	if _, _, err := Volume(t.Context(), v, Params{Isotropic: &Isotropic{}}, parallel.Options{}, nil); !errors.Is(err, volume.ErrSpacing) {
		t.Errorf("unknown spacing: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := Volume(ctx, noisy[uint8](), all, parallel.Options{}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
