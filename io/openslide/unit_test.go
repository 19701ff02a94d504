package openslide

import (
	"image"
	"path/filepath"
	"slices"
	"testing"

	"explant/io/imagefile"
)

func TestOver(t *testing.T) {
	for _, c := range []struct {
		pixel            uint32
		background, want [3]byte
	}{
		{0xff102030, [3]byte{9, 9, 9}, [3]byte{0x10, 0x20, 0x30}},
		{0x00000000, [3]byte{255, 254, 1}, [3]byte{255, 254, 1}},
		{0x80402000, [3]byte{255, 255, 255}, [3]byte{0x40 + 127, 0x20 + 127, 127}}, // half covered
		{0x80402000, [3]byte{0, 0, 0}, [3]byte{0x40, 0x20, 0}},
		{0x10ffffff, [3]byte{255, 255, 255}, [3]byte{255, 255, 255}}, // brighter than its alpha
	} {
		var got [3]byte
		if over(got[:], []uint32{c.pixel}, c.background); got != c.want {
			t.Errorf("%08x on %v is %v, not %v", c.pixel, c.background, got, c.want)
		}
	}
}

// The blocks of a window cover it once, keep to the memory that is allowed, and meet at tiles.
func TestBlocks(t *testing.T) {
	for _, c := range []struct {
		n, tile [2]int
		down    float64
	}{
		{[2]int{100000, 90000}, [2]int{240, 240}, 1},
		{[2]int{100000, 90000}, [2]int{4096, 8}, 4},
		{[2]int{30000, 20000}, [2]int{30000, 20000}, 2},
		{[2]int{5000, 4000}, [2]int{512, 512}, 16.0128},
		{[2]int{37, 31}, [2]int{64, 64}, 8.0863},
	} {
		l := imagefile.Level{N: [3]int{c.n[0], c.n[1], 1}, Downsample: c.down, Tile: c.tile}
		w := imagefile.Window{Min: [3]int{c.n[0] / 5, c.n[1] / 7, 0}, Max: [3]int{min(c.n[0], 9000), min(c.n[1], 8000), 1}}
		w.Min[0], w.Min[1] = min(w.Min[0], w.Max[0]-1), min(w.Min[1], w.Max[1]-1)
		area, cw, ch := 0, 0, 0
		cw, ch = cell(c.tile)
		for _, b := range blocks(l, w) {
			area += b.want.Dx() * b.want.Dy()
			if !b.want.In(b.from) || b.from.Dx()*b.from.Dy() > maxBlock || !b.want.In(image.Rect(w.Min[0], w.Min[1], w.Max[0], w.Max[1])) {
				t.Errorf("%+v: block %+v", c, b)
			}
			if c.down != float64(int(c.down)) && (b.from.Min.X%cw != 0 || b.from.Min.Y%ch != 0) {
				t.Errorf("%+v: block %+v between pixels", c, b)
			}
			if b.x0 != place(b.from.Min.X, c.down) || b.x0 < 0 {
				t.Errorf("%+v: block %+v", c, b)
			}
		}
		if n := w.N(); area != n[0]*n[1] {
			t.Errorf("%+v: %d of %d pixels", c, area, n[0]*n[1])
		}
	}
}

func TestKeyFile(t *testing.T) {
	k := parseKeyFile([]byte("\ufeffstray = 1\r\n[A]\r\n# no = key\r\n x = 1 = 2 \r\ny=\r\nneither\r\n[B]\nx=3\n[A]\nz=4"))
	for _, c := range []struct{ group, key, want string }{{"A", "x", "1 = 2"}, {"A", "y", ""}, {"B", "x", "3"}, {"A", "z", "4"}, {"", "stray", "1"}} {
		if got, ok := k[c.group][c.key]; !ok || got != c.want {
			t.Errorf("%s.%s is %q", c.group, c.key, got)
		}
	}
	if len(k["A"]) != 3 {
		t.Errorf("%v", k)
	}
}

func TestFiles(t *testing.T) {
	for _, c := range []struct {
		path string
		want []string
	}{
		{writeMirax(t, t.TempDir(), asItIs), []string{"made/Data0000.dat", "made/Index.dat", "made/Slidedat.ini"}},
		{writeVMS(t, t.TempDir()), []string{"full.jpg", "map.jpg"}},
		{writeNDPI(t), nil},
	} {
		got, err := Files(c.path)
		want := []string{c.path}
		for _, name := range c.want {
			want = append(want, filepath.Join(filepath.Dir(c.path), filepath.FromSlash(name)))
		}
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v", got, err)
		}
	}
	slide := writeMirax(t, t.TempDir(), asItIs)
	if got := OfFolder(filepath.Join(filepath.Dir(slide), "made") + "/"); got != slide {
		t.Errorf("the slide of the folder is %q", got)
	}
	for _, other := range []string{filepath.Dir(slide), slide, ""} {
		if got := OfFolder(other); got != "" {
			t.Errorf("%q is a folder of %q", other, got)
		}
	}
}
