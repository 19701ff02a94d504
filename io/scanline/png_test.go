package scanline

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// kind is a way to store pixels in a PNG.
type kind struct {
	colour, bits byte
	interlaced   bool
}

func (k kind) String() string {
	return fmt.Sprintf("colour type %d, %d bits, interlaced %v", k.colour, k.bits, k.interlaced)
}

// samples of a pixel by colour type.
var samples = map[byte]int{0: 1, 2: 3, 3: 1, 4: 2, 6: 4}

// passes of Adam7: first column and row, and the steps along both; the last is for pictures without.
var passes = [8][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}, {0, 0, 1, 1}}

// noisePNG makes a PNG of w x h random pixels.
func noisePNG(t testing.TB, k kind, w, h int, rng *rand.Rand) []byte {
	t.Helper()
	var raw bytes.Buffer
	z := zlib.NewWriter(&raw)
	which := passes[7:]
	if k.interlaced {
		which = passes[:7]
	}
	for _, p := range which {
		pw, ph := (w-p[0]+p[2]-1)/p[2], (h-p[1]+p[3]-1)/p[3]
		row := make([]byte, 1+(pw*samples[k.colour]*int(k.bits)+7)/8)
		for range ph {
			if len(row) == 1 {
				continue // a pass without columns has no rows
			}
			for i := range row[1:] {
				row[1+i] = byte(rng.Uint32())
			}
			row[0] = byte(rng.IntN(5)) // the filter
			if _, err := z.Write(row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	head = append(head, k.bits, k.colour, 0, 0, 0)
	if k.interlaced {
		head[12] = 1
	}
	b := chunk([]byte("\x89PNG\r\n\x1a\n"), "IHDR", head)
	if k.colour == 3 {
		palette := make([]byte, 3<<k.bits)
		for i := range palette {
			palette[i] = byte(rng.Uint32())
		}
		b = chunk(b, "PLTE", palette)
	}
	half := raw.Len() / 2 // in two chunks
	return chunk(chunk(chunk(b, "IDAT", raw.Bytes()[:half]), "IDAT", raw.Bytes()[half:]), "IEND", nil)
}

func chunk(b []byte, name string, body []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(body)))
	at := len(b)
	b = append(append(b, name...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[at:]))
}

func save(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.png")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// plain gives the pixels of Go's decoder as interleaved samples without alpha, the low byte first.
func plain(t testing.TB, m image.Image) (out []byte) {
	t.Helper()
	b := m.Bounds()
	for y := range b.Dy() {
		for x := range b.Dx() {
			switch m := m.(type) {
			case *image.Gray:
				out = append(out, m.GrayAt(x, y).Y)
			case *image.Gray16:
				out = binary.LittleEndian.AppendUint16(out, m.Gray16At(x, y).Y)
			case *image.RGBA:
				out = append(out, m.Pix[m.PixOffset(x, y):][:3]...)
			case *image.NRGBA:
				out = append(out, m.Pix[m.PixOffset(x, y):][:3]...)
			case *image.Paletted:
				c := m.RGBA64At(x, y)
				out = append(out, byte(c.R>>8), byte(c.G>>8), byte(c.B>>8))
			case *image.RGBA64:
				c := m.RGBA64At(x, y)
				out = wide(out, c.R, c.G, c.B)
			case *image.NRGBA64:
				c := m.NRGBA64At(x, y)
				out = wide(out, c.R, c.G, c.B)
			default:
				t.Fatalf("%T", m)
			}
		}
	}
	return out
}

func wide(out []byte, v ...uint16) []byte {
	for _, s := range v {
		out = binary.LittleEndian.AppendUint16(out, s)
	}
	return out
}

// narrowed keeps the first of three equal samples of n bytes.
func narrowed(b []byte, n int) (out []byte) {
	for i := 0; i < len(b); i += 3 * n {
		out = append(out, b[i:i+n]...)
	}
	return out
}

var kinds = []kind{
	{0, 1, false}, {0, 2, false}, {0, 4, false}, {0, 8, false}, {0, 16, false}, {2, 8, false}, {2, 16, false},
	{3, 1, false}, {3, 2, false}, {3, 4, false}, {3, 8, false}, {4, 8, false}, {4, 16, false}, {6, 8, false}, {6, 16, false},
}

func TestPNGEqualsGo(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, k := range kinds {
		for _, size := range [][2]int{{1, 1}, {3, 2}, {9, 17}, {64, 5}} {
			for _, k.interlaced = range []bool{false, true} {
				b := noisePNG(t, k, size[0], size[1], rng)
				m, err := png.Decode(bytes.NewReader(b))
				if err != nil {
					t.Fatal(k, err)
				}
				want := plain(t, m)
				d, err := OpenPNG(save(t, b))
				if err != nil {
					t.Fatal(k, err)
				}
				f, n := d.Form(), 2
				if f.Whole != k.interlaced || f.Bytes != int(k.bits)/16+1 {
					t.Fatalf("%v: %+v", k, f)
				}
				if f.Whole {
					n = f.Height
				}
				if k.colour == 4 {
					want = narrowed(want, f.Bytes)
				}
				if got := all(t, d, n); !bytes.Equal(got, want) {
					t.Fatalf("%v, %v pixels:\n%v\nnot\n%v", k, size, got[:min(len(got), 40)], want[:min(len(want), 40)])
				}
			}
		}
	}
}

func TestGreyPalette(t *testing.T) {
	b := noisePNG(t, kind{3, 1, false}, 5, 1, rand.New(rand.NewPCG(1, 1)))
	at := bytes.Index(b, []byte("PLTE"))
	copy(b[at+4:], []byte{9, 9, 9, 250, 250, 250})
	binary.BigEndian.PutUint32(b[at+10:], crc32.ChecksumIEEE(b[at:at+10]))
	d, err := OpenPNG(save(t, b))
	if err != nil {
		t.Fatal(err)
	}
	if d.Form().Channels != 1 {
		t.Fatalf("%+v", d.Form())
	}
	for _, v := range all(t, d, 1) {
		if v != 9 && v != 250 {
			t.Errorf("value %d", v)
		}
	}
}

// The first flipped bit of the pixels, of a sum, of a length or of a name must be found; only the sum of the
// end, which holds nothing, is not looked at by libpng 1.6.48 any more.
func TestPNGDamage(t *testing.T) {
	good := noisePNG(t, kind{2, 8, false}, 20, 20, rand.New(rand.NewPCG(3, 3)))
	for i := 8; i < len(good)-4; i++ {
		b := bytes.Clone(good)
		b[i] ^= 1
		if err := decode(save(t, b)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("byte %d of %d: %v", i, len(b), err)
		}
	}
	for n := range good {
		if err := decode(save(t, good[:n])); err == nil {
			t.Errorf("cut at byte %d of %d", n, len(good))
		}
	}
}

func decode(path string) error {
	d, err := OpenPNG(path)
	if err != nil {
		return err
	}
	defer d.Close()
	f := d.Form()
	if f.RowBytes()*f.Height > 1<<20 {
		return fmt.Errorf("%+v is too large for a test", f)
	}
	if err := d.Rows(make([]byte, f.RowBytes()*f.Height)); err != nil {
		return err
	}
	return d.Finish()
}

func TestInterlacedRowsComeAllAtOnce(t *testing.T) {
	d, err := OpenPNG(save(t, noisePNG(t, kind{2, 8, true}, 20, 20, rand.New(rand.NewPCG(3, 3)))))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Rows(make([]byte, d.Form().RowBytes())); err == nil || !strings.Contains(err.Error(), "all at once") {
		t.Errorf("one row: %v", err)
	}
}
