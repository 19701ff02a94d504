package tiff

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"explant/io/imagefile"
)

// inks is an 8 x 8 JPEG of one colour, cyan 200, magenta 30, yellow 60, black 10 of 255, turned over and with
// Adobe's marker, as every program writes such a JPEG.
const inks = "/9j/7gAOQWRvYmUAZAAAAAAA/9sAQwACAQEBAQECAQEBAgICAgIEAwICAgIFBAQDBAYFBgYGBQYGBgcJCAYHCQcGBggLCAkKCgoKCgYICwwLCgwJCgoK/8AAFAgACAAIBEMRAE0RAFkRAEsRAP/EAB8AAAEFAQEBAQEBAAAAAAAAAAABAgMEBQYHCAkKC//EALUQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+v/aAA4EQwBNAFkASwAAPwD826/YSv0Mr91K/9k="

func TestInks(t *testing.T) {
	marked, err := base64.StdEncoding.DecodeString(inks)
	if err != nil {
		t.Fatal(err)
	}
	unmarked := append(bytes.Clone(marked[:2]), marked[2+16:]...)
	for name, c := range map[string]struct {
		page built
		want [3]byte
	}{
		"plain":                   {built{w: 1, h: 1, chunks: [][]byte{{200, 30, 60, 10}}}, [3]byte{53, 216, 187}},
		"no ink":                  {built{w: 1, h: 1, chunks: [][]byte{{0, 0, 0, 0}}}, [3]byte{255, 255, 255}},
		"all black":               {built{w: 1, h: 1, chunks: [][]byte{{0, 0, 0, 255}}}, [3]byte{}},
		"JPEG":                    {built{w: 8, h: 8, compression: jpeg, chunks: [][]byte{unmarked}}, [3]byte{8, 1, 2}},
		"JPEG as Adobe writes it": {built{w: 8, h: 8, compression: jpeg, chunks: [][]byte{marked}}, [3]byte{53, 216, 187}},
		"in planes":               {built{w: 1, h: 1, planar: 2, chunks: [][]byte{{200}, {30}, {60}, {10}}}, [3]byte{53, 216, 187}},
	} {
		p := c.page
		p.bits, p.samples, p.photometric = 8, 4, separated
		i, got := readAll(t, build(t, littleEndian, []built{p}, nil))
		if i.Channels != 3 || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "without a colour profile") {
			t.Errorf("%s: %d channels, %q", name, i.Channels, i.Warnings)
		}
		for k, v := range got {
			if d := int(v) - int(c.want[k%3]); d > 1 || d < -1 {
				t.Errorf("%s: sample %d is %d, not %d", name, k, v, c.want[k%3])
				break
			}
		}
	}
}

