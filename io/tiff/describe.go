package tiff

import (
	"strconv"
	"strings"

	"explant/io/calibration"
)

// series is what a description says about the order and the size of the pages.
type series struct {
	format   string // "ImageJ TIFF stack", "OME-TIFF", "" when nothing is said
	c, z, t  int    // at least 1
	images   int    // pages that should be there; 0 when not said
	order    string // the order of the pages, the fastest first: "CZT"
	names    []string
	size     calibration.Statement
	personal []string // fields that may identify a person
	notes    []string // warnings
	beside   []string // names of other files that the image needs
	ome      *omeXML
	gathered bool // the pages are those of the image, in the order of the slices, channels side by side
}

// described reads the description of the first page.
func described(p *page) series {
	switch d := p.description; {
	case strings.HasPrefix(d, "ImageJ="):
		return imageJ(p)
	case strings.Contains(d[:min(len(d), 2000)], "<OME"):
		if x := parseOME(d); x != nil {
			if s, ok := x.series(0); ok {
				return s
			}
		}
	case strings.HasPrefix(d, "Aperio"):
		return aperio(p)
	}
	return series{c: 1, z: 1, t: 1, size: calibration.Resolution(p.xres, p.yres, p.unit)}
}

func imageJ(p *page) series {
	keys, _ := calibration.ImageJKeys(p.description)
	size, _ := calibration.ImageJ(p.description, p.xres, p.yres, p.unit)
	s := series{format: "ImageJ TIFF", order: "CZT", size: size, images: count(keys["images"], 0),
		c: count(keys["channels"], 1), z: count(keys["slices"], 1), t: count(keys["frames"], 1)}
	if s.images > 1 {
		s.format = "ImageJ TIFF stack"
	}
	return s
}

func count(s string, otherwise int) int {
	if n, err := strconv.Atoi(strings.TrimSpace(s)); err == nil && n > 0 && n <= maxPages {
		return n
	}
	return otherwise
}

// aperio reads the pixel size of an Aperio slide, MPP = micrometres per pixel.
func aperio(p *page) series {
	s := series{format: "Aperio TIFF", c: 1, z: 1, t: 1, size: calibration.Statement{Field: "Aperio MPP", Unit: "µm"}}
	for field := range strings.SplitSeq(p.description, "|") {
		k, v, _ := strings.Cut(field, "=")
		switch k = strings.TrimSpace(k); k {
		case "MPP":
			if mpp, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimSpace(v), ",", "."), 64); err == nil {
				s.size.Size = [3]float64{mpp, mpp, 0}
			}
		case "User", "Filename", "Title":
			s.personal = append(s.personal, "Aperio "+k)
		}
	}
	return s
}

// number is the place of a plane in the order of the dimensions.
func (s series) number(c, z, t int) int {
	at, step := 0, 1
	for _, axis := range s.order {
		switch axis {
		case 'C':
			at, step = at+c*step, step*s.c
		case 'Z':
			at, step = at+z*step, step*s.z
		case 'T':
			at, step = at+t*step, step*s.t
		}
	}
	return at
}

// position is the plane at a place in the order of the dimensions.
func (s series) position(at int) (c, z, t int) {
	for _, axis := range s.order {
		switch axis {
		case 'C':
			c, at = at%s.c, at/s.c
		case 'Z':
			z, at = at%s.z, at/s.z
		case 'T':
			t, at = at%s.t, at/s.t
		}
	}
	return c, z, t
}
