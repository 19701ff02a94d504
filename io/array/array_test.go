package array

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"explant/io/imagefile"
	"explant/volume"
)

func save(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func deflate(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func info(n [3]int, channels int, t imagefile.Type) imagefile.Info {
	return imagefile.Info{Grid: volume.Grid{N: n}, Type: t, Channels: channels}
}

// count is 0, 1, 2 … n-1.
func count(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i)
	}
	return b
}

func TestWindows(t *testing.T) {
	data := count(4 * 3 * 2)
	slice0, slice1 := save(t, "0.raw", append([]byte("ab"), data[:12]...)), save(t, "1.raw", append([]byte("ab"), data[12:]...))
	raw := save(t, "v.raw", append([]byte("head"), data...))
	for name, parts := range map[string][]Part{
		"raw":     {{Path: raw, At: 4}},
		"at end":  {{Path: raw, At: -1}},
		"zlib":    {{Path: save(t, "v.zraw", append([]byte("xy"), deflate(t, append([]byte("skip"), data...))...)), At: 2, Unpack: Inflate, Skip: 4}},
		"files":   {{Path: slice0, At: 2}, {Path: slice1, At: 2}},
		"a mixed": {{Path: save(t, "0.z", deflate(t, data[:12])), Unpack: Inflate}, {Path: slice1, At: -1}},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := New("v", info([3]int{4, 3, 2}, 1, imagefile.Uint8), Layout{Type: imagefile.Uint8}, parts...)
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			for w, want := range map[imagefile.Window][]byte{
				imagefile.Whole(r.Info(), 0):                           data,
				{Min: [3]int{1, 1, 0}, Max: [3]int{3, 3, 2}}:           {5, 6, 9, 10, 17, 18, 21, 22},
				{Min: [3]int{0, 2, 1}, Max: [3]int{4, 3, 2}}:           {20, 21, 22, 23},
				{Level: 0, Min: [3]int{3, 2, 1}, Max: [3]int{4, 3, 2}}: {23},
				{Level: 0, Min: [3]int{0, 0, 0}, Max: [3]int{4, 1, 2}}: {0, 1, 2, 3, 12, 13, 14, 15},
				{Level: 0, Min: [3]int{2, 0, 1}, Max: [3]int{4, 2, 2}}: {14, 15, 18, 19},
				{Level: 0, Min: [3]int{0, 1, 0}, Max: [3]int{2, 2, 1}}: {4, 5},
				{Level: 0, Min: [3]int{0, 0, 1}, Max: [3]int{4, 3, 2}}: data[12:],
			} {
				if b, err := r.Read(t.Context(), w); err != nil || !bytes.Equal(b.Data, want) {
					t.Errorf("%v: %v, %v", w, b.Data, err)
				}
			}
			if got := len(r.Files()); got != len(parts) {
				t.Errorf("%d files", got)
			}
		})
	}
}

func TestChannelsOrderAndTypes(t *testing.T) {
	read := func(channels int, typ imagefile.Type, l Layout, data []byte) []byte {
		t.Helper()
		n := len(data) / channels / l.Type.Size()
		r, err := New("v", info([3]int{n, 1, 1}, channels, typ), l, Part{Path: save(t, "v.raw", data)})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		b, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
		if err != nil {
			t.Fatal(err)
		}
		return b.Data
	}
	planes := []byte{1, 2, 3, 4, 5, 6, 7, 8} // two channels, two big-endian voxels each
	if got := read(2, imagefile.Uint16, Layout{Type: imagefile.Uint16, BigEndian: true, Planar: true}, planes); !bytes.Equal(got, []byte{2, 1, 6, 5, 4, 3, 8, 7}) {
		t.Errorf("planes %v", got)
	}
	if got := read(2, imagefile.Uint16, Layout{Type: imagefile.Uint16}, planes); !bytes.Equal(got, planes) {
		t.Errorf("interleaved %v", got)
	}
	minus3 := []byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfd}
	want := []byte{0, 0, 0, 0, 0, 0, 8, 0xc0} // -3 as a little-endian float64
	if got := read(1, imagefile.Float64, Layout{Type: imagefile.Float64, BigEndian: true, Convert: Int64}, minus3); !bytes.Equal(got, want) {
		t.Errorf("signed %v", got)
	}
	three := []byte{3, 0, 0, 0, 0, 0, 0, 0}
	if want[7] = 0x40; !bytes.Equal(read(1, imagefile.Float64, Layout{Type: imagefile.Float64, Convert: Uint64}, three), want) {
		t.Error("unsigned")
	}
	widen := func(dst, src []byte) {
		for i, v := range src {
			dst[2*i], dst[2*i+1] = v, 0
		}
	}
	if got := read(1, imagefile.Uint16, Layout{Type: imagefile.Uint8, Convert: widen}, []byte{9, 8}); !bytes.Equal(got, []byte{9, 0, 8, 0}) {
		t.Errorf("widened %v", got)
	}
}

