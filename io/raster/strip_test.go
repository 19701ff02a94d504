package raster

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"explant/io/imagefile"
	"explant/io/scanline"
	"explant/volume/parallel"
)

// numbered gives rows whose samples all are the row's number.
type numbered struct {
	form scanline.Form
	y    int
	slow time.Duration // for each call
	bad  int           // the row that cannot be decoded, when not 0
}

func (n *numbered) Form() scanline.Form { return n.form }
func (n *numbered) Finish() error       { return nil }
func (n *numbered) Close()              {}
func (n *numbered) Rows(dst []byte) error {
	time.Sleep(n.slow)
	for ; len(dst) > 0; dst = dst[n.form.RowBytes():] {
		if n.y == n.bad && n.bad > 0 {
			return errors.New("damaged")
		}
		for i := range n.form.RowBytes() {
			dst[i] = byte(n.y)
		}
		n.y++
	}
	return nil
}

func numberedStrip(w, h, keep int, slow time.Duration, bad int) *strip {
	f := scanline.Form{Width: w, Height: h, Channels: 1, Bytes: 1}
	s := newStrip(func() (rows, error) { return &numbered{form: f, slow: slow, bad: bad}, nil }, f)
	s.keep = keep
	return s
}

// check reads a window of a numbered strip.
func check(ctx context.Context, s *strip, x0, y0, x1, y1 int) error {
	got := make([]byte, (x1-x0)*(y1-y0))
	if err := s.read(ctx, imagefile.Window{Min: [3]int{x0, y0, 0}, Max: [3]int{x1, y1, 1}}, got); err != nil {
		return err
	}
	for i, v := range got {
		if y := y0 + i/(x1-x0); v != byte(y) {
			return errors.New("row " + strconv.Itoa(y) + " is " + strconv.Itoa(int(v)))
		}
	}
	return nil
}

func TestWindowsInAnyOrder(t *testing.T) {
	for _, keep := range []int{1, 7, 64, 500} {
		s := numberedStrip(40, 500, keep, 0, 0)
		var g sync.WaitGroup
		for k := range 4 {
			g.Go(func() {
				rng := rand.New(rand.NewPCG(1, uint64(k)))
				for range 200 {
					x, y := rng.IntN(40), rng.IntN(500)
					if err := check(t.Context(), s, x, y, x+1+rng.IntN(40-x), y+1+rng.IntN(500-y)); err != nil {
						t.Errorf("%d rows kept: %v", keep, err)
					}
				}
			})
		}
		g.Wait()
		if keep == 500 && s.passes != 1 {
			t.Errorf("all rows are kept, and %d passes", s.passes)
		}
	}
}

// Tiles with halos of a wide picture, asked for by many workers, in the order of the slide engine: each
// pass over them decodes the picture once. A goroutine that the system forgets between taking a tile and
// asking for it may cost one more.
func TestTilesNeedOnePass(t *testing.T) {
	const w, h, side, halo = 6000, 9000, 512, 16
	for _, workers := range []int{1, 2, 8} {
		s := numberedStrip(w, h, kept(scanline.Form{Width: w, Height: h, Channels: 3, Bytes: 1}), time.Microsecond, 0)
		across := (w + side - 1) / side
		tiles := across * ((h + side - 1) / side)
		for pass := range 2 {
			err := parallel.Each(t.Context(), tiles, parallel.Options{Workers: workers}, parallel.Discard{}, func(ctx context.Context, i int) error {
				x, y := i%across*side, i/across*side
				return check(ctx, s, max(x-halo, 0), max(y-halo, 0), min(x+side+halo, w), min(y+side+halo, h))
			})
			if err != nil {
				t.Fatal(err)
			}
			if s.passes > pass+1 && (workers == 1 || s.passes > pass+2) {
				t.Errorf("%d workers: %d passes for %d", workers, s.passes, pass+1)
			}
		}
	}
}

func TestDamageBelow(t *testing.T) {
	s := numberedStrip(10, 400, 50, 0, 390)
	s.form.Width = 10
	for range 2 {
		err := check(t.Context(), s, 0, 0, 10, 400)
		if err == nil || !strings.Contains(err.Error(), "below row ") || !strings.Contains(err.Error(), "damaged") {
			t.Errorf("%v", err)
		}
	}
	passes := s.passes
	if err := check(t.Context(), s, 0, 395, 10, 400); err == nil || s.passes != passes {
		t.Errorf("rows behind the damage: %v, %d passes more", err, s.passes-passes)
	}
	if err := check(t.Context(), s, 0, 0, 10, 300); err != nil {
		t.Errorf("rows above the damage: %v", err)
	}
}

