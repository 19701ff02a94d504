package openslide

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"explant/io/imagefile"
	"explant/io/tiff"
)

// sample is the path of a file of the sample collection.
func sample(t testing.TB, name string) string {
	t.Helper()
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	path := filepath.Join(root, filepath.FromSlash(name))
	if _, err := os.Stat(path); err != nil {
		t.Skip("no sample data: set EXPLANT_SAMPLES")
	}
	return path
}

// both opens a slide with OpenSlide and with libtiff.
func both(t testing.TB, path string) (slide, pages imagefile.Reader) {
	t.Helper()
	s, p := opened(t, path, Open), opened(t, path, tiff.Open)
	t.Cleanup(func() { s.Close(); p.Close() })
	return s, p
}

// Slides that package tiff reads without OpenSlide have the same levels and the same pixels through it.
func TestPackageTiffReadsWhatOpenSlideReads(t *testing.T) {
	for _, name := range []string{"wsi/CMU-1-Small-Region.svs", "wsi/small_aperio.svs", "wsi/pyramid_boxes.tiff", "wsi/pyramid_10kx5k_zstd_bigtiff.tiff"} {
		t.Run(filepath.Base(name), func(t *testing.T) {
			slide, pages := both(t, sample(t, name))
			a, b := slide.Info(), pages.Info()
			if len(a.Levels) != len(b.Levels) {
				t.Fatalf("%d levels, %d through libtiff", len(a.Levels), len(b.Levels))
			}
			for k := range a.Levels {
				if a.Levels[k].N != b.Levels[k].N || a.Levels[k].Tile != b.Levels[k].Tile {
					t.Errorf("level %d: %+v, %+v through libtiff", k, a.Levels[k], b.Levels[k])
				}
				t.Log(a.Levels[k], b.Levels[k])
				want, got := whole(t, slide, k), whole(t, pages, k)
				if !bytes.Equal(want, got) {
					t.Errorf("level %d: %s", k, differences(want, got))
				}
			}
			t.Log(fmt.Sprintf("%+v\n%+v", a, b))
		})
	}
}

func whole(t testing.TB, r imagefile.Reader, level int) []byte {
	t.Helper()
	b, err := r.Read(context.Background(), imagefile.Whole(r.Info(), level))
	if err != nil {
		t.Fatal(err)
	}
	return b.Data
}

func differences(a, b []byte) string {
	n, most := 0, 0
	for i := range a {
		d := int(a[i]) - int(b[i])
		if d != 0 {
			n++
		}
		most = max(most, d, -d)
	}
	return fmt.Sprintf("%d of %d samples differ, by up to %d", n, len(a), most)
}
