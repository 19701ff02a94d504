package parallel

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
)

func TestSlabsCoverEverySliceOnce(t *testing.T) {
	for _, c := range []struct{ nz, depth, halo, workers int }{{1, 8, 0, 1}, {17, 4, 2, 3}, {16, 8, 1, 8}, {0, 8, 0, 2}} {
		seen := make([]atomic.Int32, c.nz)
		o := Options{Workers: c.workers, Depth: c.depth, Halo: c.halo}
		err := Slabs(t.Context(), c.nz, o, nil, func(_ context.Context, s Slab) error {
			if s.Lo != max(s.Z0-c.halo, 0) || s.Hi != min(s.Z1+c.halo, c.nz) {
				t.Errorf("slab %+v has the wrong halo", s)
			}
			for z := s.Z0; z < s.Z1; z++ {
				seen[z].Add(1)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for z := range seen {
			if n := seen[z].Load(); n != 1 {
				t.Errorf("%+v: slice %d written %d times", c, z, n)
			}
		}
	}
}

func TestSlabsReturnTheFirstErrorAndStop(t *testing.T) {
	boom := errors.New("boom")
	var calls atomic.Int32
	err := Slabs(t.Context(), 10_000, Options{Workers: 2, Depth: 1}, nil, func(context.Context, Slab) error {
		calls.Add(1)
		return boom
	})
	if !errors.Is(err, boom) || calls.Load() > 100 {
		t.Fatalf("error %v after %d calls", err, calls.Load())
	}
}

func TestSlabsStopWhenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	err := Slabs(ctx, 1000, Options{Workers: 2, Depth: 1}, nil, func(context.Context, Slab) error {
		cancel()
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}
