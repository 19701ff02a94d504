package microscope

import (
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"explant/io/calibration"
)

// maxText is the largest text file that is read.
const maxText = 1 << 20

// Sidecar looks beside the picture at path, which has size[0] x size[1] pixels, for the text file of the same
// name that Hitachi (PICTURE.txt), JEOL (PICTURE.txt) and TESCAN microscopes (PICTURE.hdr or, for
// PICTURE.png, PICTURE-png.hdr) write; false when there is none. A text that belongs to another picture, or
// that does not say enough, gives a note and no size.
func Sidecar(path string, size [2]int) (Found, bool) {
	ext := filepath.Ext(path)
	stem := strings.TrimSuffix(path, ext)
	for _, name := range []string{stem + ".txt", stem + ".TXT", stem + ".hdr", stem + "-" + strings.TrimPrefix(ext, ".") + ".hdr"} {
		text, err := readText(name)
		if err != nil {
			continue // most pictures have no such file
		}
		if f, ok := sidecar(text, filepath.Base(name), filepath.Base(stem), size); ok {
			f.File = filepath.Base(name)
			return f, true
		}
	}
	return Found{}, false
}

func readText(path string) (string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !st.Mode().IsRegular() || st.Size() > maxText {
		return "", fmt.Errorf("%s is no text of a microscope", filepath.Base(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxText))
	return decode(b), err
}

// sidecar reads a text by what is in it. file is its name, stem that of the picture without extension.
func sidecar(text, file, stem string, size [2]int) (Found, bool) {
	switch {
	case strings.HasSuffix(strings.ToLower(file), ".hdr"):
		return tescan(parseINI(text), "TESCAN PixelSizeX in "+file)
	case strings.Contains(text[:min(len(text), 4096)], "[SemImageFile]"):
		return hitachi(parseINI(text), "Hitachi PixelSize in "+file, stem, size), true
	case strings.Contains(text, "$CM_") && strings.Contains(text, "$$SM_MICRON_BAR"):
		return jeol(jeolKeys(text), "JEOL micron bar in "+file, size), true
	}
	return Found{}, false
}

// hitachi reads [SemImageFile]: PixelSize is in nm, DataSize the pixels of the picture, ImageName its name.
func hitachi(i ini, field, stem string, size [2]int) Found {
	f := hitachiSize(i, field, stem, size)
	for _, k := range []string{"UserName", "SampleName", "Comment", "Directory", "ImageName"} {
		if i["semimagefile/"+strings.ToLower(k)] != "" {
			f.Personal = append(f.Personal, "Hitachi "+k)
		}
	}
	return f
}

func hitachiSize(i ini, field, stem string, size [2]int) Found {
	nm := i.number("semimagefile/pixelsize")
	if nm <= 0 {
		return withheld(field, "no pixel size is stated")
	}
	name := i["semimagefile/imagename"]
	if own := strings.TrimSuffix(name, filepath.Ext(name)); own != "" && !strings.EqualFold(own, stem) {
		return withheld(field, fmt.Sprintf("%.6g nm is said of a picture with another name", nm))
	}
	if w, h, ok := resolution(i["semimagefile/datasize"]); ok && (w != size[0] || h != size[1]) {
		return withheld(field, fmt.Sprintf("%.6g nm is the pixel size of a picture of %d x %d pixels and this one has %d x %d", nm, w, h, size[0], size[1]))
	}
	return Found{Statement: calibration.Statement{Field: field, Size: [3]float64{nm, nm, 0}, Unit: "nm"}}
}

// jeolKeys are the words behind the keys of a JEOL text: "$$SM_MICRON_BAR 213".
func jeolKeys(text string) map[string]string {
	keys := map[string]string{}
	for line := range strings.Lines(text) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), " "); ok && strings.HasPrefix(k, "$") {
			keys[strings.TrimLeft(k, "$")] = strings.TrimSpace(v)
		}
	}
	return keys
}

// Width in mm of the photograph to which magnifications refer: that of 4 x 5 inch film, with what makers
// and monitors made of it.
const filmMin, filmMax = 90, 140

// jeol divides the length of the burnt-in bar by its pixels, so that the size is known to half a pixel of
// the bar. It is believed when the width that the text states is that of the picture, or, where none is
// stated, when it fits the magnification.
func jeol(keys map[string]string, field string, size [2]int) Found {
	f := jeolSize(keys, field, size)
	for _, k := range []string{"CM_OPERATOR", "CM_COMMENT", "CM_TITLE", "CM_LABEL"} {
		if keys[k] != "" {
			f.Personal = append(f.Personal, "JEOL "+k)
		}
	}
	return f
}

func jeolSize(keys map[string]string, field string, size [2]int) Found {
	px, err := strconv.ParseFloat(keys["SM_MICRON_BAR"], 64)
	mm, lengthErr := calibration.Length(keys["SM_MICRON_MARKER"])
	if err != nil || lengthErr != nil || px < 10 {
		return withheld(field, "its length is not stated")
	}
	pixel := mm / px
	full := keys["CM_FULL_SIZE"]
	if full == "" {
		full = keys["CM_IMAGE_RES"]
	}
	w, _, stated := resolution(full)
	if stated && w != size[0] {
		return withheld(field, fmt.Sprintf("%.4g nm is the pixel size of a picture %d pixels wide and this one has %d", pixel*1e6, w, size[0]))
	}
	magnification, err := strconv.ParseFloat(keys["CM_MAG"], 64)
	film := pixel * float64(size[0]) * magnification
	if !stated && (err != nil || film < filmMin || film > filmMax) {
		return withheld(field, fmt.Sprintf("%.4g nm cannot be checked: the text states no width in pixels that it belongs to", pixel*1e6))
	}
	return Found{Statement: calibration.Statement{Field: field, Size: [3]float64{pixel, pixel, 0}, Unit: "mm", Relative: 1 / (px * math.Sqrt(12)),
		Notes: []string{fmt.Sprintf("the pixel size comes from a scale bar of %g pixels: it is uncertain by %.1g %%", px, 50/px)}}}
}