func TestRefusesWhatCannotBe(t *testing.T) {
	path := save(t, "v.raw", count(10))
	u8 := Layout{Type: imagefile.Uint8}
	for name, c := range map[string]struct {
		n     [3]int
		parts []Part
		want  string
	}{
		"empty":      {[3]int{0, 1, 1}, []Part{{Path: path}}, "not positive"},
		"cut short":  {[3]int{11, 1, 1}, []Part{{Path: path}}, "v.raw is cut short: 10 of 11"},
		"behind":     {[3]int{1, 1, 1}, []Part{{Path: path, At: 99}}, "cut short: 0 of 1"},
		"before":     {[3]int{11, 1, 1}, []Part{{Path: path, At: -1}}, "cut short"},
		"a bomb":     {[3]int{1 << 20, 1 << 10, 1}, []Part{{Path: path, Unpack: Inflate}}, "claims"},
		"huge":       {[3]int{1 << 30, 1 << 25, 1}, []Part{{Path: path}}, "not believable"},
		"no files":   {[3]int{2, 1, 1}, nil, "into 0 files"},
		"odd files":  {[3]int{3, 1, 1}, []Part{{Path: path}, {Path: path}}, "into 2 files"},
		"not there":  {[3]int{1, 1, 1}, []Part{{Path: path + "x"}}, "v.rawx: no such file"},
		"a folder":   {[3]int{1, 1, 1}, []Part{{Path: filepath.Dir(path)}}, "is no file"},
		"minus five": {[3]int{1, 1, 1}, []Part{{Path: path, At: -5}}, "cut short"},
	} {
		if _, err := New("v", info(c.n, 1, imagefile.Uint8), u8, c.parts...); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDamageIsNamed(t *testing.T) {
	packed := deflate(t, count(100))
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"half":     {packed[:len(packed)/2], "cut short"},
		"two":      {packed[:1], "cut short"},
		"too few":  {deflate(t, count(99)), "99 of 100"},
		"not zlib": {[]byte("no zlib at all"), "zlib"},
	} {
		r, err := New("scan.mha", info([3]int{100, 1, 1}, 1, imagefile.Uint8), Layout{Type: imagefile.Uint8}, Part{Path: save(t, "v.zraw", c.data), Unpack: Inflate})
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Read(t.Context(), imagefile.Whole(r.Info(), 0))
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "read scan.mha: ") {
			t.Errorf("%s: %v", name, err)
		}
		r.Close()
	}
}

func TestShrunkenAndClosed(t *testing.T) {
	path := save(t, "v.raw", count(8))
	for _, parts := range [][]Part{{{Path: path}}, {{Path: path}, {Path: path, At: 4}}} {
		if err := os.WriteFile(path, count(8), 0o600); err != nil {
			t.Fatal(err)
		}
		r, err := New("v", info([3]int{2, 2, 2}, 1, imagefile.Uint8), Layout{Type: imagefile.Uint8}, parts...)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Truncate(path, 6); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil || !strings.Contains(err.Error(), "cut short") {
			t.Errorf("a file that shrank: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := r.Read(ctx, imagefile.Whole(r.Info(), 0)); !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled: %v", err)
		}
		r.Close()
		if _, err := r.Read(t.Context(), imagefile.Whole(r.Info(), 0)); err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("closed: %v", err)
		}
	}
}

