package openslide

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"math"
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

// truths are the SHA-256 of levels that are smaller than one of their tiles, which libtiff 4.5 and 4.7.1 damage on
// the way to OpenSlide: tifffile 2023.2.3, TiffFile(path).pages[level].asarray(); with zstd 1.5.4 for the second file.
var truths = map[string]string{
	"pyramid_boxes.tiff 2":               "0d68bada8ee892b6178a31bbd2f5aa760aa03a447f34c6e3b60480e2d0f99b1d",
	"pyramid_boxes.tiff 3":               "94847c5a7337ecc0977b703584ee27a9a466c76351601644be2c94dc752c4933",
	"pyramid_10kx5k_zstd_bigtiff.tiff 3": "ddfa87ca77bc0866a4f78ccdebc1d0cd5df76bcd92d75535cf0d10cf1be96ee0",
	"pyramid_10kx5k_zstd_bigtiff.tiff 4": "b40ecb7d367539e2c80c16641c1d5892f6c0e30945a2ba8cd2cba4498fec482c",
}

// Slides that package tiff reads without OpenSlide have the same levels and the same pixels through it.
func TestPackageTiffReadsWhatOpenSlideReads(t *testing.T) {
	for _, name := range []string{"CMU-1-Small-Region.svs", "small_aperio.svs", "pyramid_boxes.tiff", "pyramid_10kx5k_zstd_bigtiff.tiff"} {
		t.Run(name, func(t *testing.T) {
			slide, pages := both(t, sample(t, "wsi/"+name))
			a, b := slide.Info(), pages.Info()
			if len(a.Levels) != len(b.Levels) || a.Grid.Spacing != b.Grid.Spacing || a.Type != b.Type || a.Channels != b.Channels {
				t.Fatalf("%+v, through libtiff %+v", a, b)
			}
			for k, l := range a.Levels {
				m := b.Levels[k]
				// OpenSlide takes the mean of both directions, which differ by the rounding of the smaller one.
				if l.N != m.N || wholeSteps(l) && l.Tile != m.Tile || math.Abs(l.Downsample-m.Downsample) > m.Downsample/float64(min(m.N[0], m.N[1])) {
					t.Errorf("level %d: %+v, through libtiff %+v", k, l, m)
				}
				if l.N[0]*l.N[1] > 8e6 {
					continue // for time
				}
				compareLevel(t, name, k, slide, pages)
			}
		})
	}
}

func compareLevel(t *testing.T, name string, level int, slide, pages imagefile.Reader) {
	t.Helper()
	got := whole(t, pages, level)
	if truth := truths[fmt.Sprint(name, " ", level)]; truth != "" {
		if sum := fmt.Sprintf("%x", sha256.Sum256(got)); sum != truth {
			t.Errorf("level %d has the hash %s, not %s", level, sum, truth)
		}
		return
	}
	if want := whole(t, slide, level); !bytes.Equal(want, got) {
		t.Errorf("level %d: %s", level, differences(want, got))
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
