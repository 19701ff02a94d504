package openslide

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The MIRAX slide of the tests: 4 x 3 camera images of 64 x 64 pixels and one level of half the size, in which
// an image holds four of them. The image in the middle of the last row was not scanned.
const (
	miraxAcross, miraxDown, miraxSide = 4, 3, 64
	miraxHole                         = 2*miraxAcross + 1
	miraxID                           = "0123456789ABCDEF"
)

// miraxColour is the colour of the block at pixel (x, y) of a level.
func miraxColour(level, x, y int) [3]byte {
	return [3]byte{byte(100*level + x/8), byte(200 - y/8), byte(17 * (x/8 + y/8))}
}

// miraxFill is what lies where nothing was scanned.
var miraxFill = [3]byte{0xf0, 0xe8, 0xe1}

// writeMirax makes the slide in a folder; edit may change the description.
func writeMirax(t testing.TB, dir string, edit func(ini string) string) (path string) {
	t.Helper()
	data, index := miraxData()
	return writeMiraxFiles(t, dir, edit(miraxIni), index, data)
}

func writeMiraxFiles(t testing.TB, dir, ini string, index, data []byte) (path string) {
	t.Helper()
	files := map[string][]byte{"made.mrxs": []byte("\xff\xd8\xff\xe0 as the scanner begins it"), "made/Slidedat.ini": []byte(ini),
		"made/Index.dat": index, "made/Data0000.dat": data}
	if err := os.MkdirAll(filepath.Join(dir, "made"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "made.mrxs")
}

func asItIs(ini string) string { return ini }

// miraxData makes the images, the label behind them, and the index that says where they are.
func miraxData() (data, index []byte) {
	var levels [2][]int
	for level := range levels {
		step := 1 << level
		for y := 0; y < miraxDown; y += step {
			for x := 0; x < miraxAcross; x += step {
				number := y*miraxAcross + x
				if level == 0 && number == miraxHole {
					continue
				}
				b, _ := flat{w: miraxSide, h: miraxSide, colour: func(u, v int) [3]byte {
					return miraxColour(level, x/step*miraxSide+u, y/step*miraxSide+v)
				}}.encode()
				levels[level] = append(levels[level], number, len(data), len(b), 0)
				data = append(data, b...)
			}
		}
	}
	b, _ := flat{w: 16, h: 8, colour: func(int, int) [3]byte { return [3]byte{1, 2, 3} }}.encode()
	return append(data, b...), miraxIndex(levels, len(data), len(b))
}

// miraxIndex is a tree of 32-bit numbers: below the first root, for each level, a list of pages, and a page of
// {image, offset, length, file}; below the second root the label likewise.
func miraxIndex(levels [2][]int, label, labelBytes int) []byte {
	b := append([]byte("01.02"), miraxID...)
	put := func(v ...int) {
		for _, n := range v {
			b = binary.LittleEndian.AppendUint32(b, uint32(n))
		}
	}
	tables := len(b) + 8
	lists := tables + 12 // of two levels and a label
	first := lists + 24
	second := first + 8 + 4*len(levels[0])
	put(tables, tables+8)
	put(lists, lists+8, lists+16)
	put(0, first, 0, second, 0, second+8+4*len(levels[1]))
	for _, entries := range levels {
		put(len(entries)/4, 0)
		put(entries...)
	}
	put(1, 0, 0, 0, label, labelBytes, 0)
	return b
}

// writeHuge makes a slide of 102400 x 102400 pixels of which two images were scanned: the first and the last, in
// one colour.
func writeHuge(t testing.TB) string {
	t.Helper()
	const side, across = 256, 400
	b, _ := flat{w: side, h: side, colour: func(int, int) [3]byte { return hugeColour }}.encode()
	entries := []int{0, 0, len(b), 0, across*across - 1, 0, len(b), 0}
	ini := strings.NewReplacer(fmt.Sprintf("NUMBER_X = %d", miraxAcross), fmt.Sprint("NUMBER_X = ", across),
		fmt.Sprintf("NUMBER_Y = %d", miraxDown), fmt.Sprint("NUMBER_Y = ", across), fmt.Sprintf("= %d\r\n", miraxSide), fmt.Sprintf("= %d\r\n", side)).Replace(miraxIni)
	data := append(b, make([]byte, 1<<20)...) // as long as such a slide is at least
	return writeMiraxFiles(t, t.TempDir(), ini, miraxIndex([2][]int{entries, entries[:4]}, 0, len(b)), data)
}

var hugeColour = [3]byte{200, 100, 50}

var miraxIni = strings.ReplaceAll(fmt.Sprintf(`[GENERAL]
SLIDE_VERSION = 01.02
SLIDE_ID = %s
SLIDE_NAME = Doe, Jane
IMAGENUMBER_X = %d
IMAGENUMBER_Y = %d
OBJECTIVE_MAGNIFICATION = 20
[HIERARCHICAL]
INDEXFILE = Index.dat
HIER_COUNT = 1
HIER_0_NAME = Slide zoom level
HIER_0_COUNT = 2
HIER_0_VAL_0_SECTION = LEVEL_0
HIER_0_VAL_1_SECTION = LEVEL_1
NONHIER_COUNT = 1
NONHIER_0_NAME = Scan data layer
NONHIER_0_COUNT = 1
NONHIER_0_VAL_0 = ScanDataLayer_SlideBarcode
NONHIER_0_VAL_0_SECTION = LABEL
[LABEL]
BARCODE_IMAGE_TYPE = JPEG
[DATAFILE]
FILE_COUNT = 1
FILE_0 = Data0000.dat
%s%s`, miraxID, miraxAcross, miraxDown, miraxLevel(0), miraxLevel(1)), "\n", "\r\n")

func miraxLevel(level int) string {
	fill := int(miraxFill[2])<<16 | int(miraxFill[1])<<8 | int(miraxFill[0])
	return fmt.Sprintf(`[LEVEL_%d]
IMAGE_CONCAT_FACTOR = %d
OVERLAP_X = 0
OVERLAP_Y = 0
MICROMETER_PER_PIXEL_X = %g
MICROMETER_PER_PIXEL_Y = %g
IMAGE_FORMAT = JPEG
IMAGE_FILL_COLOR_BGR = %d
DIGITIZER_WIDTH = %d
DIGITIZER_HEIGHT = %d
`, level, level, 0.25*float64(int(1)<<level), 0.26*float64(int(1)<<level), fill, miraxSide, miraxSide)
}

// miraxLevelPixels are the samples that a level of the slide must have.
func miraxLevelPixels(level int) []byte {
	w, h := miraxAcross*miraxSide>>level, miraxDown*miraxSide>>level
	out := make([]byte, 0, 3*w*h)
	hole := [2]int{miraxHole % miraxAcross * miraxSide, miraxHole / miraxAcross * miraxSide}
	for y := range h {
		for x := range w {
			c := miraxColour(level, x, y)
			if level == 0 && x >= hole[0] && x < hole[0]+miraxSide && y >= hole[1] && y < hole[1]+miraxSide {
				c = miraxFill
			}
			out = append(out, c[:]...)
		}
	}
	return out
}
