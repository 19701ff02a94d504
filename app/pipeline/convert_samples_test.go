package pipeline

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/io/open"
	"explant/volume/parallel"
)

// all decodes level 0 of an image.
func all(t *testing.T, path string) (imagefile.Info, []byte) {
	t.Helper()
	r, err := open.Path(t.Context(), path, open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil {
		t.Fatal(err)
	}
	return r.Info(), b.Data
}

// Images of other programs keep every sample in every format, or are refused with a word on what to do.
func TestSamplesConverted(t *testing.T) {
	for _, folder := range []string{"microct", "if_multichannel", "wsi"} {
		entries, err := os.ReadDir(sample(t, folder))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			in := filepath.Join(sample(t, folder), e.Name())
			if i, err := Inspect(t.Context(), in); err != nil || i.Bytes() > 16<<20 {
				continue // no image, or a slide of which one suffices
			}
			want, data := all(t, in)
			for _, end := range []string{".nrrd", ".mha", ".nii.gz", ".ome.tif"} {
				out := filepath.Join(t.TempDir(), "image"+end)
				if _, err := Convert(t.Context(), Conversion{Input: in, Output: out}, parallel.Discard{}); err != nil {
					if want.Channels == 1 || !strings.Contains(err.Error(), "write .nrrd") {
						t.Errorf("%s: %v", e.Name(), err)
					}
					continue
				}
				if got, same := all(t, out); got.Type != want.Type || got.Grid.N != want.Grid.N || got.Channels != want.Channels || !bytes.Equal(data, same) {
					t.Errorf("%s%s: %v %s x%d, not %v %s x%d, or other samples", e.Name(), end, got.Grid.N, got.Type, got.Channels, want.Grid.N, want.Type, want.Channels)
				}
			}
		}
	}
}
