package gdcm

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

const columns, rows = 20, 12

func load(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// rough and smooth are the values that the files of testdata hold.
func rough(bits int, signed bool) func(x, y, c int) int {
	return func(x, y, c int) int {
		v := ((x*x*13+y*29+c*71+x*y%7*3)<<(bits-8) + x) & (1<<bits - 1)
		if signed && v >= 1<<(bits-1) {
			v -= 1 << bits
		}
		return v
	}
}

func smooth(bits int) func(x, y, c int) int {
	return func(x, y, c int) int { return (1<<bits - 1) * (x*3 + y*5 + c*40) / 220 }
}

// ycc is a smooth colour as JFIF writes it.
func ycc(x, y, c int) int {
	s := smooth(8)
	r, g, b := float64(s(x, y, 0)), float64(s(x, y, 1)), float64(s(x, y, 2))
	luma := 0.299*r + 0.587*g + 0.114*b
	return int(math.Round([3]float64{luma, 128 + (b-luma)/1.772, 128 + (r-luma)/1.402}[c]))
}

// sample is value (x, y) of channel c in decoded samples.
func sample(f Frame, b []byte, x, y, c int) int {
	i := (y*columns+x)*f.Samples + c
	v, n := 0, f.SampleBytes()
	for k := n - 1; k >= 0; k-- {
		v = v<<8 | int(b[i*n+k])
	}
	return v
}

// differ is the largest difference of decoded samples from what they should be.
func differ(f Frame, b []byte, signed bool, want func(x, y, c int) int) int {
	worst := 0
	for y := range rows {
		for x := range columns {
			for c := range f.Samples {
				v := sample(f, b, x, y, c)
				if signed && v >= 1<<(f.Bits-1) {
					v -= 1 << (8 * f.SampleBytes())
				}
				worst = max(worst, v-want(x, y, c), want(x, y, c)-v)
			}
		}
	}
	return worst
}

// The tolerances of lossy files are what their quality costs; near-lossless ones promise theirs.
func TestDecode(t *testing.T) {
	grey := func(c Codec, bits int) Frame {
		return Frame{Codec: c, Columns: columns, Rows: rows, Samples: 1, Bits: bits}
	}
	colour := func(c Codec, of Colour) Frame {
		f := grey(c, 8)
		f.Samples, f.Colour = 3, of
		return f
	}
	signed := func(f Frame) Frame { f.Signed = true; return f }
	planar := colour(JPEGLS, Unsaid)
	planar.Planar = true
	deep := colour(JPEG2000, RGB)
	deep.Bits = 16
	for name, c := range map[string]struct {
		f         Frame
		signed    bool
		want      func(x, y, c int) int
		tolerance int
	}{
		"lossless8.jpg":        {grey(JPEG, 8), false, rough(8, false), 0},
		"lossless12.jpg":       {grey(JPEG, 16), false, rough(12, false), 0},
		"lossless16.jpg":       {grey(JPEG, 16), false, rough(16, false), 0},
		"sv1_8.jpg":            {grey(JPEG, 8), false, rough(8, false), 0},
		"sv1_12.jpg":           {grey(JPEG, 16), false, rough(12, false), 0},
		"sv1_16.jpg":           {grey(JPEG, 16), false, rough(16, false), 0},
		"lossless16signed.jpg": {grey(JPEG, 16), true, rough(16, true), 0},
		"sv1_8rgb.jpg":         {colour(JPEG, Unsaid), false, rough(8, false), 0},
		"baseline8.jpg":        {grey(JPEG, 8), false, smooth(8), 2},
		"baseline8plain.jpg":   {colour(JPEG, RGB), false, smooth(8), 3},
		"baseline8rgb.jpg":     {colour(JPEG, YCbCr), false, ycc, 3},
		"baseline8ybr422.jpg":  {colour(JPEG, YCbCr), false, ycc, 3},
		"extended12.jpg":       {grey(JPEG, 12), false, smooth(12), 16},
		"ls8.jls":              {grey(JPEGLS, 8), false, rough(8, false), 0},
		"ls12.jls":             {grey(JPEGLS, 16), false, rough(12, false), 0},
		"ls16.jls":             {grey(JPEGLS, 16), false, rough(16, false), 0},
		"ls8rgb_line.jls":      {colour(JPEGLS, Unsaid), false, rough(8, false), 0},
		"ls8rgb_sample.jls":    {colour(JPEGLS, Unsaid), false, rough(8, false), 0},
		"ls8rgb_none.jls":      {planar, false, rough(8, false), 0},
		"near8.jls":            {grey(JPEGLS, 8), false, smooth(8), 2},
		"wave8.j2k":            {grey(JPEG2000, 8), false, rough(8, false), 0},
		"wave12.j2k":           {grey(JPEG2000, 12), false, rough(12, false), 0},
		"wave16.j2k":           {grey(JPEG2000, 16), false, rough(16, false), 0},
		"wave12signed.j2k":     {signed(grey(JPEG2000, 12)), true, rough(12, true), 0},
		"wave16signed.j2k":     {signed(grey(JPEG2000, 16)), true, rough(16, true), 0},
		"wave8rgb.j2k":         {colour(JPEG2000, Unsaid), false, rough(8, false), 0},
		"wave8rgb_rct.j2k":     {colour(JPEG2000, RGB), false, rough(8, false), 0},
		"wave16rgb.j2k":        {deep, false, rough(16, false), 0},
		"wave16rgb.jp2":        {deep, false, rough(16, false), 0},
		"wave8rgb_ict.j2k":     {colour(JPEG2000, RGB), false, smooth(8), 3},
		"ht8.j2k":              {grey(JPEG2000, 8), false, rough(8, false), 0},
		"ht12.j2k":             {grey(JPEG2000, 12), false, rough(12, false), 0},
		"ht16.j2k":             {grey(JPEG2000, 16), false, rough(16, false), 0},
		"ht8rgb_rct.j2k":       {colour(JPEG2000, RGB), false, rough(8, false), 0},
		"ht12lossy.j2k":        {grey(JPEG2000, 12), false, smooth(12), 1},
		"wave8lossy.j2k":       {grey(JPEG2000, 8), false, smooth(8), 3},
	} {
		b := load(t, name)
		f, err := Parse(b)
		if err != nil || f != c.f {
			t.Errorf("%s: %+v, %v", name, f, err)
			continue
		}
		got, err := Decode(f, b)
		if err != nil || len(got) != f.Bytes() {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
			continue
		}
		if d := differ(f, got, c.signed, c.want); d > c.tolerance {
			t.Errorf("%s: differs by %d", name, d)
		}
		if padded, err := Decode(f, append(b, 0xff, 0x1f, 0)); err != nil || !bytes.Equal(padded, got) {
			t.Errorf("%s, padded: %v", name, err)
		}
	}
}

func TestWhatIsRefused(t *testing.T) {
	at := func(name string, i int, b ...byte) []byte {
		data := load(t, name)
		copy(data[i:], b)
		return data
	}
	sof := bytes.Index(load(t, "ls8.jls"), []byte{0xff, 0xf7})
	arithmetic := bytes.Replace(load(t, "baseline8.jpg"), []byte{0xff, 0xc0}, []byte{0xff, 0xc9}, 1)
	for want, b := range map[string][]byte{
		"no header of JPEG":       []byte("BM"),
		"header of its":           load(t, "wave8.j2k")[:50],
		"damaged":                 {0xff, 0xd8, 0xff, 0xd8, 0xff, 0xda, 0, 2},
		"end too early":           bytes.TrimSuffix(bytes.TrimRight(load(t, "sv1_8.jpg"), "\x00"), []byte{0xd9}),
		"channels differ":         at("wave8rgb.j2k", 4+2+36+3, 11),
		"arithmetic":              arithmetic,
		"of 0 x 12":               at("ls8.jls", sof+7, 0, 0),
		"of 17 bits":              at("ls8.jls", sof+4, 17),
		"of 2 channels":           {0xff, 0xd8, 0xff, 0xc0, 0, 14, 8, 0, 9, 0, 9, 2, 1, 17, 0, 2, 17, 0, 0xff, 0xda, 0, 2},
		"a compressed frame of 3": at("ls16.jls", sof+5, 0xff, 0xff, 0x6f, 0xff),
	} {
		f, err := Parse(b)
		if err == nil {
			_, err = Decode(f, b)
		}
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", want, err)
		}
	}
	f, err := Parse(load(t, "ls8.jls"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Decode(f, load(t, "ls12.jls")); err == nil {
		t.Error("another frame than it was said")
	}
}

// Every beginning of a header is refused or has a size that is believed.
func TestDamagedHeaders(t *testing.T) {
	for _, name := range []string{"baseline8rgb.jpg", "ls8rgb_none.jls", "wave8rgb_ict.j2k", "wave16rgb.jp2"} {
		b := load(t, name)
		for i := range b {
			for _, bad := range [][]byte{b[:i], slices.Concat(b[:i], []byte{^b[i]}, b[i+1:])} {
				if f, err := Parse(bad); err == nil && (f.Bytes() < 1 || f.Bytes() > maxBytes) {
					t.Errorf("%s, byte %d: %+v", name, i, f)
				}
			}
		}
	}
}

// Nothing is written to the standard error while damaged frames are decoded. Restart marks are put into the
// packed samples, which no decoder answers by ending the process.
func TestErrorsAreReturnedOnly(t *testing.T) {
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	kept, err := unix.Dup(2)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.Dup3(int(write.Fd()), 2, 0); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for _, name := range []string{"baseline8.jpg", "sv1_16.jpg", "extended12.jpg", "ls16.jls"} {
		b := load(t, name)
		f, err := Parse(b)
		if err != nil {
			t.Error(err)
		}
		for i := len(b) / 2; i < len(b)-4; i += 3 {
			binary.BigEndian.PutUint16(b[i:], 0xffd5)
		}
		if _, err := Decode(f, b); err != nil {
			failed++
		}
	}
	if err := errors.Join(unix.Dup3(kept, 2, 0), unix.Close(kept), write.Close()); err != nil {
		t.Fatal(err)
	}
	said := make([]byte, 500)
	if n, _ := read.Read(said); n > 0 || failed == 0 {
		t.Errorf("%d failed, %q", failed, said[:n])
	}
}

// Marks of JFIF and Adobe tell the colours, but of lossless frames.
func TestColourOfMarks(t *testing.T) {
	jfif := []byte("\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
	adobe := []byte("\xff\xee\x00\x0eAdobe\x00\x64\x00\x00\x00\x00\x00")
	for _, c := range []struct {
		name  string
		marks []byte
		want  Colour
	}{
		{"sv1_8rgb.jpg", jfif, Unsaid}, {"sv1_8rgb.jpg", adobe, Unsaid}, {"ls8rgb_line.jls", jfif, Unsaid},
		{"baseline8ybr422.jpg", jfif, YCbCr}, {"baseline8ybr422.jpg", adobe, RGB}, {"baseline8.jpg", jfif, Unsaid},
	} {
		b := load(t, c.name)
		if f, err := Parse(slices.Concat(b[:2], c.marks, b[2:])); err != nil || f.Colour != c.want {
			t.Errorf("%s with %q: colour %v, %v", c.name, c.marks[4:8], f.Colour, err)
		}
	}
}

func TestInterleave(t *testing.T) {
	f := Frame{Codec: JPEGLS, Columns: 2, Rows: 1, Samples: 3, Bits: 16}
	if got := interleave(f, []byte("aabbccddeeff")); string(got) != "aacceebbddff" {
		t.Errorf("%q", got)
	}
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"baseline8rgb.jpg", "ls8rgb_none.jls", "wave8rgb_ict.j2k", "wave16rgb.jp2"} {
		f.Add(load(f, name))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if f, err := Parse(b); err == nil && (f.Bytes() < 1 || f.Bytes() > maxBytes) {
			t.Errorf("%+v", f)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"baseline8rgb.jpg", "sv1_16.jpg", "ls16.jls", "wave16.j2k"} {
		data := load(b, name)
		f, err := Parse(data)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("frame="+name, func(b *testing.B) {
			b.SetBytes(int64(f.Bytes()))
			for b.Loop() {
				if _, err := Decode(f, data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
