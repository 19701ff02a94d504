package worker

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"explant/io/imagefile"
	"explant/io/ometiff"
	"explant/io/tiff"
	"explant/volume"
	"explant/volume/parallel"
)

// noisy is a colour picture that is made where it is asked for.
type noisy struct{ info imagefile.Info }

func (n noisy) Info() imagefile.Info { return n.info }
func (n noisy) Close() error         { return nil }

func (n noisy) Read(_ context.Context, w imagefile.Window) (imagefile.Block, error) {
	b := imagefile.Block{N: w.N(), Channels: 3, Type: imagefile.Uint8, Data: make([]byte, imagefile.Bytes(n.info, w))}
	for i := range b.Data {
		p := i / 3
		b.Data[i] = byte((w.Min[0]+p%b.N[0])*7 + (w.Min[1]+p/b.N[0])*13 + i%3)
	}
	return b, nil
}

// tiledFile writes a picture in tiles of 512 x 512 pixels.
func tiledFile(t *testing.T, w, h int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "tiled.tif")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	i := imagefile.Info{Grid: volume.Grid{N: [3]int{w, h, 1}}, Type: imagefile.Uint8, Channels: 3, Levels: []imagefile.Level{{N: [3]int{w, h, 1}}}}
	if _, err := ometiff.WriteImage(t.Context(), f, noisy{i}, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	return path
}

// Windows that travel in blocks of tiles hold the pixels that the reader without a worker gives.
func TestWindowsInBlocks(t *testing.T) {
	path := tiledFile(t, 1700, 1300)
	plain, err := tiff.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	r, err := Open(t.Context(), TIFF, path, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for _, c := range [][4]int{{0, 0, 1700, 1300}, {5, 7, 1699, 1299}, {0, 512, 1700, 1024}, {511, 511, 1537, 1300}, {100, 0, 1100, 1300}, {0, 0, 512, 512}} {
		w := imagefile.Window{Min: [3]int{c[0], c[1], 0}, Max: [3]int{c[2], c[3], 1}}
		want, err := plain.Read(t.Context(), w)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Read(t.Context(), w)
		if err != nil || !bytes.Equal(got.Data, want.Data) {
			t.Errorf("window %v differs, %v, in %d blocks", c, err, len(r.blocks(w)))
		}
		if big := imagefile.Bytes(r.info, w) >= 2*blockBytes; big != (len(r.blocks(w)) > 1) {
			t.Errorf("window %v in %d blocks", c, len(r.blocks(w)))
		}
	}
}

// Blocks cover a window, each pixel once, along the tiles, and none is large.
func TestBlocksCoverAWindow(t *testing.T) {
	r := &Reader{}
	r.info.Channels, r.info.Type = 3, imagefile.Uint8
	for _, c := range []struct{ n, tile [2]int }{
		{[2]int{20000, 3000}, [2]int{240, 240}}, {[2]int{5000, 5000}, [2]int{1024, 1024}}, {[2]int{4000, 4000}, [2]int{16, 1}}, {[2]int{9000, 300}, [2]int{4000, 64}},
	} {
		r.info.Levels = []imagefile.Level{{N: [3]int{c.n[0], c.n[1], 1}, Tile: c.tile}}
		w := imagefile.Window{Min: [3]int{3, 5, 0}, Max: [3]int{c.n[0] - 1, c.n[1], 1}}
		total := 0
		for _, b := range r.blocks(w) {
			n := imagefile.Bytes(r.info, b)
			if n <= 0 || n > pieceBytes || b.Min[0] < w.Min[0] || b.Max[0] > w.Max[0] || b.Min[1] < w.Min[1] || b.Max[1] > w.Max[1] {
				t.Fatalf("block %v of %d bytes in %v", b, n, w)
			}
			if b.Min[0] != w.Min[0] && b.Min[0]%c.tile[0] != 0 || b.Min[1] != w.Min[1] && b.Min[1]%c.tile[1] != 0 {
				t.Fatalf("block %v across tiles of %v", b, c.tile)
			}
			total += n
		}
		if total != imagefile.Bytes(r.info, w) {
			t.Errorf("%v in tiles of %v: %d bytes of %d", c.n, c.tile, total, imagefile.Bytes(r.info, w))
		}
	}
}

func TestLines(t *testing.T) {
	own, other, err := newLine()
	if err != nil {
		t.Fatal(err)
	}
	fd := int(other.Fd())
	q := request{ID: 9, Op: opRead, Window: imagefile.Window{Level: 1, Min: [3]int{2, 3, 4}, Max: [3]int{5, 6, 7}}, Slot: 3, Bytes: 1 << 40}
	if err := writeLine(own, toLine(q)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 8*lineNumbers)
	if err := readLine(fd, b); err != nil || fromLine(b) != q {
		t.Errorf("%+v, not %+v: %v", fromLine(b), q, err)
	}
	for _, text := range []string{"", "no", strings.Repeat("x", maxLineText)} {
		if err := tellLine(fd, text+"y"[:min(1, len(text)/maxLineText)]); err != nil { // too long a text is cut
			t.Fatal(err)
		}
		if got, err := hearLine(own); err != nil || got != text {
			t.Errorf("%d bytes, not %d: %v", len(got), len(text), err)
		}
	}
	if err := writeLine(fd, []byte{0xff, 0xff, 0xff, 0xff}); err != nil {
		t.Fatal(err)
	}
	if _, err := hearLine(own); err == nil {
		t.Error("an endless text")
	}
	other.Close()
	if _, err := hearLine(own); !errors.Is(err, io.EOF) {
		t.Errorf("the other end has gone: %v", err)
	}
	if err := unix.Close(own); err != nil {
		t.Error(err)
	}
}

// A request may be cancelled before the worker hears of it.
func TestEarlyCancellation(t *testing.T) {
	s := &server{cancel: map[int]context.CancelFunc{}, early: map[int]bool{}}
	s.end(7)
	if ctx := s.begin(7); ctx.Err() == nil {
		t.Error("it goes on")
	}
	if ctx := s.begin(8); ctx.Err() != nil {
		t.Error("another one is cancelled")
	}
	for id := range 3 * mostEarly {
		s.end(100 + id)
	}
	if len(s.early) > mostEarly {
		t.Errorf("%d are remembered", len(s.early))
	}
}
