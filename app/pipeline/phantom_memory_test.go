package pipeline

import (
	"errors"
	"testing"
)

func TestPhantomsThatDoNotFitAreRefused(t *testing.T) {
	for _, kind := range []string{"oxygenator", "connector", "device", "if", "sem", "serial"} {
		for _, l := range []Limits{{}, {Memory: 1 << 40}} {
			_, err := MakePhantom(t.Context(), kind, t.TempDir(), PhantomOptions{Size: 3_000_000}, l, nil)
			if !errors.Is(err, ErrMemory) {
				t.Errorf("%s: %v", kind, err)
			}
		}
		if _, err := MakePhantom(t.Context(), kind, t.TempDir(), PhantomOptions{Size: 60}, Limits{Memory: 1 << 20}, nil); !errors.Is(err, ErrMemory) {
			t.Errorf("%s in a MiB: %v", kind, err)
		}
	}
}
