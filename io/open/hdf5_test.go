package open

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// HDF5 is read by builds with its tag; others say so in one sentence, whatever the file is called.
func TestHDF5(t *testing.T) {
	path := filepath.Join(t.TempDir(), "scan.dat")
	if err := os.WriteFile(path, []byte("\x89HDF\r\n\x1a\nnothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{path, path + ":/entry/data"} {
		_, err := Path(t.Context(), name, Options{})
		if err == nil || !strings.Contains(err.Error(), "scan.dat: ") || !strings.Contains(err.Error(), "HDF5") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	whole, err := Hash(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	a, err := Hash(t.Context(), path+":/a")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := Hash(t.Context(), path+":/b"); err != nil || a == b || a == whole {
		t.Errorf("hashes %s, %s and %s, %v", whole, a, b, err)
	}
}
