package hdf5

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSplit(t *testing.T) {
	odd := filepath.Join(t.TempDir(), "a.h5:")
	if err := os.MkdirAll(odd, 0o755); err != nil {
		t.Fatal(err)
	}
	odd = filepath.Join(odd, "b.h5")
	if err := os.WriteFile(odd, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string][2]string{
		"scan.h5":               {"scan.h5", ""},
		"scan.h5:/entry/data":   {"scan.h5", "/entry/data"},
		"/a.b/scan.nxs:/e:/d":   {"/a.b/scan.nxs:/e", "/d"},
		`C:/scans/scan.h5`:      {`C:/scans/scan.h5`, ""},
		`C:/scans/scan.h5:/a/b`: {`C:/scans/scan.h5`, "/a/b"},
		odd:                     {odd, ""}, // a file of that name is that file
	} {
		if file, set := Split(path); file != want[0] || set != want[1] {
			t.Errorf("%s: %s and %s", path, file, set)
		}
	}
	if !Is([]byte("\x89HDF\r\n\x1a\nmore")) || Is([]byte("\x89HDF")) {
		t.Error("what begins as HDF5 does")
	}
}
