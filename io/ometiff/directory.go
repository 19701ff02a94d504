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
	ascii, short, long, rational, long8 = 2, 3, 4, 5, 16
)

// field is one entry of the directory; a value beyond 8 bytes is written before it.
type field struct {
	tag, kind uint16
	count     int
	value     []byte
}

// fields are the entries in the order of their tags.
func (o *Writer) fields() []field {
	text := append([]byte(describe(o.grid, o.classes)), 0)
	f := []field{
		{256, long, 1, u32(o.grid.N[0])},
		{257, long, 1, u32(o.grid.N[1])},
		{258, short, 1, u16(8)},
		{259, short, 1, u16(8)}, // Deflate
		{262, short, 1, u16(1)}, // 0 is black
		{270, ascii, len(text), text},
		{277, short, 1, u16(1)},
	}
	unit := 1
	if x, y, ok := perCentimetre(o.grid); ok {
		f = append(f, field{282, rational, 1, x}, field{283, rational, 1, y})
		unit = 3
	}
	return append(f,
		field{284, short, 1, u16(1)},
		field{296, short, 1, u16(unit)},
		field{322, long, 1, u32(Side)},
		field{323, long, 1, u32(Side)},
		field{324, long8, len(o.tiles.offsets), u64(o.tiles.offsets)},
		field{325, long8, len(o.tiles.sizes), u64(o.tiles.sizes)},
		field{339, short, 1, u16(1)})
}

func u16(v int) []byte { return binary.LittleEndian.AppendUint16(nil, uint16(v)) }
func u32(v int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(v)) }

func u64(v []uint64) (b []byte) {
	for _, x := range v {
		b = binary.LittleEndian.AppendUint64(b, x)
	}
	return b
}

// perCentimetre gives the resolution tags of a calibrated grid, as fractions of 32-bit numbers.
func perCentimetre(g volume.Grid) (x, y []byte, ok bool) {
	if !g.Calibrated() {
		return nil, nil, false
	}
	fraction := func(mm float64) []byte {
		den := 1.0
		for 10/mm*den*10 < math.MaxUint32 && den < 1e6 {
			den *= 10
		}
		return append(u32(int(math.Round(10/mm*den))), u32(int(den))...)
	}
	return fraction(g.Spacing[0]), fraction(g.Spacing[1]), true
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