func TestColoursThatAreConverted(t *testing.T) {
	lab := built{w: 2, h: 1, bits: 8, samples: 3, photometric: cieLab, chunks: [][]byte{{255, 0, 0, 0, 0, 0}}} // white and black
	i, got := readAll(t, build(t, littleEndian, []built{lab}, nil))
	if got[0] < 250 || got[3] > 5 || len(i.Warnings) != 1 || !strings.Contains(i.Warnings[0], "CIELab") {
		t.Errorf("%v %q", got, i.Warnings)
	}
	for name, p := range map[string]built{
		"16-bit inks":  {w: 1, h: 1, bits: 16, samples: 4, photometric: separated, chunks: [][]byte{ramp(0, 8)}},
		"ITULab":       {w: 1, h: 1, bits: 8, samples: 3, photometric: ituLab, chunks: [][]byte{ramp(0, 3)}},
		"not LogLuv's": {w: 1, h: 1, bits: 16, samples: 1, photometric: logL, chunks: [][]byte{ramp(0, 2)}},
	} {
		if _, err := Open(t.Context(), build(t, littleEndian, []built{p}, nil)); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// turned is a 3 x 2 picture in strips or tiles with one, three or (as YCbCr, which libtiff converts) three samples.
func turnedPage(kind string, orientation int) built {
	p := built{w: 3, h: 2, bits: 8, samples: 1, photometric: minIsBlack, orientation: orientation, rows: 1, unit: 3, perUnit: 20000, perUnitY: 10000}
	for y := range 2 {
		p.chunks = append(p.chunks, ramp(1+3*y, 3))
	}
	if strings.Contains(kind, "inks") {
		p.samples, p.photometric, p.chunks = 4, separated, nil
		p.planar = 2
		for c := range 4 {
			for y := range 2 {
				row := make([]byte, 3)
				for x := range row {
					if c < 3 {
						row[x] = byte(255 - (1 + 3*y + x))
					}
				}
				p.chunks = append(p.chunks, row)
			}
		}
	}
	if strings.Contains(kind, "tiles") {
		p.tile, p.rows = 16, 0
		tile := make([]byte, 256)
		for i := range 6 {
			tile[i/3*16+i%3] = byte(i + 1)
		}
		p.chunks = [][]byte{tile}
	}
	return p
}

// The pictures that the orientation tag makes of 1 2 3 / 4 5 6, whole and pixel by pixel, with the sizes of
// pixels that are not square.
func TestOrientationsOfStripsTilesAndColours(t *testing.T) {
	wants := map[int]string{1: "123456", 2: "321654", 3: "654321", 4: "456123", 5: "142536", 6: "415263", 7: "635241", 8: "362514"}
	for orientation, want := range wants {
		for _, kind := range []string{"strips", "tiles", "inks"} {
			r, err := Open(t.Context(), build(t, littleEndian, []built{turnedPage(kind, orientation)}, nil))
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			i := r.Info()
			n, mm := [3]int{3, 2, 1}, [3]float64{0.0005, 0.001, 0}
			if orientation > 4 {
				n, mm = [3]int{2, 3, 1}, [3]float64{0.001, 0.0005, 0}
			}
			if i.Grid.N != n || i.Grid.Spacing != mm {
				t.Errorf("%s, orientation %d: %v of %v mm", kind, orientation, i.Grid.N, i.Grid.Spacing)
			}
			b, err := r.Read(t.Context(), imagefile.Whole(i, 0))
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for k := 0; k < len(b.Data); k += i.Channels {
				got += fmt.Sprint(b.Data[k])
			}
			if got != want {
				t.Errorf("%s, orientation %d: %s, not %s", kind, orientation, got, want)
			}
			for k := range 6 {
				x, y := k%n[0], k/n[0]
				one, err := r.Read(t.Context(), imagefile.Window{Min: [3]int{x, y, 0}, Max: [3]int{x + 1, y + 1, 1}})
				if err != nil || one.Data[0] != want[k]-'0' {
					t.Errorf("%s, orientation %d, pixel %d, %d: %v, %v", kind, orientation, x, y, one.Data, err)
				}
			}
		}
	}
}

// A strip that is too large to hold is decoded once, block by block, however the windows lie.
func TestBlocksOfALargeStripAreDecodedOnce(t *testing.T) {
	const w, h = 100, 64
	packed := []byte{} // PackBits: a row is one run
	for y := range h {
		packed = append(packed, 257-w, byte(y))
	}
	p := built{w: w, h: h, bits: 8, samples: 1, photometric: 1, compression: 32773, chunks: [][]byte{packed}}
	r, err := Open(t.Context(), build(t, littleEndian, []built{p}, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	r.whole, r.idle[0].whole = 8*w, 8*w // blocks of 8 rows
	for y := 0; y < h; y += 20 {
		for x := 0; x < w; x += 30 {
			win := imagefile.Window{Min: [3]int{x, y, 0}, Max: [3]int{min(x+30, w), min(y+20, h), 1}}
			b, err := r.Read(t.Context(), win)
			if err != nil {
				t.Fatal(err)
			}
			for k, v := range b.Data {
				if int(v) != y+k/b.N[0] {
					t.Fatalf("window %v: pixel %d is %d", win, k, v)
				}
			}
		}
	}
	if n := r.cache.decoded.Load(); n != h/8 {
		t.Errorf("%d blocks decoded, not %d", n, h/8)
	}
}

func TestAlphaBesideAPalette(t *testing.T) {
	table := append(append([]int{0xffff, 0}, 0, 0x8000), 0, 0xffff)
	p := built{w: 2, h: 1, bits: 8, samples: 2, photometric: indexed, extras: []int{2}, chunks: [][]byte{{0, 9, 1, 200}}}
	for range 3 {
		p.palette = append(p.palette, make([]int, 256)...)
	}
	for c := range 3 {
		copy(p.palette[256*c:], table[2*c:2*c+2])
	}
	i, got := readAll(t, build(t, littleEndian, []built{p}, nil))
	if !bytes.Equal(got, []byte{255, 0, 0, 0, 128, 255}) || len(i.Warnings) != 1 {
		t.Errorf("%v %q", got, i.Warnings)
	}
}
