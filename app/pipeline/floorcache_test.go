package pipeline

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"explant/analysis/floor"
)

func TestFloorIsKeptInTheCacheFolder(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	want := floor.Limits{Sphere: 1.0 / 3, Film: math.Inf(1), BorderBias: -0.01, BorderSD: 1e-17}
	made := 0
	recall := func(key string) {
		t.Helper()
		got, err := keepFloor(key, func() (floor.Limits, error) { made++; return want, nil })
		if err != nil || got != want {
			t.Errorf("%+v, %v", got, err)
		}
	}
	recall("a")
	recall("a")
	recall("b")
	if made != 2 {
		t.Errorf("made %d times for two keys", made)
	}
	files, err := filepath.Glob(filepath.Join(cache, "explant", "floor", "*.json"))
	if err != nil || len(files) != 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		if err := os.WriteFile(f, []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if recall("a"); made != 3 {
		t.Errorf("a damaged file was believed")
	}
}
