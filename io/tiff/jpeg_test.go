package tiff

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"explant/io/imagefile"
	"explant/io/tiff/internal/jpegslide"
)

// jpegFile writes a small slide.
func jpegFile(t testing.TB, s jpegslide.Slide) string {
	t.Helper()
	e, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "slide.tif")
	if err := e.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// byLibtiff reads all of a file through libtiff alone.
func byLibtiff(t testing.TB, path string) []byte {
	t.Helper()
	r, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.pic.planes[0][0].tables = make([]byte, maxTables+1) // too many for libjpeg alone
	b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
	if err != nil {
		t.Fatal(err)
	}
	return b.Data
}

func TestLibjpegAloneGivesThePixelsOfLibtiff(t *testing.T) {
	for _, s := range []jpegslide.Slide{
		{Side: 150, Tile: 64, Quality: 85, YCbCr: true, Distinct: 5},
		{Side: 150, Tile: 48, Quality: 90, Distinct: 5},
		{Side: 128, Tile: 64, Quality: 30, YCbCr: true, Distinct: 1},
	} {
		path := jpegFile(t, s)
		want := byLibtiff(t, path)
		r, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if !r.pic.planes[0][0].simpleJPEG() {
			t.Fatal("libjpeg alone is not used")
		}
		b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
		if err != nil || !bytes.Equal(b.Data, want) {
			t.Errorf("%+v: other pixels, %v", s, err)
		}
	}
}

// Windows of every kind, read by many goroutines with a cache that is too small: inside tiles, along them, across
// them, with and without a halo.
func TestWindowsOfASlide(t *testing.T) {
	const n = 300
	for _, limit := range []int{1, 50_000, remembered} {
		for _, tile := range []int{64, 48} {
			t.Run(fmt.Sprintf("tile=%d/cache=%d", tile, limit), func(t *testing.T) {
				path := jpegFile(t, jpegslide.Slide{Side: n, Tile: tile, Quality: 85, YCbCr: tile == 64, Distinct: 9})
				want := byLibtiff(t, path)
				r, err := Open(t.Context(), path)
				if err != nil {
					t.Fatal(err)
				}
				defer r.Close()
				r.cache.limit = limit
				var wg sync.WaitGroup
				for _, side := range []int{16, 64, 96, 128, n} {
					for _, halo := range []int{0, 3} {
						wg.Go(func() { readGrid(t, r, want, n, side, halo) })
					}
				}
				wg.Wait()
				if r.cache.bytes > max(limit, 0) && limit > 1 {
					t.Errorf("%d bytes are remembered", r.cache.bytes)
				}
			})
		}
	}
}

// readGrid reads a picture of n x n pixels in windows and compares them.
func readGrid(t *testing.T, r *Reader, want []byte, n, side, halo int) {
	for y := 0; y < n; y += side {
		for x := 0; x < n; x += side {
			w := imagefile.Window{Min: [3]int{max(x-halo, 0), max(y-halo, 0), 0}, Max: [3]int{min(x+side+halo, n), min(y+side+halo, n), 1}}
			b, err := r.Read(t.Context(), w)
			if err != nil {
				t.Error(err)
				return
			}
			row := 3 * b.N[0]
			for v := range b.N[1] {
				if at := 3 * ((w.Min[1]+v)*n + w.Min[0]); !bytes.Equal(b.Data[v*row:(v+1)*row], want[at:at+row]) {
					t.Errorf("window %v: row %d differs", w, v)
					return
				}
			}
		}
	}
}

// Each tile is decoded once when windows with a halo are read in row order.
func TestTilesAreDecodedOnce(t *testing.T) {
	const n, tile = 512, 64
	path := jpegFile(t, jpegslide.Slide{Side: n, Tile: tile, Quality: 85, YCbCr: true, Distinct: 9})
	for _, c := range []struct{ side, halo int }{{128, 0}, {128, 3}, {100, 0}, {100, 5}} {
		r, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		r.cache.limit = 5 * 3 * tile * n
		for y := 0; y < n; y += c.side {
			for x := 0; x < n; x += c.side {
				w := imagefile.Window{Min: [3]int{max(x-c.halo, 0), max(y-c.halo, 0), 0}, Max: [3]int{min(x+c.side+c.halo, n), min(y+c.side+c.halo, n), 1}}
				if _, err := r.Read(t.Context(), w); err != nil {
					t.Fatal(err)
				}
			}
		}
		if got, want := r.cache.decoded.Load(), int64(n/tile*n/tile); got != want {
			t.Errorf("windows of %d with a halo of %d: %d tiles decoded, not %d", c.side, c.halo, got, want)
		}
		r.Close()
	}
}

func TestDamagedTilesAreErrors(t *testing.T) {
	path := jpegFile(t, jpegslide.Slide{Side: 128, Tile: 64, Quality: 85, YCbCr: true, Distinct: 4})
	valid, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(3, 4))
	failed := 0
	for i := range 300 {
		b := bytes.Clone(valid)
		for range 4 {
			b[len(b)/3+rng.IntN(len(b)*2/3)] = byte(rng.IntN(256))
		}
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := Open(t.Context(), path)
		if err != nil {
			t.Fatalf("mutation %d: %v", i, err)
		}
		if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err != nil {
			failed++
			if s := err.Error(); !strings.Contains(s, "tile ") || strings.Contains(s, "\n") {
				t.Errorf("mutation %d: %q", i, s)
			}
		}
		r.Close()
	}
	if failed < 20 {
		t.Errorf("%d of 300 damaged slides are errors", failed)
	}
	if err := os.WriteFile(path, valid[:len(valid)-1000], 0o600); err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil || !strings.Contains(err.Error(), "tile 4 of 4") {
		t.Errorf("a file cut short: %v", err)
	}
}
