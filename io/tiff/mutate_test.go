package tiff

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// mutate reads n damaged copies of a file.
func mutate(t *testing.T, path string, n int) {
	t.Helper()
	valid, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	opened := 0
	for i := range n {
		b := append([]byte(nil), valid...)
		for range 1 + rng.IntN(6) {
			b[rng.IntN(min(len(b), 600))] = byte(rng.IntN(256)) // the directories stand in front
		}
		if rng.IntN(4) == 0 {
			b = b[:rng.IntN(len(b))]
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(t.Context(), path)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("mutation %d: error of more than a line: %q", i, err)
			}
			continue
		}
		opened++
		info := r.Info()
		if w := imagefile.Whole(info, 0); info.Bytes() < 1<<20 {
			if b, err := r.Read(t.Context(), w); err == nil && int64(len(b.Data)) != info.Bytes() {
				t.Errorf("mutation %d: %d bytes of %d", i, len(b.Data), info.Bytes())
			}
		}
		r.Close()
	}
	if opened < n/20 {
		t.Errorf("only %d of %d mutations open: they test nothing", opened, n)
	}
}
