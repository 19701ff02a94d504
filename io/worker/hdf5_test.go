//go:build hdf5

package worker

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// HDF5 files cut or changed anywhere are read or refused in one line, even where the library dies of them.
func TestDamagedHDF5(t *testing.T) {
	path := filepath.Join(t.TempDir(), "damaged.h5")
	rng := rand.New(rand.NewPCG(8, 8))
	for _, name := range []string{"nexus.h5", "ilastik.h5"} {
		good, err := os.ReadFile(filepath.Join("..", "hdf5", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		for i := range 400 {
			b := bytes.Clone(good)
			if i%2 == 0 {
				b = b[:len(b)*i/400]
			} else {
				b[rng.IntN(len(b))] = byte(rng.Uint32())
			}
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Open(t.Context(), HDF5, path, Limits{})
			if err == nil {
				if r.Info().Bytes() < 1<<22 {
					_, err = r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
				}
				r.Close()
			}
			if err != nil && (strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "damaged.h5: ")) {
				t.Fatalf("%q", err)
			}
		}
	}
}

func TestDataSetInAWorker(t *testing.T) {
	r, err := Open(t.Context(), HDF5, filepath.Join("..", "hdf5", "testdata", "several.h5")+":/a/first", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil || b.N != [3]int{4, 3, 1} || b.Data[1] != 10 {
		t.Errorf("%+v, %v", b, err)
	}
	if _, err := Open(t.Context(), HDF5, "nothing.h5:/a", Limits{}); err == nil || !strings.HasPrefix(err.Error(), "read nothing.h5: ") {
		t.Error(err)
	}
}
