package openslide

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The TIFF slides of the tests have 256 x 128 pixels and a copy of a quarter of the size, in JPEG tiles of 64 x 64.
const tiledWide, tiledHigh, tiledSide = 256, 128, 64

func tiledColour(shrink, x, y int) [3]byte {
	return [3]byte{byte(11*(x/8) + shrink), byte(9 * (y / 8)), byte(255 - x/8 - y/8)}
}

// tiledPage is one level.
func tiledPage(shrink int, more ...field) page {
	w, h := tiledWide/shrink, tiledHigh/shrink
	p := page{places: 324, counts: 325, fields: append([]field{
		long(254, min(shrink-1, 1)), long(256, w), long(257, h), {tag: 258, typ: 3, count: 3, value: []byte{8, 0, 8, 0, 8, 0}}, long(259, 7), long(262, 2),
		long(277, 3), long(322, tiledSide), long(323, tiledSide),
	}, more...)}
	for y := 0; y < h; y += tiledSide {
		for x := 0; x < w; x += tiledSide {
			b, _ := flat{w: tiledSide, h: tiledSide, colour: func(u, v int) [3]byte { return tiledColour(shrink, x+u, y+v) }}.encode()
			p.chunks = append(p.chunks, b)
		}
	}
	return p
}

// writeTiled makes a slide of two levels with such tags on its first page.
func writeTiled(t testing.TB, name string, first ...field) string {
	t.Helper()
	return writeTIFF(t, name, tiledPage(1, first...), tiledPage(4, long(296, 3)))
}

// leicaXML places a picture at pixel (32, 16) of a glass of 320 x 160 pixels, which are 500 nm wide.
var leicaXML = fmt.Sprintf(`<?xml version="1.0"?><scn xmlns="http://www.leica-microsystems.com/scn/2010/10/01">
<collection sizeX="160000" sizeY="80000"><barcode>RG9lLCBKYW5l</barcode><image><view sizeX="128000" sizeY="64000" offsetX="16000" offsetY="8000"/>
<pixels sizeX="%[1]d" sizeY="%[2]d"><dimension sizeX="%[1]d" sizeY="%[2]d" ifd="0" r="0"/><dimension sizeX="%[3]d" sizeY="%[4]d" ifd="1" r="1"/></pixels>
<scanSettings><objectiveSettings><objective>20</objective></objectiveSettings>
<illuminationSettings><illuminationSource>brightfield</illuminationSource></illuminationSettings></scanSettings></image></collection></scn>`,
	tiledWide, tiledHigh, tiledWide/4, tiledHigh/4)

var philipsXML = `<?xml version="1.0"?><DataObject ObjectType="DPUfsImport"><Attribute Name="PIM_DP_UFS_BARCODE">Doe, Jane</Attribute>` +
	`<Attribute Name="PIM_DP_SCANNED_IMAGES"><Array><DataObject ObjectType="DPScannedImage">` +
	`<Attribute Name="PIM_DP_IMAGE_TYPE">WSI</Attribute><Attribute Name="DICOM_PIXEL_SPACING">"0.00025" "0.00025"</Attribute><Attribute Name="PIIM_PIXEL_DATA_REPRESENTATION_SEQUENCE"><Array>` +
	`<DataObject ObjectType="PixelDataRepresentation"><Attribute Name="DICOM_PIXEL_SPACING">"0.00025" "0.00025"</Attribute></DataObject>` +
	`<DataObject ObjectType="PixelDataRepresentation"><Attribute Name="DICOM_PIXEL_SPACING">"0.001" "0.001"</Attribute></DataObject>` +
	`</Array></Attribute></DataObject></Array></Attribute></DataObject>`

func writeLeica(t testing.TB) string {
	return writeTiled(t, "made.scn", text(270, leicaXML), rational(282, 20000, 1), rational(283, 20000, 1), long(296, 3))
}

func writePhilips(t testing.TB) string {
	return writeTiled(t, "made.tiff", text(270, philipsXML), text(305, "Philips DP v1.0"))
}

func writeTrestle(t testing.TB) string {
	return writeTiled(t, "made.tif", text(270, "Background Color=e6e0d9;White Balance=fff;Objective Power=10;OverlapsXY= 0 0 0 0"),
		text(305, "MedScan 1.0"), rational(282, 1, 2), rational(283, 1, 2))
}

