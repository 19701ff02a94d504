package tiff

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"

	"explant/io/calibration"
)

// omeXML is the part of OME-XML that describes pixels.
// Source: Goldberg et al., Genome Biology 6:R47, 2005, doi:10.1186/gb-2005-6-5-r47, and the OME-TIFF
// specification of the 2016-06 schema.
type omeXML struct {
	UUID       string `xml:",attr"`
	BinaryOnly struct {
		MetadataFile string `xml:",attr"`
		UUID         string `xml:",attr"`
	}
	Image        []omeImage
	Experimenter []struct{}
}

type omeImage struct {
	Name   string `xml:",attr"`
	Pixels struct {
		SizeC, SizeZ, SizeT                                     int    `xml:",attr"`
		DimensionOrder                                          string `xml:",attr"`
		PhysicalSizeX, PhysicalSizeY, PhysicalSizeZ             string `xml:",attr"`
		PhysicalSizeXUnit, PhysicalSizeYUnit, PhysicalSizeZUnit string `xml:",attr"`
		Channel                                                 []omeChannel
		TiffData                                                []omeTiffData
	}
}

type omeChannel struct {
	Name            string `xml:",attr"`
	SamplesPerPixel int    `xml:",attr"`
}

// omeTiffData places planes: PlaneCount of them, from the first one on in the order of the dimensions, are the
// directories of a file from IFD on.
type omeTiffData struct {
	FirstC, FirstZ, FirstT int  `xml:",attr"`
	IFD, PlaneCount        *int `xml:",attr"`
	UUID                   struct {
		FileName string `xml:",attr"`
		Value    string `xml:",chardata"`
	}
}

// parseOME reads a description; nil when it is none that can be understood.
func parseOME(text string) *omeXML {
	x := &omeXML{}
	if xml.Unmarshal([]byte(text), x) != nil || len(x.Image) == 0 && x.BinaryOnly.MetadataFile == "" {
		return nil
	}
	return x
}

// series is what an image of the description says; false when its sizes cannot be.
func (x *omeXML) series(image int) (series, bool) {
	s := series{format: "OME-TIFF", c: 1, z: 1, t: 1, ome: x}
	if len(x.Experimenter) > 0 {
		s.personal = append(s.personal, "OME Experimenter")
	}
	if len(x.Image) == 0 {
		return s, true // the companion tells more
	}
	p := x.Image[image].Pixels
	s.c, s.z, s.t = max(p.SizeC, 1), max(p.SizeZ, 1), max(p.SizeT, 1)
	if s.c > maxSample || s.z > maxPages || s.t > maxPages || s.c*s.z > maxPages || s.c*s.z*s.t > maxPages {
		return series{}, false
	}
	if n := x.Image[image].samples(); n > 1 {
		s.c = max(s.c/n, 1) // the others are samples of one page
	}
	if len(p.Channel) == s.c && s.c > 1 {
		for _, c := range p.Channel {
			s.names = append(s.names, c.Name)
		}
	}
	s.order = strings.TrimPrefix(p.DimensionOrder, "XY")
	if len(s.order) != 3 || !strings.Contains(s.order, "C") || !strings.Contains(s.order, "Z") || !strings.Contains(s.order, "T") {
		s.order = "CZT"
	}
	s.size = x.Image[image].size()
	return s, true
}

// samples is how many samples a pixel of a page has; 0 when it is not said.
func (i omeImage) samples() int {
	if len(i.Pixels.Channel) == 0 {
		return 0
	}
	return i.Pixels.Channel[0].SamplesPerPixel
}

// size is the size of a voxel as it is stated, y in the unit of x.
func (i omeImage) size() calibration.Statement {
	p := i.Pixels
	values := [3]string{p.PhysicalSizeX, p.PhysicalSizeY, p.PhysicalSizeZ}
	units := [3]string{micron(p.PhysicalSizeXUnit), micron(p.PhysicalSizeYUnit), micron(p.PhysicalSizeZUnit)}
	s := calibration.Statement{Field: "OME PhysicalSizeX", Unit: units[0], UnitZ: units[2]}
	for a, text := range values {
		v, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil && text != "" {
			return calibration.Statement{Field: s.Field, Notes: []string{fmt.Sprintf("OME PhysicalSize%c=%.40q is not a number", "XYZ"[a], text)}}
		}
		s.Size[a] = v
	}
	if units[1] == units[0] || s.Size[0] == 0 || s.Size[1] == 0 {
		return s
	}
	x, knownX := calibration.PerUnit(units[0])
	y, knownY := calibration.PerUnit(units[1])
	if ratio := s.Size[1] * y / (s.Size[0] * x); !knownX || !knownY || ratio > mostOblong || ratio < 1/mostOblong {
		s.Unit = "x in " + units[0] + ", y in " + units[1]
		return s
	}
	s.Size[1] *= y / x
	return s
}

// mostOblong is the largest ratio of the sides of a pixel at which different units of x and y are believed.
const mostOblong = 10

// micron is the unit that OME means when it names none. Capitals that make a unit a million times larger
// (Mm, Pm) would be taken for those of a careless writer, so that they are no unit here.
func micron(unit string) string {
	if unit == "" {
		return "µm"
	}
	if len(unit) == 2 && unit[1] == 'm' && unit[0] >= 'A' && unit[0] <= 'Z' {
		return "OME unit " + unit
	}
	return unit
}

// others names the images that are not read.
func (x *omeXML) others(image int) string {
	if len(x.Image) < 2 {
		return ""
	}
	var names []string
	for i, m := range x.Image {
		if i == image || len(names) > 5 {
			continue
		}
		names = append(names, fmt.Sprintf("%.40q", m.Name))
	}
	if more := len(x.Image) - 1 - len(names); more > 0 {
		names = append(names, fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("image %d of %d, %.40q, is read; left out: %s", image+1, len(x.Image), x.Image[image].Name, strings.Join(names, ", "))
}
