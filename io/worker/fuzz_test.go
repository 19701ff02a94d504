package worker

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// FuzzTIFF feeds damaged files to a worker, which may die of them; the test may not.
func FuzzTIFF(f *testing.F) {
	f.Add(good)
	f.Add(good[:40])
	f.Add([]byte("MM\x00\x2b\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "fuzzed.tif")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(t.Context(), TIFF, path, Limits{})
		if err == nil {
			defer r.Close()
			if i := r.Info(); i.Bytes() < 16<<20 {
				_, err = r.Read(t.Context(), imagefile.Whole(i, 0))
			}
		}
		if err != nil && (strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "fuzzed.tif")) {
			t.Errorf("error %q", err)
		}
	})
}
