package openslide

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"explant/io/imagefile"
	"explant/io/tiff"
)

// BenchmarkRead opens a slide and reads it once in windows of 512 x 512 pixels from several goroutines: through
// OpenSlide with one handle for all or one for each, and through package tiff.
func BenchmarkRead(b *testing.B) {
	path := sample(b, "wsi/CMU-1-Small-Region.svs")
	for _, by := range []string{"openslide", "handles", "tiff"} {
		for _, workers := range []int{1, 2, 4} {
			b.Run(fmt.Sprintf("by=%s/workers=%d", by, workers), func(b *testing.B) {
				slide, _ := both(b, path)
				windows := tiled(slide.Info(), 512)
				b.SetBytes(slide.Info().Bytes() / 3) // a byte is a pixel: MB/s are megapixels a second
				for b.Loop() {
					readers := make([]imagefile.Reader, workers)
					for k := range readers {
						switch {
						case k > 0 && by != "handles":
							readers[k] = readers[0]
						case by == "tiff":
							readers[k] = opened(b, path, tiff.Open)
						default:
							readers[k] = opened(b, path, Open)
						}
					}
					readAll(b, readers, windows)
					for _, r := range readers {
						r.Close()
					}
				}
			})
		}
	}
}

// opened opens a file with a package.
func opened[R imagefile.Reader](t testing.TB, path string, open func(context.Context, string) (R, error)) R {
	t.Helper()
	r, err := open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// tiled cuts level 0 into windows of such a side.
func tiled(i imagefile.Info, side int) (all []imagefile.Window) {
	n := i.Grid.N
	for y := 0; y < n[1]; y += side {
		for x := 0; x < n[0]; x += side {
			all = append(all, imagefile.Window{Min: [3]int{x, y, 0}, Max: [3]int{min(x+side, n[0]), min(y+side, n[1]), 1}})
		}
	}
	return all
}

// readAll shares the windows between the readers, one goroutine each.
func readAll(t testing.TB, readers []imagefile.Reader, windows []imagefile.Window) {
	var wg sync.WaitGroup
	for k, r := range readers {
		wg.Go(func() {
			for i := k; i < len(windows); i += len(readers) {
				if _, err := r.Read(t.Context(), windows[i]); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}
