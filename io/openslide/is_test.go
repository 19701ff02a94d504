package openslide

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// first are the bytes that a caller has read of a file.
func first(t testing.TB, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b[:min(len(b), 512)]
}

func TestIs(t *testing.T) {
	strip := page{places: 273, counts: 279, chunks: [][]byte{make([]byte, 600)}, fields: []field{long(256, 30), long(257, 20), long(278, 20)}}
	with := func(p page, more ...field) page {
		p.fields = append(p.fields[:len(p.fields):len(p.fields)], more...)
		return p
	}
	tile := tiledPage(1)
	tile.fields[4] = long(259, 33005)
	for _, c := range []struct {
		name string
		path string
		want bool
	}{
		{"MIRAX", writeMirax(t, t.TempDir(), asItIs), true},
		{"VMS", writeVMS(t, t.TempDir()), true},
		{"NDPI", writeNDPI(t), true},
		{"Leica", writeLeica(t), true},
		{"Philips", writePhilips(t), true},
		{"Trestle", writeTrestle(t), true},
		{"Ventana", writeVentana(t), true},
		{"Aperio in JPEG 2000", writeTIFF(t, "a.svs", tile), true},
		{"Aperio", writeTIFF(t, "a.svs", tiledPage(1, text(270, "Aperio Image Library|MPP = 0.5"))), false},
		{"tiles", writeTIFF(t, "a.tif", tiledPage(1)), false},
		{"a slice", writeTIFF(t, "a.tif", strip), false},
		{"a scanner's slice", writeTIFF(t, "a.tif", with(strip, text(305, "Philips"), text(270, "DPUfsImport"))), false},
		{"a photograph", writeTIFF(t, "a.tif", with(tiledPage(1), text(700, "<x:xmpmeta/>"), text(305, "Philips"), text(270, "a slide"))), false},
	} {
		if got := Is(first(t, c.path), c.path); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	for _, c := range []struct {
		head, path string
		want       bool
	}{
		{"SQLite format 3\x00", "a.svslide", true}, {"SQLite format 3\x00", "a.sqlite", false}, {"", "a.svslide", false},
		{"ZISRAWFILE\x00\x00", "a.czi", true}, {"\xff\xd8\xff", "a.MRXS", true}, {"\xff\xd8\xff", "a.jpg", false}, {"", "", false},
	} {
		if got := Is([]byte(c.head), c.path); got != c.want {
			t.Errorf("%q in %s: %v", c.head, c.path, got)
		}
	}
}

// A directory among the first bytes costs no access to the file, and none is opened that is no TIFF.
func TestIsReadsNoMoreThanItMust(t *testing.T) {
	small := append([]byte("II*\x00\x08\x00\x00\x00\x01\x00\xfe\x00"), make([]byte, 14)...)
	for _, head := range [][]byte{small, []byte("\x89PNG and so on, and so on"), bytes.Repeat([]byte{0}, 512)} {
		p := &peek{head: head, path: filepath.Join(t.TempDir(), "none")}
		if p.slide() || p.asked {
			t.Errorf("%q: the file was asked for", head[:8])
		}
	}
}

// Long Hamamatsu slides have their directory behind 4 GiB, at an offset of eight bytes.
func TestLongHamamatsu(t *testing.T) {
	path := filepath.Join(t.TempDir(), "long.ndpi")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const at = 5<<30 + 16
	head := []byte("II*\x00\x10\x00\x00\x40\x01\x00\x00\x00 and pixels")
	directory := []byte("\x01\x00" + "\x8c\xff\x04\x00\x01\x00\x00\x00\x01\x00\x00\x00")
	for offset, b := range map[int64][]byte{0: head, at: directory} {
		if _, err := f.WriteAt(b, offset); err != nil {
			t.Fatal(err)
		}
	}
	if !Is(head, path) {
		t.Error("not found")
	}
}

func FuzzIs(f *testing.F) {
	f.Add([]byte("II*\x00\x08\x00\x00\x00\x01\x00\x8c\xff\x04\x00\x01\x00\x00\x00\x01\x00\x00\x00"), "a.tif")
	f.Add([]byte("MM\x00\x2b\x00\x08\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"), "a.scn")
	f.Fuzz(func(t *testing.T, b []byte, name string) {
		path := filepath.Join(t.TempDir(), "fuzzed")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		p := &peek{head: b[:min(len(b), 512)], path: path}
		defer p.close()
		if p.slide() != Is(b, path) {
			t.Error("what is read from the file differs from what is known of it")
		}
		_ = Is(b, name+".mrxs")
		parseKeyFile(b)
	})
}

func BenchmarkIs(b *testing.B) {
	behind := writeTIFF(b, "a.tif", page{places: 273, counts: 279, chunks: [][]byte{make([]byte, 512*512)}, fields: []field{long(256, 512), long(257, 512), long(278, 512)}})
	for name, head := range map[string][]byte{"directory=in front": append([]byte("II*\x00\x08\x00\x00\x00\x01\x00\xfe\x00"), make([]byte, 500)...), "directory=behind": first(b, behind)} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if Is(head, behind) {
					b.Fatal("an ordinary TIFF")
				}
			}
		})
	}
}
