package worker

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

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
		{[2]int{20000, 3000}, [2]int{240, 240}}, {[2]int{5000, 5000}, [2]int{1024, 1024}}, {[2]int{4000, 4000}, [2]int{16, 1}}, {[2]int{9000, 100}, [2]int{4000, 64}},
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

func TestShortMessages(t *testing.T) {
	w := imagefile.Window{Level: 1, Min: [3]int{2, 3, 4}, Max: [3]int{5, 6, 7}}
	for _, q := range []request{{ID: 9, Op: opRead, Window: w, Slot: 3, Bytes: 1 << 40}, {ID: 1, Op: opOpen, Decoder: TIFF, Path: "/a b"}, {Op: opCancel, Slot: 12}} {
		var b bytes.Buffer
		if err := send(&b, &q); err != nil {
			t.Fatal(err)
		}
		var got request
		if err := receive(bufio.NewReader(&b), &got); err != nil || got != q {
			t.Errorf("%+v, not %+v: %v", got, q, err)
		}
	}
	for _, a := range []answer{{ID: 7}, {ID: 8, Error: "no"}} {
		var b bytes.Buffer
		if err := send(&b, &a); err != nil {
			t.Fatal(err)
		}
		var got answer
		if err := receive(bufio.NewReader(&b), &got); err != nil || got != a {
			t.Errorf("%+v, not %+v: %v", got, a, err)
		}
	}
	for _, bad := range []string{"\x09\x00\x00\x00\x01\x01\x00\x00\x00\x00\x00\x00\x00", "\x01\x00\x00\x00\x01", "\x00\x00\x00\x00", "\xff\xff\xff\xff"} {
		if err := receive(bufio.NewReader(bytes.NewBufferString(bad)), &request{}); err == nil {
			t.Errorf("%q is a request", bad)
		}
	}
}
