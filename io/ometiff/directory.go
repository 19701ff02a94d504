package ometiff

import (
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"

	"explant/analysis/result"
	"explant/volume"
)

// TIFF field types.
const (
	ascii, short, long, rational, long8, ifd8 = 2, 3, 4, 5, 16, 18
)

// field is one entry of the directory; a value beyond 8 bytes is written before it.
type field struct {
	tag, kind uint16
	count     int
	value     []byte
}

// page is what a directory says.
type page struct {
	w, h                  int
	side                  [2]int // of a tile
	samples, bits, format int
	tiles                 tiles
	text                  string
	spacing               [2]float64 // mm; 0 is not known
	smaller               bool       // a smaller copy
	subs                  []uint64   // where the directories of the smaller copies are
}

// fields are the entries in the order of their tags.
func (p page) fields() []field {
	var f []field
	if p.smaller {
		f = append(f, field{254, long, 1, u32(1)})
	}
	photometric := 1 // 0 is black
	if p.samples == 3 {
		photometric = 2
	}
	f = append(f,
		field{256, long, 1, u32(p.w)},
		field{257, long, 1, u32(p.h)},
		field{258, short, p.samples, p.each(p.bits)},
		field{259, short, 1, u16(8)}, // Deflate
		field{262, short, 1, u16(photometric)})
	if p.text != "" {
		f = append(f, field{270, ascii, len(p.text) + 1, append([]byte(p.text), 0)})
	}
	f = append(f, field{277, short, 1, u16(p.samples)})
	unit := 1
	if p.spacing[0] > 0 && p.spacing[1] > 0 {
		f = append(f, field{282, rational, 1, perCentimetre(p.spacing[0])}, field{283, rational, 1, perCentimetre(p.spacing[1])})
		unit = 3
	}
	f = append(f,
		field{284, short, 1, u16(1)},
		field{296, short, 1, u16(unit)},
		field{322, long, 1, u32(p.side[0])},
		field{323, long, 1, u32(p.side[1])},
		field{324, long8, len(p.tiles.offsets), u64(p.tiles.offsets)},
		field{325, long8, len(p.tiles.sizes), u64(p.tiles.sizes)})
	if len(p.subs) > 0 {
		f = append(f, field{330, ifd8, len(p.subs), u64(p.subs)})
	}
	return append(f, field{339, short, p.samples, p.each(p.format)})
}

// each is v for every sample of a pixel.
func (p page) each(v int) (b []byte) {
	for range p.samples {
		b = append(b, u16(v)...)
	}
	return b
}

// below are the smaller copies of a page.
func (p page) below(o *pyramid) (out []page) {
	for _, l := range o.levels {
		q := p
		q.w, q.h, q.tiles, q.text, q.smaller = l.w, l.h, l.tiles, "", true
		q.spacing = [2]float64{p.spacing[0] * float64(p.w) / float64(l.w), p.spacing[1] * float64(p.h) / float64(l.h)}
		out = append(out, q)
	}
	return out
}

func u16(v int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(v)) }
func u32(v int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }

func u64(v []uint64) (b []byte) {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	return b
}

// perCentimetre gives a resolution tag, as a fraction of 32-bit numbers.
func perCentimetre(mm float64) []byte {
	den := 1.0
	for 10/mm*den*10 < math.MaxUint32 && den < 1e6 {
		den *= 10
	}
	return append(u32(int(math.Round(10/mm*den))), u32(int(den))...)
}

// opening is the beginning of every OME-XML.
const opening = `<?xml version="1.0" encoding="UTF-8"?>` +
	`<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"` +
	` xsi:schemaLocation="http://www.openmicroscopy.org/Schemas/OME/2016-06 http://www.openmicroscopy.org/Schemas/OME/2016-06/ome.xsd" Creator="explant">`

// describe is the OME-XML. The physical size stands there only when it is known.
func describe(g volume.Grid, classes []result.Class) string {
	var s strings.Builder
	s.WriteString(opening +
		`<Image ID="Image:0" Name="labels"><Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" BigEndian="false"`)
	fmt.Fprintf(&s, ` SizeX="%d" SizeY="%d" SizeZ="1" SizeC="1" SizeT="1"`, g.N[0], g.N[1])
	if g.Calibrated() {
		fmt.Fprintf(&s, ` PhysicalSizeX="%s" PhysicalSizeXUnit="µm" PhysicalSizeY="%s" PhysicalSizeYUnit="µm"`, micrometres(g.Spacing[0]), micrometres(g.Spacing[1]))
	}
	s.WriteString(`><Channel ID="Channel:0:0" Name="class" SamplesPerPixel="1"/><TiffData IFD="0" PlaneCount="1"/></Pixels>`)
	if len(classes) == 0 {
		s.WriteString(`</Image></OME>`)
		return s.String()
	}
	s.WriteString(`<AnnotationRef ID="Annotation:0"/></Image><StructuredAnnotations><MapAnnotation ID="Annotation:0" Namespace="explant/classes"><Value>`)
	for _, c := range classes {
		fmt.Fprintf(&s, `<M K="%d">`, c.Value)
		_ = xml.EscapeText(&s, []byte(c.Name)) // a Builder takes everything
		s.WriteString(`</M>`)
	}
	s.WriteString(`</Value></MapAnnotation></StructuredAnnotations></OME>`)
	return s.String()
}

// micrometres writes a length of mm with 12 digits: 0.499 and not 0.49899999999999994.
func micrometres(mm float64) string {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(mm*1000, 'g', 12, 64), 64) // written by the line itself
	return strconv.FormatFloat(v, 'g', -1, 64)
}
