package ometiff

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"explant/io/imagefile"
	"explant/io/tiff"
	"explant/volume"
	"explant/volume/parallel"
)

// drawn is a picture whose bytes are made where they are asked for.
type drawn struct{ info imagefile.Info }

func (d drawn) Info() imagefile.Info { return d.info }
func (d drawn) Close() error         { return nil }

func (d drawn) Read(_ context.Context, w imagefile.Window) (imagefile.Block, error) {
	b := imagefile.Block{N: w.N(), Channels: d.info.Channels, Type: d.info.Type, Data: make([]byte, imagefile.Bytes(d.info, w))}
	size := d.info.Type.Size()
	for i := 0; i < len(b.Data); i += size {
		s := i / size
		c, p := s%d.info.Channels, s/d.info.Channels
		v := noise(w.Min[0]+p%b.N[0], w.Min[1]+p/b.N[0]%b.N[1], w.Min[2]+p/b.N[0]/b.N[1], c)
		for k := range size {
			b.Data[i+k] = byte(v >> (8 * k))
		}
		if d.info.Type == imagefile.Float32 || d.info.Type == imagefile.Float64 {
			b.Data[i+size-1] = 0x3f // about 1, never infinite
		}
	}
	return b, nil
}

func noise(x, y, z, c int) uint64 {
	v := uint64(x)*0x9e3779b97f4a7c15 + uint64(y)*0xc2b2ae3d27d4eb4f + uint64(z)*0x165667b19e3779f9 + uint64(c)*0x27d4eb2f165667c5
	v ^= v >> 29
	return v * 0xbf58476d1ce4e5b9 >> 7
}

// open reads back a file.
func openFile(t *testing.T, path string) *tiff.Reader {
	t.Helper()
	r, err := tiff.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

func values(t *testing.T, r imagefile.Reader, level, z int) ([3]int, []float64) {
	t.Helper()
	w := imagefile.Whole(r.Info(), level)
	w.Min[2], w.Max[2] = z, z+1
	b, err := r.Read(t.Context(), w)
	if err != nil {
		t.Fatal(err)
	}
	return b.N, imagefile.Values(b.Data, b.Type)
}

// Each level is the mean of the one before it, in every type, for odd sizes, channels apart and together.
func TestLevelsAreMeans(t *testing.T) {
	for _, c := range []struct {
		n        [3]int
		channels int
		typ      imagefile.Type
		names    []string
	}{
		{[3]int{2051, 77, 1}, 1, imagefile.Uint8, nil},
		{[3]int{2049, 1031, 1}, 3, imagefile.Uint8, nil},
		{[3]int{33, 2061, 2}, 2, imagefile.Uint16, []string{"a", "b"}},
		{[3]int{2050, 20, 1}, 1, imagefile.Int8, nil},
		{[3]int{2050, 20, 1}, 1, imagefile.Int16, nil},
		{[3]int{2050, 20, 1}, 1, imagefile.Uint32, nil},
		{[3]int{2050, 20, 1}, 1, imagefile.Int32, nil},
		{[3]int{2050, 20, 1}, 1, imagefile.Float32, nil},
		{[3]int{2050, 20, 1}, 1, imagefile.Float64, nil},
	} {
		t.Run(fmt.Sprint(c.n, c.channels, c.typ), func(t *testing.T) {
			g := volume.Grid{N: c.n, Spacing: [3]float64{0.0005, 0.0005, 0.002}}
			d := drawn{imagefile.Info{Grid: g, Type: c.typ, Channels: c.channels, ChannelNames: c.names, Levels: []imagefile.Level{{N: c.n, Downsample: 1}}}}
			r := openFile(t, writeDrawn(t, d))
			i := r.Info()
			if len(i.Levels) != 4 || len(i.Warnings) > 0 || i.Channels != c.channels {
				t.Fatalf("%d levels, %q", len(i.Levels), i.Warnings)
			}
			for z := range c.n[2] {
				for level := 1; level < len(i.Levels); level++ {
					n, got := values(t, r, level, z)
					m, before := values(t, r, level-1, z)
					if n[0] != (m[0]+1)/2 || n[1] != (m[1]+1)/2 {
						t.Fatalf("level %d is %v, the one before %v", level, n, m)
					}
					compareMeans(t, i, n, m, got, before)
				}
			}
		})
	}
}

func compareMeans(t *testing.T, i imagefile.Info, n, m [3]int, got, before []float64) {
	t.Helper()
	whole := i.Type != imagefile.Float32 && i.Type != imagefile.Float64
	for at, v := range got {
		c, x, y := at%i.Channels, at/i.Channels%n[0], at/i.Channels/n[0]
		want := 0.0
		for k := range 4 {
			u, w := min(2*x+k%2, m[0]-1), min(2*y+k/2, m[1]-1)
			want += before[(w*m[0]+u)*i.Channels+c] / 4
		}
		if whole {
			want = math.Floor(want + 0.5)
		}
		if math.Abs(v-want) > 1e-6*math.Abs(want) {
			t.Fatalf("pixel %d, %d of %v, channel %d is %v, not %v", x, y, n, c, v, want)
		}
	}
}

func writeDrawn(t *testing.T, d drawn) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "drawn.ome.tif")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := WriteImage(t.Context(), f, d, parallel.Discard{}); err != nil {
		t.Fatal(err)
	}
	return path
}

