package tiff

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"explant/io/imagefile"
)

func TestMicroscopesKnowTheSizeOfAPixel(t *testing.T) {
	const zeiss = "DP_IMAGE_STORE\r\nStore resolution = 3 * 2\r\nAP_PIXEL_SIZE\r\nPixel Size = 19.53 nm\r\nAP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 9.766 nm\r\nSV_USER_NAME\r\nUser Name = X\r\n"
	const hitachi = "[SemImageFile]\nDataSize=3x2\nPixelSize=28.3\n"
	page := grey(3, 2, ramp(0, 6)...)
	page.unit, page.perUnit = 2, 72
	tagged, other, stated := page, page, page
	tagged.zeiss = zeiss
	other.zeiss = strings.Replace(zeiss, "3 * 2", "6 * 4", 1)
	stated.text = "ImageJ=1.53t\nunit=um\n"
	stated.zeiss = zeiss
	for name, c := range map[string]struct {
		page    built
		sidecar string
		nm      float64
		note    string
	}{
		"dots per inch alone":    {page, "", 0, ""},
		"Zeiss":                  {tagged, "", 9.766, ""},
		"Zeiss beats a sidecar":  {tagged, hitachi, 9.766, ""},
		"Zeiss, scaled":          {other, "", 0, "picture of 6 * 4 pixels"},
		"Hitachi beside it":      {page, hitachi, 28.3, ""},
		"Hitachi, scaled":        {page, strings.Replace(hitachi, "3x2", "6x4", 1), 0, "picture of 6 x 4 pixels"},
		"a description is first": {stated, hitachi, 1e3 / 72, ""},
	} {
		path := build(t, littleEndian, []built{c.page}, nil)
		if c.sidecar != "" {
			if err := os.WriteFile(filepath.Join(filepath.Dir(path), "built.txt"), []byte(c.sidecar), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		infos := map[string]imagefile.Info{}
		r, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		infos["Reader"] = r.Info()
		if p, err := OpenPlain(path); err == nil {
			infos["Plain"] = p.Info()
		}
		for reader, i := range infos {
			g := i.Grid
			if math.Abs(g.Spacing[0]*1e6-c.nm) > 1e-6*c.nm || !strings.Contains(strings.Join(g.Calibration.Warnings, ";"), c.note) {
				t.Errorf("%s, %s: %v, %+v", name, reader, g.Spacing, g.Calibration)
			}
			if personal := slices.Equal(i.Identifiers, []string{"Zeiss SV_USER_NAME"}); personal != (c.page.zeiss != "") {
				t.Errorf("%s, %s: identifiers %q", name, reader, i.Identifiers)
			}
		}
	}
}

func TestSampleMicrographs(t *testing.T) {
	root := os.Getenv("EXPLANT_SAMPLES")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	for name, nm := range map[string]float64{
		"electrospun_fibresem_01.tif": 9.766, "electrospun_fibar_2k.tif": 146.5, "electrospun_fibar_5k.tif": 58.59,
		"electrospun_fibar_10k.tif": 29.3, "reticulum_skan.tif": 1.07917,
	} {
		path := filepath.Join(root, "sem", name)
		if _, err := os.Stat(path); err != nil {
			t.Skip("no sample data: set EXPLANT_SAMPLES")
		}
		r, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		i := r.Info()
		if math.Abs(i.Grid.Spacing[0]*1e6-nm) > 1e-9*nm || i.Grid.Spacing[1] != i.Grid.Spacing[0] || i.Channels != 1 || len(i.Warnings) > 0 {
			t.Errorf("%s: %v, %d channels, %q", name, i.Grid.Spacing, i.Channels, i.Warnings)
		}
		if len(i.Identifiers) == 0 {
			t.Errorf("%s: no identifiers", name)
		}
	}
}
