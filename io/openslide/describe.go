package openslide

import (
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"explant/io/calibration"
	"explant/io/imagefile"
	"explant/volume"
)

// Largest sizes that are taken for honest, and the tile of a level that states none.
const (
	maxSide   = 1 << 22 // pixels along x or y
	maxLevels = 64
	maxTile   = 1 << 27 // pixels that OpenSlide decodes at once, of four bytes
	someTile  = 512
)

// vendors are the names of the formats by what OpenSlide calls their makers.
var vendors = map[string]string{
	"aperio": "Aperio TIFF", "generic-tiff": "TIFF", "hamamatsu": "Hamamatsu slide", "leica": "Leica SCN", "mirax": "MIRAX slide",
	"philips": "Philips TIFF", "sakura": "Sakura SVSLIDE", "trestle": "Trestle TIFF", "ventana": "Ventana slide", "zeiss": "Zeiss CZI",
}

func describe(h *handle) (i imagefile.Info, background [3]byte, err error) {
	i = imagefile.Info{Format: format(h), Type: imagefile.Uint8, Channels: 3}
	if i.Levels, err = levels(h); err != nil {
		return i, background, err
	}
	i.Grid = volume.Grid{N: i.Levels[0].N}
	pixelSize(h).Apply(&i.Grid)
	background, note := backgroundColour(h)
	i.Warnings = append(i.Warnings, note)
	i.Warnings = append(i.Warnings, scanned(h, i.Grid.N)...)
	i.Identifiers = identifiers(h)
	if names := pictures(h); len(names) > 0 {
		i.Identifiers = append(i.Identifiers, names...)
		i.Warnings = append(i.Warnings, fmt.Sprintf("beside the slide lies its %s, which may show a name and is not read", strings.Join(names, " and its ")))
	}
	return i, background, nil
}

// format names the maker and, where it is stated, the objective.
func format(h *handle) string {
	vendor, _ := h.property("openslide.vendor")
	name := vendors[vendor]
	if name == "" {
		name = "slide of " + clean(vendor)
	}
	if power, ok := number(h, "openslide.objective-power"); ok && power > 0 && power <= 1000 {
		name += fmt.Sprintf(", objective %gx", power)
	}
	return name
}

// levels are the resolutions from the full one down; those behind one that cannot be are left out.
func levels(h *handle) (all []imagefile.Level, err error) {
	for k := range min(h.levels(), maxLevels) {
		w, hh, down := h.size(k)
		full := imagefile.Level{N: [3]int{maxSide, maxSide, 1}}
		if k > 0 {
			full = all[0]
		}
		if w < 1 || hh < 1 || w > int64(full.N[0]) || hh > int64(full.N[1]) || !(down >= 1) || math.IsInf(down, 0) {
			if k == 0 {
				return nil, fmt.Errorf("a size of %d x %d pixels is not believable", w, hh)
			}
			break
		}
		size := tile(h, k)
		if size[0] > maxTile/size[1] {
			if k == 0 {
				return nil, fmt.Errorf("its tiles of %d x %d pixels are too large to decode", size[0], size[1])
			}
			break
		}
		l := imagefile.Level{N: [3]int{int(w), int(hh), 1}, Downsample: down, Tile: size}
		if !wholeSteps(l) {
			l.Tile[0], l.Tile[1] = cell(size) // which are decoded whole
		}
		all = append(all, l)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("it holds no image")
	}
	return all, nil
}

func tile(h *handle, level int) (t [2]int) {
	for a, side := range []string{"width", "height"} {
		v, ok := number(h, fmt.Sprintf("openslide.level[%d].tile-%s", level, side))
		if !ok || !(v >= 1) {
			return [2]int{someTile, someTile}
		}
		t[a] = int(min(v, maxTile))
	}
	return t
}

// number is a property as a number; false where there is none, and where it is not one.
func number(h *handle, name string) (float64, bool) {
	text, ok := h.property(name)
	if !ok {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil
}

// pixelSize is what the slide says about the size of a pixel of level 0.
func pixelSize(h *handle) calibration.Statement {
	s := calibration.Statement{Field: "openslide.mpp-x and mpp-y", Unit: "µm"}
	for a, name := range []string{"openslide.mpp-x", "openslide.mpp-y"} {
		if text, ok := h.property(name); ok {
			v, err := strconv.ParseFloat(text, 64)
			if s.Size[a] = v; err != nil {
				s.Size[a] = math.NaN()
				s.Notes = append(s.Notes, fmt.Sprintf("%s is %.40q, which is not a number", name, text))
			}
		}
	}
	return s
}

// backgroundColour is the colour of what was not scanned, and a sentence about it.
func backgroundColour(h *handle) (c [3]byte, note string) {
	text, _ := h.property("openslide.background-color")
	if b, err := hex.DecodeString(text); err == nil && len(b) == 3 {
		return [3]byte(b), fmt.Sprintf("where nothing was scanned, pixels have the background colour of the slide, #%02x%02x%02x", b[0], b[1], b[2])
	}
	return [3]byte{255, 255, 255}, "where nothing was scanned, pixels are white"
}

// scanned tells where the scanned part lies, if it is stated and smaller than the slide.
func scanned(h *handle, n [3]int) []string {
	var v [4]int
	for k, name := range []string{"x", "y", "width", "height"} {
		f, ok := number(h, "openslide.bounds-"+name)
		if !ok || !(f >= 0 && f <= maxSide) {
			return nil
		}
		v[k] = int(f)
	}
	if v[2] == n[0] && v[3] == n[1] {
		return nil
	}
	return []string{fmt.Sprintf("the scanned part is %d x %d pixels from %d, %d on", v[2], v[3], v[0], v[1])}
}

// personal are parts of the names of properties that hold names of people or of their slides.
var personal = []string{"accession", "artist", "barcode", "case", "creator", "filename", "hostcomputer", "keywords", "operator",
	"patient", "project_name", "reference", "sakura.description", "slide_name", "slideid", "title", "user"}

// identifiers are the names of such properties, never their values.
func identifiers(h *handle) (names []string) {
	for _, name := range h.properties() {
		low := strings.ToLower(name)
		picture := strings.Contains(low, "_image_") // how the photograph of a barcode is stored
		if !picture && slices.ContainsFunc(personal, func(p string) bool { return strings.Contains(low, p) }) {
			names = append(names, name)
		}
	}
	return names
}

// pictures are the photographs beside the slide that may show its label.
func pictures(h *handle) (names []string) {
	for _, name := range h.pictures() {
		if name != "thumbnail" {
			names = append(names, name+" image")
		}
	}
	return names
}