// Levels of labels hold labels: the most frequent of four, never a mixture.
func TestLevelsOfLabelsAreLabels(t *testing.T) {
	r := openFile(t, write(t, 2600, 1100, 0.0005))
	i := r.Info()
	if len(i.Levels) != 4 || i.Levels[1].N != [3]int{1300, 550, 1} || i.Levels[3].N != [3]int{325, 138, 1} || len(i.Warnings) > 0 {
		t.Fatalf("%+v, %q", i.Levels, i.Warnings)
	}
	for level := 1; level < 4; level++ {
		n, got := values(t, r, level, 0)
		m, before := values(t, r, level-1, 0)
		for at, v := range got {
			x, y := at%n[0], at/n[0]
			var count [256]int
			for k := range 4 {
				count[int(before[min(2*y+k/2, m[1]-1)*m[0]+min(2*x+k%2, m[0]-1)])]++
			}
			for other, c := range count {
				if c > count[int(v)] {
					t.Fatalf("level %d, pixel %d, %d is %v, which is there %d times, and not %d, which is there %d times", level, x, y, v, count[int(v)], other, c)
				}
			}
		}
	}
}

// Eight pixels at once give what each block gives by itself.
func TestModesOfRows(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{1, 2, 7, 8, 9, 16, 33, 64} {
		top, bottom, got := make([]byte, n), make([]byte, n), make([]byte, (n+1)/2)
		for i := range n {
			if top[i], bottom[i] = byte(i/16), byte(i/16); r.IntN(5) == 0 {
				top[i], bottom[i] = byte(r.IntN(4)), byte(r.IntN(4))
			}
		}
		modes(got, top, bottom, n)
		for x, v := range got {
			right := min(2*x+1, n-1)
			if want := mode(top[2*x], top[right], bottom[2*x], bottom[right]); v != want {
				t.Errorf("%d pixels: %d at %d, want %d", n, v, x, want)
			}
		}
	}
}

func TestMode(t *testing.T) {
	for want, v := range map[byte][4]byte{1: {1, 2, 3, 4}, 2: {1, 2, 2, 3}, 3: {1, 3, 4, 3}, 5: {5, 5, 6, 6}, 7: {7, 7, 7, 7}, 9: {8, 9, 9, 9}} {
		if got := mode(v[0], v[1], v[2], v[3]); got != want {
			t.Errorf("of %v it is %d", v, got)
		}
	}
}

// The smaller copies are no pages of their own: a reader that knows no pyramids sees one page.
func TestSmallerCopiesAreMarked(t *testing.T) {
	r := openFile(t, write(t, 2600, 300, 0.0005))
	if i := r.Info(); i.Grid.N != [3]int{2600, 300, 1} || i.Grid.Spacing[0] != 0.0005 {
		t.Errorf("%+v", i)
	}
}

func BenchmarkWriteImage(b *testing.B) {
	g := volume.Grid{N: [3]int{4096, 4096, 1}}
	i := imagefile.Info{Grid: g, Type: imagefile.Uint8, Channels: 3, Levels: []imagefile.Level{{N: g.N, Downsample: 1}}}
	block, err := drawn{i}.Read(b.Context(), imagefile.Whole(i, 0))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("n=4096/c=3", func(b *testing.B) {
		b.SetBytes(int64(len(block.Data)))
		for b.Loop() {
			f, err := os.Create(filepath.Join(b.TempDir(), "a.tif"))
			if err != nil {
				b.Fatal(err)
			}
			if _, err := WriteImage(b.Context(), f, held{i, block.Data}, parallel.Discard{}); err != nil {
				b.Fatal(err)
			}
			f.Close()
		}
	})
}

// held is a picture in memory.
type held struct {
	info imagefile.Info
	data []byte
}

func (h held) Info() imagefile.Info { return h.info }
func (h held) Close() error         { return nil }

func (h held) Read(_ context.Context, w imagefile.Window) (imagefile.Block, error) {
	row := h.info.Grid.N[0] * 3
	return imagefile.Block{N: w.N(), Channels: 3, Type: h.info.Type, Data: h.data[w.Min[1]*row : w.Max[1]*row]}, nil
}
