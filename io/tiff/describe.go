package tiff

import (
	"encoding/xml"
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
}

// described reads the description of the first page.
func described(p *page) series {
	switch d := p.description; {
	case strings.HasPrefix(d, "ImageJ="):
		return imageJ(p)
	case strings.Contains(d[:min(len(d), 2000)], "<OME"):
		if s, ok := ome(d); ok {
			return s
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

// omeXML is the part of OME-XML that describes pixels.
// Source: Goldberg et al., Genome Biology 6:R47, 2005, doi:10.1186/gb-2005-6-5-r47.
type omeXML struct {
	Image []struct {
		Pixels struct {
			SizeC, SizeZ, SizeT                                     int     `xml:",attr"`
			DimensionOrder                                          string  `xml:",attr"`
			PhysicalSizeX, PhysicalSizeY, PhysicalSizeZ             float64 `xml:",attr"`
			PhysicalSizeXUnit, PhysicalSizeYUnit, PhysicalSizeZUnit string  `xml:",attr"`
			Channel                                                 []struct {
				Name            string `xml:",attr"`
				SamplesPerPixel int    `xml:",attr"`
			}
		}
	}
	Experimenter []struct{}
}

func ome(description string) (series, bool) {
	var x omeXML
	if xml.Unmarshal([]byte(description), &x) != nil || len(x.Image) == 0 {
		return series{}, false
	}
	p := x.Image[0].Pixels
	s := series{format: "OME-TIFF", c: max(p.SizeC, 1), z: max(p.SizeZ, 1), t: max(p.SizeT, 1)}
	if s.c > maxSample || s.z > maxPages || s.t > maxPages {
		return series{}, false
	}
	if len(p.Channel) > 0 && p.Channel[0].SamplesPerPixel == s.c {
		s.c = 1 // the channels are samples of one page
	} else {
		for _, c := range p.Channel {
			s.names = append(s.names, c.Name)
		}
	}
	if s.order = strings.TrimPrefix(p.DimensionOrder, "XY"); len(s.order) != 3 {
		s.order = "CZT"
	}
	if len(x.Experimenter) > 0 {
		s.personal = append(s.personal, "OME Experimenter")
	}
	s.size = calibration.Statement{Field: "OME PhysicalSizeX", Size: [3]float64{p.PhysicalSizeX, p.PhysicalSizeY, p.PhysicalSizeZ},
		Unit: micron(p.PhysicalSizeXUnit), UnitZ: micron(p.PhysicalSizeZUnit)}
	if micron(p.PhysicalSizeYUnit) != s.size.Unit {
		s.size.Unit = "x in " + s.size.Unit + ", y in " + p.PhysicalSizeYUnit
	}
	return s, true
}

// micron is the unit that OME means when it names none.
func micron(unit string) string {
	if unit == "" {
		return "µm"
	}
	return unit
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

// index is the page that holds channel c of slice z at time 0.
func (s series) index(c, z int) int {
	at, step := 0, 1
	for _, axis := range s.order {
		switch axis {
		case 'C':
			at, step = at+c*step, step*s.c
		case 'Z':
			at, step = at+z*step, step*s.z
		case 'T':
			step *= s.t
		}
	}
	return at
}
