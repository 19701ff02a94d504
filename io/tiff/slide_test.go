package tiff_test

import (
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"explant/io/open"
	"explant/io/tiff/internal/jpegslide"
	"explant/volume/parallel"
)

// slide writes a slide of tiles that look like tissue.
func slide(tb testing.TB, s jpegslide.Slide) (*jpegslide.Encoded, string) {
	tb.Helper()
	e, err := s.Encode()
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "slide.tif")
	if err := e.WriteFile(path); err != nil {
		tb.Fatal(err)
	}
	return e, path
}

// BenchmarkSlide reads a slide of 20 000 x 20 000 pixels in windows in row order on all cores, and beside it
// reads and decompresses the same tiles with nothing but libjpeg. The metrics are the time of the first over
// that of the second, and the same of the time on the processors, the worker's included. The slide engine
// has windows of 512 pixels with a halo of its smoothing.
func BenchmarkSlide(b *testing.B) {
	const n = 20000
	for _, s := range []struct {
		name  string
		tile  int
		ycbcr bool
	}{{"ycbcr", 256, true}, {"ycbcr", 240, true}, {"rgb", 256, false}, {"rgb", 240, false}} {
		b.Run(fmt.Sprintf("%s/tile=%d/n=%d", s.name, s.tile, n), func(b *testing.B) {
			e, path := slide(b, jpegslide.Slide{Side: n, Tile: s.tile, Quality: 85, YCbCr: s.ycbcr, Distinct: 300})
			for _, w := range []struct {
				w, h, halo int
				o          open.Options
			}{
				{512, 512, 0, open.Options{}},
				{1024, 1024, 0, open.Options{}},
				{512, 512, 3, open.Options{}},
				{s.tile, s.tile, 0, open.Options{}},
				{n, s.tile, 0, open.Options{}},
				{512, 512, 0, open.Options{InProcess: true}},
				{512, 512, 3, open.Options{InProcess: true}},
			} {
				b.Run(fmt.Sprintf("window=%dx%d/halo=%d/worker=%v", w.w, w.h, w.halo, !w.o.InProcess), func(b *testing.B) {
					b.SetBytes(3 * n * n)
					var own, others cost
					for b.Loop() {
						others.add(func() error { return bare(b.Context(), e, path) })
						own.add(func() error { return windows(b.Context(), path, n, image.Pt(w.w, w.h), w.halo, w.o) })
					}
					if err := errors.Join(own.err, others.err); err != nil {
						b.Fatal(err)
					}
					b.ReportMetric(own.wall.Seconds()/others.wall.Seconds(), "x-libjpeg")
					b.ReportMetric(own.cpu.Seconds()/others.cpu.Seconds(), "x-libjpeg-cpu")
					b.ReportMetric(others.cpu.Seconds()/float64(b.N), "libjpeg-cpu-s")
				})
			}
		})
	}
}

// cost is what calls took together, on the clock and on the processors.
type cost struct {
	wall, cpu time.Duration
	err       error
}

func (c *cost) add(f func() error) {
	begin, cpu := time.Now(), processors()
	c.err = errors.Join(c.err, f())
	c.wall += time.Since(begin)
	c.cpu += processors() - cpu
}

// processors is the time that this process and its workers have run.
func processors() (d time.Duration) {
	own, _ := filepath.Glob("/proc/self/task/*/children")
	pids := []string{"self"}
	for _, path := range own {
		b, _ := os.ReadFile(path)
		pids = append(pids, strings.Fields(string(b))...)
	}
	for _, pid := range pids {
		b, _ := os.ReadFile("/proc/" + pid + "/stat")
		_, rest, _ := strings.Cut(string(b), ") ")
		if f := strings.Fields(rest); len(f) > 12 {
			user, _ := strconv.Atoi(f[11])
			system, _ := strconv.Atoi(f[12])
			d += time.Duration(user+system) * 10 * time.Millisecond
		}
	}
	return d
}

// bare decodes every tile into a buffer that is used again.
func bare(ctx context.Context, e *jpegslide.Encoded, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	n := e.Across() * e.Across()
	at := make([]int64, n+1) // bytes behind the tile
	for i := n - 1; i >= 0; i-- {
		at[i] = at[i+1] + int64(len(e.Streams[e.Index(i)]))
	}
	return parallel.Each(ctx, e.Across(), parallel.Options{}, nil, func(_ context.Context, y int) error {
		rgb, data := make([]byte, 3*e.Tile*e.Tile), make([]byte, 3*e.Tile*e.Tile)
		for i := y * e.Across(); i < (y+1)*e.Across(); i++ {
			s := data[:at[i]-at[i+1]]
			if _, err := f.ReadAt(s, st.Size()-at[i]); err != nil {
				return err
			}
			if err := e.Decode(s, rgb); err != nil {
				return err
			}
		}
		return nil
	})
}

// windows reads all of a slide of n x n pixels.
func windows(ctx context.Context, path string, n int, size image.Point, halo int, o open.Options) error {
	r, err := open.Path(ctx, path, o)
	if err != nil {
		return err
	}
	defer r.Close()
	p, err := open.RGB(r)
	if err != nil {
		return err
	}
	across, down, whole := (n+size.X-1)/size.X, (n+size.Y-1)/size.Y, image.Rect(0, 0, n, n)
	memory := sync.Pool{New: func() any { b := make([]byte, 3*(size.X+2*halo)*(size.Y+2*halo)); return &b }}
	return parallel.Each(ctx, across*down, parallel.Options{}, nil, func(ctx context.Context, i int) error {
		at := image.Pt(i%across*size.X, i/across*size.Y)
		t := image.Rectangle{at, at.Add(size)}.Inset(-halo).Intersect(whole)
		dst := memory.Get().(*[]byte)
		defer memory.Put(dst)
		return p.ReadRGB(ctx, t, (*dst)[:3*t.Dx()*t.Dy()])
	})
}
