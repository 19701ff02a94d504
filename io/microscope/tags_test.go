package microscope

import (
	"math"
	"slices"
	"strings"
	"testing"

	"explant/volume"
)

// spacing is the pixel size in nm that a grid gets from a finding, and why it gets none.
func spacing(f Found, size [2]int) (nm [2]float64, why string) {
	g := volume.Grid{N: [3]int{size[0], size[1], 1}}
	f.Statement.Apply(&g)
	return [2]float64{g.Spacing[0] * 1e6, g.Spacing[1] * 1e6}, strings.Join(g.Calibration.Warnings, "; ")
}

// near allows for the decimal digits of a unit.
func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*b }

const zeissText = "0\r\n0\r\n0\r\n1.953125e-08\r\nDP_IMAGE_STORE\r\nStore resolution = 2048 * 1536\r\n" +
	"AP_PIXEL_SIZE\r\nPixel Size = 19.53 nm\r\nAP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = 9.766 nm\r\nAP_WIDTH\r\nWidth = 20.00 \xb5m\r\n" +
	"SV_USER_NAME\r\nUser Name = SOMEBODY\r\nSV_OPERATOR\r\nOperator = \r\n"

const feiText = "[User]\r\nUser=somebody\r\nUserText=\r\n[Scan]\r\nPixelWidth=1.25e-008\r\nPixelHeight=1.5e-008\r\n[Image]\r\nResolutionX=1024\r\nResolutionY=884\r\n"

func TestTags(t *testing.T) {
	for name, c := range map[string]struct {
		tag      int
		text     string
		size     [2]int
		nm       [2]float64
		note     string
		personal []string
	}{
		"Zeiss":              {ZeissTag, zeissText, [2]int{2048, 1536}, [2]float64{9.766, 9.766}, "", []string{"Zeiss SV_USER_NAME"}},
		"Zeiss in µm":        {ZeissTag, strings.Replace(zeissText, "9.766 nm", "1.5 \xb5m", 1), [2]int{2048, 1536}, [2]float64{1500, 1500}, "", []string{"Zeiss SV_USER_NAME"}},
		"Zeiss, scaled":      {ZeissTag, zeissText, [2]int{1024, 768}, [2]float64{}, "9.766 nm is the pixel size of a picture of 2048 * 1536", []string{"Zeiss SV_USER_NAME"}},
		"Zeiss, rows cut":    {ZeissTag, zeissText, [2]int{2048, 1400}, [2]float64{9.766, 9.766}, "", []string{"Zeiss SV_USER_NAME"}},
		"Zeiss, no length":   {ZeissTag, "AP_IMAGE_PIXEL_SIZE\nImage Pixel Size = 0.0 fm\n", [2]int{9, 9}, [2]float64{}, "it is no length", nil},
		"FEI":                {FEITag, feiText, [2]int{1024, 943}, [2]float64{12.5, 15}, "not square", []string{"FEI [User] User"}},
		"Helios, utf-16":     {HeliosTag, utf16le(feiText), [2]int{1024, 884}, [2]float64{12.5, 15}, "not square", []string{"FEI [User] User"}},
		"FEI, scaled":        {FEITag, feiText, [2]int{512, 442}, [2]float64{}, "1024 pixels wide and this one has 512", []string{"FEI [User] User"}},
		"FEI without pixels": {FEITag, "[Scan]\nPixelWidth=2e-9\nPixelHeight=2e-9\n", [2]int{512, 442}, [2]float64{2, 2}, "", nil},
		"TESCAN": {TESCANTag, "\x01\x00\x10\xff\xd8\x02\x00[MAIN]\x00PixelSizeX=2.5e-8\r\nPixelSizeY=2.5e-8\r\nUserName=somebody\r\n", [2]int{512, 442},
			[2]float64{25, 25}, "", []string{"TESCAN [MAIN] UserName"}},
		"TESCAN without sections": {TESCANTag, "\x02\x30\x00\x00\x00\x00PixelSizeX=2.5e-8\nPixelSizeY=2.5e-8\n", [2]int{512, 442}, [2]float64{25, 25}, "", nil},
	} {
		f, ok := Tag(c.tag, []byte(c.text), c.size)
		nm, note := spacing(f, c.size)
		if !ok || !near(nm[0], c.nm[0]) || !near(nm[1], c.nm[1]) || !strings.Contains(note, c.note) || c.note == "" && note != "" || !slices.Equal(f.Personal, c.personal) {
			t.Errorf("%s: %v nm, %q, %q", name, nm, note, f.Personal)
		}
		if strings.Contains(note+strings.Join(f.Personal, ""), "omebody") || strings.Contains(note, "SOMEBODY") {
			t.Errorf("%s shows a person: %q %q", name, note, f.Personal)
		}
	}
}

func TestTextsThatSayNothing(t *testing.T) {
	for _, c := range []struct {
		tag  int
		text string
	}{{ZeissTag, ""}, {ZeissTag, "AP_PIXEL_SIZE\nPixel Size = 19.53 nm\n"}, {FEITag, "[Scan]\nPixelWidth=\n"}, {TESCANTag, "\x00\x01"}, {270, zeissText}} {
		if f, ok := Tag(c.tag, []byte(c.text), [2]int{8, 8}); ok {
			t.Errorf("tag %d, %q: %+v", c.tag, c.text, f)
		}
	}
}

func utf16le(s string) string {
	out := []byte{0xff, 0xfe}
	for _, b := range []byte(s) {
		out = append(out, b, 0)
	}
	return string(out)
}

func FuzzTag(f *testing.F) {
	f.Add(ZeissTag, []byte(zeissText), 2048, 1536)
	f.Add(FEITag, []byte(feiText), 1024, 884)
	f.Add(TESCANTag, []byte("[MAIN]\x00PixelSizeX=1e308\n"), 1, 1)
	f.Fuzz(func(t *testing.T, tag int, text []byte, w, h int) {
		found, ok := Tag(tag, text, [2]int{w, h})
		if !ok && found.Statement.Field != "" {
			t.Errorf("nothing was found, and yet %+v", found)
		}
		if nm, _ := spacing(found, [2]int{4, 4}); !(nm[0] >= 0 && nm[1] >= 0) {
			t.Errorf("%v nm from %+v", nm, found)
		}
	})
}