// Many goroutines may ask first; the samples are unpacked once and each gets its own.
func TestConcurrentReads(t *testing.T) {
	data := count(200)
	r, err := New("v", info([3]int{10, 2, 10}, 1, imagefile.Uint8), Layout{Type: imagefile.Uint8}, Part{Path: save(t, "v.zraw", deflate(t, data)), Unpack: Inflate})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	var g errgroup.Group
	for z := range 10 {
		g.Go(func() error {
			b, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{0, 0, z}, Max: [3]int{10, 2, z + 1}})
			if err == nil && !bytes.Equal(b.Data, data[20*z:20*z+20]) {
				err = fmt.Errorf("slice %d is %v", z, b.Data)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
}

func TestBeside(t *testing.T) {
	if p, err := Beside("/a/v.mhd", "sub/v.raw"); err != nil || p != filepath.FromSlash("/a/sub/v.raw") {
		t.Error(p, err)
	}
	for _, name := range []string{"../v.raw", "/etc/passwd", ""} {
		if _, err := Beside("/a/v.mhd", name); err == nil {
			t.Errorf("%q is beside", name)
		}
	}
}

func TestOrient(t *testing.T) {
	known := volume.Grid{N: [3]int{2, 2, 2}, Spacing: [3]float64{1, 2, 3}, Calibration: volume.Calibration{Source: volume.Header}}
	g := known
	Orient(&g, [3][3]float64{{0, 2, 0}, {-1, 0, 0}, {0, 0, 5}}, [3]float64{1, 2, math.NaN()})
	if g.Axes != [3][3]float64{{0, 1, 0}, {-1, 0, 0}, {0, 0, 1}} || g.Origin != [3]float64{1, 2, 0} || g.Spacing != known.Spacing {
		t.Errorf("%+v", g)
	}
	for name, d := range map[string][3][3]float64{
		"right angles": {{1, 0, 0}, {0.5, 1, 0}, {0, 0, 1}},
		"missing":      {{1, 0, 0}, {0, 1, 0}, {0, 0, 0}},
	} {
		g := known
		if Orient(&g, d, [3]float64{}); g.Spacing != [3]float64{} || !strings.Contains(g.Calibration.Withheld, name) {
			t.Errorf("%s: %+v", name, g)
		}
	}
	g = volume.Grid{N: [3]int{2, 2, 2}, Calibration: volume.Calibration{Source: volume.Unknown, Withheld: "why"}}
	if Orient(&g, [3][3]float64{}, [3]float64{1, 1, 1}); g.Origin != [3]float64{} || g.Calibration.Withheld != "why" {
		t.Errorf("unknown: %+v", g)
	}
}

func TestInflateTakesBoth(t *testing.T) {
	for name, data := range map[string][]byte{"zlib": deflate(t, []byte("abc")), "gzip": slices.Concat([]byte{0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3}, []byte{0x4b, 0x4c, 0x4a, 6, 0, 0xc2, 0x41, 0x24, 0x35, 3, 0, 0, 0})} {
		r, err := Inflate(bytes.NewReader(data))
		if err != nil {
			t.Fatal(name, err)
		}
		if b, err := io.ReadAll(r); err != nil || string(b) != "abc" {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}

func BenchmarkWindow(b *testing.B) {
	const n = 128
	path := save(b, "v.raw", make([]byte, 2*n*n*n))
	for _, big := range []bool{false, true} {
		b.Run(map[bool]string{false: "order=little/n=128", true: "order=big/n=128"}[big], func(b *testing.B) {
			r, err := New("v", info([3]int{n, n, n}, 1, imagefile.Uint16), Layout{Type: imagefile.Uint16, BigEndian: big}, Part{Path: path})
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close()
			dst := make([]byte, 2*n*n*n)
			b.SetBytes(int64(len(dst)))
			for b.Loop() {
				if err := r.ReadInto(b.Context(), imagefile.Whole(r.Info(), 0), dst); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
