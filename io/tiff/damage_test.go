package tiff

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"explant/io/imagefile"
	"explant/io/tiff/internal/jpegslide"
)

// nestedOME is a file of two channels with smaller copies below its pages.
func nestedOME(t testing.TB) string {
	pages := []built{grey(4, 4, ramp(0, 16)...), grey(4, 4, ramp(20, 16)...)}
	for i := range pages {
		pages[i].subs = []built{grey(2, 2, ramp(50, 4)...)}
	}
	pages[0].text = `<OME UUID="u"><Image><Pixels SizeX="4" SizeY="4" SizeC="2" SizeZ="1" SizeT="1" DimensionOrder="XYCZT"><Channel Name="a"/><Channel Name="b"/>` +
		`<TiffData IFD="0" PlaneCount="2"><UUID FileName="built.tif">u</UUID></TiffData></Pixels></Image></OME>`
	return build(t, littleEndian, pages, nil)
}

// Whatever is cut off, it is an error of one line or the pixels that were promised.
func TestEveryTruncation(t *testing.T) {
	for name, path := range map[string]string{
		"nested": nestedOME(t),
		"jpeg":   jpegFile(t, jpegslide.Slide{Side: 32, Tile: 16, Quality: 50, YCbCr: true, Distinct: 2}),
		"inks":   build(t, bigEndianOrder, []built{{w: 2, h: 2, bits: 8, samples: 4, photometric: separated, chunks: [][]byte{ramp(0, 16)}}}, nil),
	} {
		valid, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for n := range valid {
			if err := os.WriteFile(path, valid[:n], 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := Open(t.Context(), path)
			if err == nil {
				for level := range r.Info().Levels {
					var b imagefile.Block
					if b, err = r.Read(t.Context(), imagefile.Whole(r.Info(), level)); err == nil && len(b.Data) != imagefile.Bytes(r.Info(), imagefile.Whole(r.Info(), level)) {
						t.Errorf("%s, %d bytes: %d bytes of pixels", name, n, len(b.Data))
					}
				}
				r.Close()
			}
			if err != nil && (strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), filepath.Base(path))) {
				t.Errorf("%s, %d bytes: %q", name, n, err)
			}
		}
	}
}

func TestMutationsOfPyramidsAndSlides(t *testing.T) {
	mutate(t, nestedOME(t), 400)
	mutate(t, jpegFile(t, jpegslide.Slide{Side: 32, Tile: 16, Quality: 50, Distinct: 2}), 400)
}

// FuzzOME arranges four pages as any description says.
func FuzzOME(f *testing.F) {
	f.Add(omeText("u", "CZT", 1, uuidData(0, 0, 0, "a.tif", "u")+uuidData(1, 2, 9, "b.tif", "v")))
	f.Add(omeText("", "TZC", 3, `<TiffData/><TiffData FirstC="1" FirstZ="2" FirstT="2" IFD="3" PlaneCount="1000000000"/>`))
	f.Add(`<OME UUID="u"><BinaryOnly MetadataFile="c.ome" UUID="v"/></OME>`)
	f.Add(`<OME><Image><Pixels SizeC="64" SizeZ="-1" SizeT="1000000" DimensionOrder="XYZZZ"><Channel SamplesPerPixel="-3"/><TiffData IFD="-1" FirstC="-1"/></Pixels></Image></OME>`)
	f.Fuzz(func(t *testing.T, text string) {
		x := parseOME(text)
		if x == nil {
			return
		}
		s, ok := x.series(0)
		if !ok {
			return
		}
		var here []*page
		for i := range 4 {
			here = append(here, &page{w: 2, h: 2, chunkW: 2, chunkH: 2, chunks: 1, bits: 8, samples: 1, photometric: minIsBlack, form: form{typ: imagefile.Uint8, channels: 1}, offset: uint64(i)})
		}
		pages, s, _, err := gather(context.Background(), filepath.Join(t.TempDir(), "a.tif"), here, s)
		if err != nil {
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("error %q", err)
			}
			return
		}
		if len(pages) == 0 || len(pages) > 4*64*maxPages {
			t.Errorf("%d pages", len(pages))
		}
		if pic, err := arrange(pages, nil, s); err == nil && len(pic.planes[0]) != pic.info.Grid.N[2]*pic.c {
			t.Errorf("%d planes for %v", len(pic.planes[0]), pic.info.Grid.N)
		}
	})
}

func TestCompanionsAreRecognised(t *testing.T) {
	for head, want := range map[string]bool{
		"<?xml version=\"1.0\"?>\n<OME xmlns=": true, "\ufeff <OME ": true, "<html>": false, "": false, "II*\x00<OME": false,
	} {
		if got := IsCompanion([]byte(head)); got != want {
			t.Errorf("%q: %v", head, got)
		}
	}
	path := filepath.Join(t.TempDir(), "c.companion.ome")
	if err := os.WriteFile(path, bytes.Repeat([]byte("<OME>"), 3), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "no OME description") {
		t.Errorf("broken XML: %v", err)
	}
}
