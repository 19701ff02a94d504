package openslide

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// The Hamamatsu slides of the tests have 256 x 64 pixels and a copy of half the size. Restart markers cut their
// JPEGs into tiles of 64 x 8 pixels.
const ndpiWide, ndpiHigh = 256, 64

func ndpiColour(level, x, y int) [3]byte {
	return [3]byte{byte(7 * (x / 8)), byte(255 - 30*(y/8)), byte(50*level + x/8)}
}

func ndpiJPEG(level, restart int) (data []byte, starts []int) {
	return flat{w: ndpiWide >> level, h: ndpiHigh >> level, restart: restart, colour: func(x, y int) [3]byte {
		return ndpiColour(level, x, y)
	}}.encode()
}

func ndpiPixels(level int) (out []byte) {
	for y := range ndpiHigh >> level {
		for x := range ndpiWide >> level {
			c := ndpiColour(level, x, y)
			out = append(out, c[:]...)
		}
	}
	return out
}

// ndpiPage is one directory: a single JPEG as a strip, whose restart markers tag 65426 tells; lens is the power
// of the objective, -1 for a photograph of the glass.
func ndpiPage(level int, lens float32, more ...field) page {
	data, starts := ndpiJPEG(level, 8)
	w, h := ndpiWide>>level, ndpiHigh>>level
	return page{places: 273, counts: 279, chunks: [][]byte{data}, fields: append([]field{
		long(256, w), long(257, h), long(259, 7), long(278, h), rational(282, 40000<<1, 2<<level), rational(283, 40000<<1, 2<<level), long(296, 3),
		long(65420, 1), float(65421, lens), signed(65424, 0), long(65426, starts...), text(65427, "Doe, Jane"),
	}, more...)}
}

func writeNDPI(t testing.TB) string {
	return writeTIFF(t, "made.ndpi", ndpiPage(0, 40), ndpiPage(1, 20), ndpiPage(2, -1))
}

// writeVMS makes a slide of one picture and its map.
func writeVMS(t testing.TB, dir string) string {
	t.Helper()
	full, _ := ndpiJPEG(0, 8)
	half, _ := ndpiJPEG(1, 8)
	for name, b := range map[string][]byte{"full.jpg": full, "map.jpg": half, "made.vms": []byte(vmsIni)} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "made.vms")
}

var vmsIni = fmt.Sprintf(`[Virtual Microscope Specimen]
NoLayers=1
NoJpegColumns=1
NoJpegRows=1
ImageFile=full.jpg
ImageFile(1,0,0)=another plane.jpg
MapFile=map.jpg
OptimisationFile=none.opt
SourceLens=20
PhysicalWidth=%d
PhysicalHeight=%d
Reference=Doe, Jane
`, ndpiWide*460, ndpiHigh*460)
