package microscope

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"explant/io/calibration"
)

// TIFF tags that hold the text of a microscope.
const (
	ZeissTag  = 34118
	FEITag    = 34680 // Sirion, Quanta, Nova
	HeliosTag = 34682 // Helios, Verios, Scios and what Thermo Fisher made of them
	TESCANTag = 50431
)

// Tag reads the text of a tag of a TIFF of size[0] x size[1] pixels; false when the tag is none of a
// microscope or its text says nothing.
func Tag(tag int, text []byte, size [2]int) (Found, bool) {
	switch tag {
	case ZeissTag:
		return zeiss(string(text), size)
	case FEITag, HeliosTag:
		return fei(parseINI(decode(text)), size)
	case TESCANTag:
		return tescan(parseINI(printable(text)), "TESCAN PixelSizeX")
	}
	return Found{}, false
}

// zeiss reads the text of SmartSEM: lines with the name of a field, each followed by a line with its title,
// value and unit. AP_PIXEL_SIZE is the size on the screen and not that of the stored picture.
func zeiss(text string, size [2]int) (Found, bool) {
	const field = "Zeiss AP_IMAGE_PIXEL_SIZE"
	fields := zeissFields(text)
	value, ok := fields["AP_IMAGE_PIXEL_SIZE"]
	if !ok {
		return Found{}, false
	}
	number, unit, _ := strings.Cut(value, " ")
	v, err := strconv.ParseFloat(number, 64)
	unit = strings.TrimSpace(unit)
	mm, known := calibration.PerUnit(unit)
	var f Found
	switch {
	case err != nil || v <= 0 || !known:
		f = withheld(field, "it is no length")
	case !zeissWhole(fields, v*mm, size):
		f = withheld(field, fmt.Sprintf("%.6g %s is the pixel size of a picture of %s pixels and this one has %d * %d",
			v, unit, fields["DP_IMAGE_STORE"], size[0], size[1]))
	default:
		f.Statement = calibration.Statement{Field: field, Size: [3]float64{v, v, 0}, Unit: unit}
	}
	for _, k := range []string{"SV_USER_NAME", "SV_OPERATOR", "SV_USER_TEXT", "SV_SAMPLE_ID", "SV_FILE_NAME"} {
		if fields[k] != "" {
			f.Personal = append(f.Personal, "Zeiss "+k)
		}
	}
	return f, true
}

// zeissFields are the values by the name of the field: of "AP_MAG" and "Mag = 5.72 K X" it is "5.72 K X".
func zeissFields(text string) map[string]string {
	out, name := map[string]string{}, ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name != "" {
			if _, v, ok := strings.Cut(line, "="); ok {
				out[name] = strings.TrimSpace(v)
			}
		}
		name = ""
		if len(line) > 3 && (strings.HasPrefix(line, "AP_") || strings.HasPrefix(line, "DP_") || strings.HasPrefix(line, "SV_")) {
			name = line
		}
	}
	return out
}

// zeissWhole reports a picture that has the pixels that were stored, or a width that fits the field of
// view. A text that says neither cannot contradict.
func zeissWhole(fields map[string]string, mm float64, size [2]int) bool {
	w, h, ok := resolution(fields["DP_IMAGE_STORE"])
	if !ok || w == size[0] && h == size[1] {
		return true
	}
	number, unit, _ := strings.Cut(fields["AP_WIDTH"], " ")
	width, err := strconv.ParseFloat(number, 64)
	per, known := calibration.PerUnit(unit)
	return err == nil && known && math.Abs(width*per-mm*float64(size[0])) < 0.002*width*per
}

// resolution reads "1024 * 768", "1280x960" and "1280 960".
func resolution(s string) (w, h int, ok bool) {
	n := strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if len(n) < 2 {
		return 0, 0, false
	}
	w, errW := strconv.Atoi(n[0])
	h, errH := strconv.Atoi(n[1])
	return w, h, errW == nil && errH == nil && w > 0 && h > 0
}

// fei reads the sections of an FEI or Thermo Fisher microscope; sizes are in metres. The stored picture is
// higher than the scan where a data bar was added.
func fei(i ini, size [2]int) (Found, bool) {
	const field = "FEI [Scan] PixelWidth"
	x, y := i.number("scan/pixelwidth"), i.number("scan/pixelheight")
	if x == 0 && y == 0 {
		return Found{}, false
	}
	f := Found{Statement: calibration.Statement{Field: field, Size: [3]float64{x, y, 0}, Unit: "m"}}
	if w := int(i.number("image/resolutionx")); w > 0 && w != size[0] {
		f = withheld(field, fmt.Sprintf("%.6g m is the pixel size of a picture %d pixels wide and this one has %d", x, w, size[0]))
	}
	f.Personal = i.named("FEI", "User/User", "User/UserText", "User/UserTextUnicode", "PrivateFei/UserName")
	return f, true
}

// tescan reads the header of a TESCAN microscope; sizes are in metres.
func tescan(i ini, field string) (Found, bool) {
	section := "main"
	if i[section+"/pixelsizex"] == "" {
		section = ""
	}
	x, y := i.number(section+"/pixelsizex"), i.number(section+"/pixelsizey")
	if x == 0 {
		return Found{}, false
	}
	if y == 0 {
		y = x
	}
	f := Found{Statement: calibration.Statement{Field: field, Size: [3]float64{x, y, 0}, Unit: "m"}}
	f.Personal = i.named("TESCAN", "MAIN/UserName", "MAIN/Company", "MAIN/Note", "MAIN/Sign", "/UserName", "/Company", "/Note", "/Sign")
	return f, true
}

// printable makes lines of the texts in a tag that also holds lengths and a thumbnail.
func printable(b []byte) string {
	out := make([]byte, len(b))
	for i, c := range b {
		if out[i] = c; c < 0x20 || c >= 0x7f {
			out[i] = '\n'
		}
	}
	return string(out)
}
