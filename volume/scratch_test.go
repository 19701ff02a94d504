package volume

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"explant/volume/parallel"
)

// scratch opens one in a folder that lies on a disk, or skips.
func scratch(t *testing.T, resident int64) (context.Context, string) {
	t.Helper()
	dir := t.TempDir()
	s, err := NewScratch(dir, resident)
	if errors.Is(err, ErrScratch) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return With(t.Context(), s), dir
}

func TestScratchHoldsWhatMemoryDoesNot(t *testing.T) {
	before := resident()
	limit := before + 96<<20
	ctx, dir := scratch(t, limit)
	var all []*Volume[uint16]
	var most int64
	for k := range 4 { // 4 x 64 MiB in about 96
		v, err := Make[uint16](ctx, Grid{N: [3]int{512, 512, 128}})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
		err = parallel.Slabs(ctx, v.N[2], parallel.Options{}, nil, func(_ context.Context, s parallel.Slab) error {
			for i := s.Z0 * 512 * 512; i < s.Z1*512*512; i++ {
				v.Data[i] = uint16(i*(k+3)) ^ uint16(i>>16)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, resident())
	}
	if most > limit+limit/10 {
		t.Errorf("%d MiB resident, %d allowed", most>>20, limit>>20)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "*")); len(files) > 0 {
		t.Errorf("a killed process would leave %v", files)
	}
	for k, v := range all {
		for i, g := range v.Data {
			if want := uint16(i*(k+3)) ^ uint16(i>>16); g != want {
				t.Fatalf("volume %d, voxel %d: %d, want %d", k, i, g, want)
			}
		}
		Drop(ctx, v.Data)
	}
}

func TestMakeWithoutScratchIsNew(t *testing.T) {
	v, err := Make[float32](t.Context(), Grid{N: [3]int{2, 3, 4}})
	if err != nil || len(v.Data) != 24 {
		t.Fatal(len(v.Data), err)
	}
	Drop(t.Context(), v.Data) // leaves it to the collector
	if a, err := Array[int32](t.Context(), 5); err != nil || len(a) != 5 {
		t.Fatal(len(a), err)
	}
}

func TestScratchIsRefused(t *testing.T) {
	if _, err := NewScratch(filepath.Join(t.TempDir(), "none"), 1<<30); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there: %v", err)
	}
	ctx, dir := scratch(t, 1<<30)
	free, err := FreeDisk(dir)
	if err != nil || free <= 0 {
		t.Fatal(free, err)
	}
	if _, err := Array[uint8](ctx, int(free)+1<<40); err == nil {
		t.Error("more than the disk holds was given out")
	}
}