// writeVentana makes a slide whose first page is a photograph of the label.
func writeVentana(t testing.TB) string {
	label := page{places: 273, counts: 279, chunks: [][]byte{make([]byte, 8*8)}, fields: []field{
		long(256, 8), long(257, 8), long(258, 8), long(259, 1), long(262, 1), text(270, "Label Image"), long(277, 1), long(278, 8),
		text(700, `<?xml version="1.0"?><Metadata><iScan Magnification="40" ScanRes="0.25" Barcode1D="Doe, Jane"/></Metadata>`)}}
	return writeTIFF(t, "made.bif", label, tiledPage(1, text(270, "level=0 mag=40 quality=90")), tiledPage(4, text(270, "level=1 mag=10 quality=90")))
}

func TestTiledSlides(t *testing.T) {
	for _, c := range []struct {
		path, format string
		n            [3]int
		at           [2]int // where the picture lies on the glass
		um           float64
		tells        []string
	}{
		{writeLeica(t), "Leica SCN, objective 20x", [3]int{320, 160, 1}, [2]int{32, 16}, 0.5, []string{"256 x 128 pixels from 32, 16", "leica.barcode"}},
		{writePhilips(t), "Philips TIFF", [3]int{256, 128, 1}, [2]int{}, 0.25, []string{"philips.PIM_DP_UFS_BARCODE", "are white"}},
		{writeVentana(t), "Ventana slide, objective 40x", [3]int{256, 128, 1}, [2]int{}, 0.25, []string{"ventana.Barcode1D", "macro image"}},
		{writeTrestle(t), "Trestle TIFF, objective 10x", [3]int{256, 128, 1}, [2]int{}, 0.5, []string{"#e6e0d9"}},
	} {
		t.Run(c.format, func(t *testing.T) {
			r := opened(t, c.path, Open)
			defer r.Close()
			i := r.Info()
			if i.Format != c.format || i.Grid.N != c.n || i.Grid.Spacing != [3]float64{c.um / 1000, c.um / 1000, 0} || len(i.Levels) != 2 {
				t.Errorf("%+v", i)
			}
			said := fmt.Sprint(i.Identifiers, i.Warnings)
			for _, s := range c.tells {
				if !strings.Contains(said, s) {
					t.Errorf("%q does not tell %q", said, s)
				}
			}
			if strings.Contains(fmt.Sprintf("%+v", i), "Doe") {
				t.Errorf("%+v tells a name", i)
			}
			for level, shrink := range []int{1, 4} {
				want := tiledPixels(c.n, c.at, shrink)
				if got := whole(t, r, level); !bytes.Equal(got, want) {
					t.Errorf("level %d: %s", level, differences(want, got))
				}
			}
		})
	}
}

// tiledPixels are the samples of a level of a glass of n pixels with the picture at a place, white around it.
func tiledPixels(n [3]int, at [2]int, shrink int) (out []byte) {
	w, h := n[0]/shrink, n[1]/shrink
	out = slices.Repeat([]byte{255}, 3*w*h)
	for y := range tiledHigh / shrink {
		for x := range tiledWide / shrink {
			c := tiledColour(shrink, x, y)
			copy(out[3*((y+at[1]/shrink)*w+x+at[0]/shrink):], c[:])
		}
	}
	return out
}

// OpenSlide decodes whole tiles, and ends the process when it does not get the memory for one.
func TestTilesBeyondMemory(t *testing.T) {
	p := tiledPage(1, text(270, philipsXML), text(305, "Philips"))
	p.chunks = p.chunks[:1]
	for k := range p.fields {
		if p.fields[k].tag == 322 || p.fields[k].tag == 323 {
			p.fields[k] = long(p.fields[k].tag, 1<<17)
		}
	}
	_, err := Open(t.Context(), writeTIFF(t, "tiles.tiff", p, tiledPage(4)))
	if err == nil || !strings.Contains(err.Error(), "tiles.tiff: its tiles of 131072 x 131072 pixels are too large") {
		t.Errorf("error %v", err)
	}
}