func TestCancelledAndClosed(t *testing.T) {
	s := numberedStrip(10, 400, 50, 20*time.Millisecond, 0)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	for range 3 {
		go func() { done <- check(ctx, s, 0, 0, 10, 400) }()
	}
	cancel()
	for range 3 {
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
	}
	if err := check(t.Context(), s, 0, 0, 10, 400); err != nil {
		t.Errorf("after others were cancelled: %v", err)
	}
	s.close()
	s.close()
	if err := check(t.Context(), s, 0, 0, 10, 1); !errors.Is(err, errClosed) {
		t.Errorf("closed: %v", err)
	}
}

// residentBytes is the memory of this process.
func residentBytes(t *testing.T) int {
	t.Helper()
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(strings.Fields(string(b))[1])
	if err != nil {
		t.Fatal(err)
	}
	return n * os.Getpagesize()
}

// A picture of 160 MB is read with the rows kept, and little more.
func TestMemoryDoesNotGrowWithThePicture(t *testing.T) {
	path := blackPNG(t, 8000, 20000)
	runtime.GC()
	r, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	before := residentBytes(t)
	if err := imagefile.Bands(t.Context(), r, parallel.Discard{}, func(imagefile.Window, []byte) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if more := residentBytes(t) - before; more > minKept+32<<20 {
		t.Errorf("%d MiB more", more>>20)
	}
	if s := r.strips[0]; s.passes != 1 || len(s.ring) > minKept {
		t.Errorf("%d passes, %d rows kept", s.passes, s.keep)
	}
}

// blackPNG writes a grey picture of w x h pixels.
func blackPNG(t *testing.T, w, h int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "large.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(f, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func BenchmarkWindows(b *testing.B) {
	m := image.NewRGBA(image.Rect(0, 0, 2048, 2048))
	for i := range m.Pix {
		m.Pix[i] = byte(i*7) | 3
	}
	for i := 3; i < len(m.Pix); i += 4 {
		m.Pix[i] = 255
	}
	for name, data := range map[string][]byte{"png": pngOf(b, m), "jpeg": jpegOf(b, m)} {
		for _, side := range []int{256, 2048} {
			b.Run("format="+name+"/side="+strconv.Itoa(side), func(b *testing.B) {
				path := save(b, data)
				b.SetBytes(3 << 22)
				for b.Loop() {
					r, err := Open(path)
					if err != nil {
						b.Fatal(err)
					}
					for y := 0; y < 2048; y += side {
						for x := 0; x < 2048; x += side {
							if _, err := r.Read(b.Context(), imagefile.Window{Min: [3]int{x, y, 0}, Max: [3]int{x + side, y + side, 1}}); err != nil {
								b.Fatal(err)
							}
						}
					}
					r.Close()
				}
			})
		}
	}
}

func TestDecodedEqualsWindows(t *testing.T) {
	for _, name := range []string{"420", "progressive", "cmyk", "grey"} {
		r, err := Open("../scanline/testdata/" + name + ".jpg")
		if err != nil {
			t.Fatal(err)
		}
		r.strips[0].keep = 5
		i, whole := readWhole(t, r)
		if r, err = Open("../scanline/testdata/" + name + ".jpg"); err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(5, 5))
		for range 50 {
			x, y := rng.IntN(61), rng.IntN(43)
			w := imagefile.Window{Min: [3]int{x, y, 0}, Max: [3]int{x + 1 + rng.IntN(61-x), y + 1 + rng.IntN(43-y), 1}}
			b, err := r.Read(t.Context(), w)
			if err != nil {
				t.Fatal(err)
			}
			for row := range b.N[1] {
				n := b.N[0] * i.Channels
				if at := ((y+row)*61 + x) * i.Channels; !bytes.Equal(b.Data[row*n:(row+1)*n], whole[at:at+n]) {
					t.Fatalf("%s: window %+v, row %d", name, w, row)
				}
			}
		}
		r.Close()
	}
}
