package tiff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// plainPage16 is a plain slice of 16 bits in two strips.
func plainPage16(w, h int) built {
	random := rand.New(rand.NewPCG(1, 2))
	pixels := make([]byte, 2*w*h)
	for i := range pixels {
		pixels[i] = byte(random.Uint32())
	}
	top := h/2 + 1
	return built{w: w, h: h, bits: 16, samples: 1, photometric: minIsBlack, rows: top, text: "slice of a scan", unit: 3, perUnit: 10000,
		chunks: [][]byte{pixels[:2*w*top], pixels[2*w*top:]}}
}

// sameAsLibtiff opens a file both ways and compares all that they say; false when it is not plain.
func sameAsLibtiff(t *testing.T, path string) bool {
	t.Helper()
	p, err := OpenPlain(path)
	if errors.Is(err, ErrNotPlain) {
		return false
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(t.Context(), path)
	if err != nil {
		t.Errorf("%s is plain, and libtiff says %v", filepath.Base(path), err)
		return true
	}
	defer r.Close()
	mine, theirs := p.Info(), r.Info()
	mine.Levels = []imagefile.Level{{N: mine.Levels[0].N, Downsample: 1, Tile: theirs.Levels[0].Tile}} // libtiff cuts large strips
	if !reflect.DeepEqual(mine, theirs) {
		t.Errorf("%s: plain says %+v, libtiff %+v", filepath.Base(path), mine, theirs)
		return true
	}
	w := imagefile.Whole(p.Info(), 0)
	w.Min = [3]int{w.Max[0] / 3, w.Max[1] / 4, w.Max[2] / 2}
	for _, w := range []imagefile.Window{imagefile.Whole(p.Info(), 0), w} {
		a, err := p.Read(t.Context(), w)
		b, err2 := r.Read(t.Context(), w)
		if err != nil || err2 != nil || !bytes.Equal(a.Data, b.Data) {
			t.Errorf("%s, window %v: other samples (%v, %v)", filepath.Base(path), w, err, err2)
		}
	}
	return true
}

func TestPlainSaysWhatLibtiffSays(t *testing.T) {
	for _, o := range []binary.AppendByteOrder{littleEndian, bigEndianOrder} {
		path := build(t, o, []built{plainPage16(37, 20)}, nil)
		if !sameAsLibtiff(t, path) {
			t.Errorf("%v: a plain file is not taken for one", o)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		one, seventh := o.AppendUint32(o.AppendUint32(nil, 10000), 1), o.AppendUint32(o.AppendUint32(nil, 10000), 7)
		if err := os.WriteFile(path, bytes.ReplaceAll(b, one, seventh), 0o600); err != nil {
			t.Fatal(err)
		}
		if !sameAsLibtiff(t, path) {
			t.Errorf("%v: a resolution of 10000/7 is not plain", o)
		}
	}
}

func TestPlainStack(t *testing.T) {
	for _, text := range []string{"", "ImageJ=1.53\nimages=3\nslices=3\nunit=um\nspacing=2.5\n"} {
		pages := []built{plainPage16(37, 20), plainPage16(37, 20), plainPage16(37, 20)}
		pages[0].text, pages[1].subfile, pages[2].chunks[0][7] = text, 2, 99
		path := build(t, bigEndianOrder, pages, nil)
		if !sameAsLibtiff(t, path) {
			t.Errorf("%q: a plain stack is not taken for one", text)
		}
		if p, err := OpenPlain(path); err != nil || p.Info().Grid.N[2] != 3 {
			t.Errorf("%q: %v, %v", text, p, err)
		}
	}
}

func TestPlainLeavesTheRestToLibtiff(t *testing.T) {
	for name, change := range map[string]func(*built){
		"compressed":      func(p *built) { p.compression = 5 },
		"white is zero":   func(p *built) { p.photometric = minIsWhite },
		"12 bits":         func(p *built) { p.bits = 12 },
		"turned":          func(p *built) { p.orientation = 6 },
		"three samples":   func(p *built) { p.samples = 3 },
		"tiles":           func(p *built) { p.tile, p.w, p.h = 16, 16, 16 },
		"odd strips":      func(p *built) { p.chunks[0], p.chunks[1] = p.chunks[1], p.chunks[0] },
		"a strip too few": func(p *built) { p.chunks = p.chunks[:1] },
		"OME":             func(p *built) { p.text = `<OME><Image><Pixels SizeX="37"/></Image></OME>` },
		"ImageJ stack":    func(p *built) { p.text = "ImageJ=1.53\nimages=7\n" },
		"extra samples":   func(p *built) { p.extras = []int{0} },
		"a reduced copy":  func(p *built) { p.subfile = 1 },
	} {
		page := plainPage16(37, 20)
		change(&page)
		if _, err := OpenPlain(build(t, littleEndian, []built{page}, nil)); !errors.Is(err, ErrNotPlain) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, second := range map[string]built{"pages of two sizes": plainPage16(19, 10), "a compressed page": {w: 37, h: 20, bits: 16, samples: 1, photometric: 1, compression: 5, chunks: [][]byte{{1}}}} {
		if _, err := OpenPlain(build(t, littleEndian, []built{plainPage16(37, 20), second}, nil)); !errors.Is(err, ErrNotPlain) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPlainDamaged cuts and changes a plain file: it is given to libtiff, or both agree on it.
func TestPlainDamaged(t *testing.T) {
	path := build(t, littleEndian, []built{plainPage16(9, 6), plainPage16(9, 6)}, nil)
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	put := func(b []byte) {
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for n := range good {
		put(good[:n])
		if _, err := OpenPlain(path); !errors.Is(err, ErrNotPlain) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	random := rand.New(rand.NewPCG(3, 4))
	plain := 0
	for range 400 {
		bad := bytes.Clone(good)
		for range 1 + random.IntN(3) {
			bad[random.IntN(len(bad))] = byte(random.Uint32())
		}
		put(bad)
		if sameAsLibtiff(t, path) {
			plain++
		}
	}
	if plain < 20 || plain > 380 {
		t.Errorf("%d of 400 changed files are plain", plain)
	}
}

func TestPlainCutShortSinceItWasOpened(t *testing.T) {
	path := build(t, littleEndian, []built{plainPage16(37, 20)}, nil)
	p, err := OpenPlain(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Read(t.Context(), imagefile.Whole(p.Info(), 0)); err == nil || !strings.Contains(err.Error(), "built.tif: it has become shorter") {
		t.Error(err)
	}
}

// TestPlainSamples opens every sample TIFF both ways.
func TestPlainSamples(t *testing.T) {
	folder := os.Getenv("EXPLANT_SAMPLES")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data")
	}
	if _, err := os.Stat(folder); err != nil {
		t.Skip("no sample data: set EXPLANT_SAMPLES")
	}
	plain := 0
	err := filepath.WalkDir(folder, func(path string, d os.DirEntry, err error) error {
		if ext := strings.ToLower(filepath.Ext(path)); err == nil && (ext == ".tif" || ext == ".tiff") && sameAsLibtiff(t, path) {
			plain++
		}
		return err
	})
	if err != nil || plain < 5 {
		t.Errorf("%d plain samples, %v", plain, err)
	}
}
