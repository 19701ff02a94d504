package report

import (
	"image/color"
	"slices"
	"strconv"
	"strings"

	"explant/analysis/result"
	"explant/volume/parallel"
	"explant/volume/render"
)

// Pictures is what a report shows beside its numbers. Any part may be empty and is then left out.
type Pictures struct {
	Layers    []Layer     // the classes laid over slices and field, in the order of Picture.Layers
	Stacks    []Stack     // slices of a volume, one stack an axis
	Maps      []Picture   // deposit along the line of sight, one an axis
	Scale     Scale       // colours of Maps
	Hot       HotPictures // where the deposit is crowded
	Views     []Picture   // 3D views at rising azimuth
	Reference []Picture   // used and unused device laid over each other
	Field     *Picture    // the picture of a slide
	Notes     []string    // what the reader must know about the pictures: reduced, cubic voxels …
}

// Layer is a class that can be shown over a picture.
type Layer struct {
	Name  string
	Color string // "#rrggbb"
	Shown bool   // at the start
}

// Stack is a row of slices across one axis.
type Stack struct {
	Axis   string // "z"
	Slices []Picture
	Start  int // the slice that is shown first
}

// Picture is one image and what lies over it.
type Picture struct {
	Label         string  // what it shows, short: "z = 1.20 mm, slice 12 of 96"
	Alt           string  // what it shows, for those who cannot see it
	Base          File    // the image
	Layers        []File  // one a Layer of the Pictures, empty where the class does not occur
	Width, Height float64 // the shape it is shown in, in mm where calibrated, else in voxels or pixels
	Calibrated    bool    // Width and Height are in mm
}

// File is an encoded image; Data is empty where there is none.
type File struct {
	Type string // "image/jpeg", "image/png"
	Data []byte
}

// Scale is the legend of the maps: colours from 0 to Most.
type Scale struct {
	Colors []string // "#rrggbb", evenly spaced
	Most   float64
	Unit   string // "mm" or "µm", or "voxels" where the spacing is unknown
}

// PictureOptions says how many pictures to make; the zero value is right for a report.
type PictureOptions struct {
	Slices   int            // of each axis; 0 means 24 across z and 12 across x and y
	Views    int            // 3D views in a full turn; 0 means 18, less than 0 none
	MaxBytes int            // of all image files together; 0 means 5 MB, which is 6.7 MB in the HTML file
	Reduced  int            // pixels of the slide along a side of one pixel of the field; 0 means 1
	Workers  int            // goroutines at once; 0 means one a core
	Hot      *result.HotMap // how crowded deposit is in cells; nil for none
	Progress parallel.Progress
}

// defaultBytes keeps a report below 8 MB.
const defaultBytes = 5_000_000

func (o PictureOptions) filled() PictureOptions {
	if o.Views == 0 {
		o.Views = 18
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultBytes
	}
	if o.Progress == nil {
		o.Progress = parallel.Discard{}
	}
	return o
}

func (o PictureOptions) slices(a render.Axis) int {
	switch {
	case o.Slices > 0:
		return o.Slices
	case a == render.Z:
		return 24
	}
	return 12
}

// Bytes is the size of all image files.
func (p Pictures) Bytes() int {
	n := 0
	for _, s := range p.Stacks {
		n += bytesOf(s.Slices)
	}
	n += bytesOf(p.Maps) + bytesOf(p.Views) + bytesOf(p.Reference) + bytesOf(p.Hot.Pictures)
	if p.Field != nil {
		n += bytesOf([]Picture{*p.Field})
	}
	return n
}

func bytesOf(all []Picture) int {
	n := 0
	for _, p := range all {
		n += len(p.Base.Data)
		for _, l := range p.Layers {
			n += len(l.Data)
		}
	}
	return n
}

// ClassColor is the colour of a class that names none, from the palette of Okabe and Ito for what is
// counted and from greys for what is not.
func ClassColor(name string) string {
	if c, ok := classColors[name]; ok {
		return c
	}
	switch {
	case strings.HasPrefix(name, "marker:"):
		return "#0072b2"
	case strings.HasPrefix(name, "excluded:"):
		return "#5a6068"
	}
	return "#cc79a7"
}

var classColors = map[string]string{
	"void": "#11151a", "lumen": "#56b4e9", "polymer": "#b7c1cc", "housing": "#7b8794", "deposit": "#d55e00",
	"fibrin": "#e69f00", "platelet": "#cc79a7", "rbc": "#d55e00", "leukocyte": "#56b4e9", "nucleus": "#0072b2",
	"net": "#f0e442", "collagen": "#009e73", "other": "#8a94a0", "unclassified": "#c3c8ce",
}

// colorOf is the colour of a class as "#rrggbb".
func colorOf(c result.Class) string {
	if _, ok := parseColor(c.Color); ok {
		return strings.ToLower(c.Color)
	}
	return ClassColor(c.Name)
}

func parseColor(s string) (color.NRGBA, bool) {
	if len(s) != 7 || s[0] != '#' {
		return color.NRGBA{}, false
	}
	v, err := strconv.ParseUint(s[1:], 16, 32)
	return color.NRGBA{uint8(v >> 16), uint8(v >> 8), uint8(v), 255}, err == nil
}

// drawn are the classes of result that can be laid over a picture: all but the background (value 0)
// and what is excluded, but for the data bar of a micrograph: that it was found must be seen.
func drawn(classes []result.Class) []result.Class {
	var out []result.Class
	for _, c := range classes {
		if c.Value != 0 && c.Name != "void" && (c.Name == "excluded:databar" || !strings.HasPrefix(c.Name, "excluded:")) {
			out = append(out, c)
		}
	}
	return out
}

// present leaves out the classes of support that labels do not hold; what is looked for stays.
func present(classes []result.Class, labels []uint8) []result.Class {
	var seen [256]bool
	for _, v := range labels {
		seen[v] = true
	}
	return slices.DeleteFunc(classes, func(c result.Class) bool { return support[c.Name] && !seen[c.Value] })
}

// support are the 3D classes that a deposit sits on: drawn faintly, and off at the start.
var support = map[string]bool{"polymer": true, "housing": true, lumen: true}

// lumen is the gas side of a fibre, hidden inside it in a 3D view.
const lumen = "lumen"

// lengthUnit is the unit that suits a length in mm, and how many of it are in 1 mm.
func lengthUnit(mm float64) (factor float64, unit string) {
	if mm < 1 {
		return 1000, "µm"
	}
	return 1, "mm"
}
