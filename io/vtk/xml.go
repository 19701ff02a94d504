package vtk

import (
	"bufio"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"

	"explant/io/array"
	"explant/io/imagefile"
)

var xmlTypes = map[string]imagefile.Type{
	"uint8": imagefile.Uint8, "int8": imagefile.Int8, "uint16": imagefile.Uint16, "int16": imagefile.Int16,
	"uint32": imagefile.Uint32, "int32": imagefile.Int32, "float32": imagefile.Float32, "float64": imagefile.Float64,
	"int64": imagefile.Float64, "uint64": imagefile.Float64, // converted
}

// document is what the elements of a .vti file state.
type document struct {
	d       *xml.Decoder
	order   binary.ByteOrder
	word    int // bytes of a number of a block header
	zlib    bool
	extent  [6]int
	spacing [3]float64
	pieces  int
	section string // "PointData" or "CellData" while inside one
	marked  string // name of the scalars of the section
	best    *candidate

	appended int64 // where the appended data begin; 0 when there are none
	base64   bool  // the appended data are text
}

// candidate is an array that may be the image.
type candidate struct {
	found
	rank    int    // 2 marked as the scalars, 1 of one component, 0 any other
	format  string // "ascii", "binary", "appended"
	content int64  // where the text of the array begins
	offset  int64  // in the appended data
}

func openXML(path string, f *os.File, b *bufio.Reader) (*array.Reader, error) {
	h := &document{d: xml.NewDecoder(b), order: binary.LittleEndian, word: 4}
	h.d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	if err := h.read(); err != nil {
		return nil, err
	}
	points := [3]int{}
	for a := range 3 {
		points[a] = h.extent[2*a+1] - h.extent[2*a] + 1
	}
	info, err := h.best.info("VTK ImageData", points, h.spacing, xmlTypes)
	if err == nil {
		err = info.Grid.Check()
	}
	if err != nil {
		return nil, err
	}
	l := array.Layout{Type: info.Type}
	part, err := h.part(path, f, info)
	if err != nil {
		return nil, err
	}
	if h.best.format != "ascii" {
		l.BigEndian = h.order == binary.BigEndian
		widen(&l, &info, h.best.typ)
	}
	return array.New(path, info, l, part)
}

// read walks the elements until the samples are found.
func (h *document) read() error {
	for {
		tok, err := h.d.Token()
		if err != nil {
			return h.end(err)
		}
		switch e := tok.(type) {
		case xml.StartElement:
			if done, err := h.element(e); done || err != nil {
				return err
			}
		case xml.EndElement:
			if e.Name.Local == h.section {
				h.section = ""
			}
		}
	}
}

// end says whether the document may end here.
func (h *document) end(err error) error {
	var syntax *xml.SyntaxError
	switch {
	case h.best != nil && h.best.format != "appended":
		return nil // what stands behind the samples does not matter
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: %s", syntax.Line, syntax.Msg)
	case !errors.Is(err, io.EOF):
		return err
	case h.best != nil:
		return errors.New("the appended data are missing")
	}
	return errors.New("it holds no array of samples")
}

// element reads the attributes of one element; done when the samples are found.
func (h *document) element(e xml.StartElement) (done bool, err error) {
	at := map[string]string{}
	for _, a := range e.Attr {
		at[a.Name.Local] = a.Value
	}
	switch e.Name.Local {
	case "VTKFile":
		return false, h.file(at)
	case "ImageData":
		if err := anyIntegers(at["WholeExtent"], h.extent[:]); err != nil {
			return false, fmt.Errorf("WholeExtent: %w", err)
		}
		if at["Spacing"] != "" {
			err = floats(strings.Fields(at["Spacing"]), h.spacing[:])
		}
		return false, err
	case "Piece":
		return false, h.piece(at["Extent"])
	case "PointData", "CellData":
		h.section, h.marked = e.Name.Local, at["Scalars"]
	case "DataArray":
		if h.section != "" {
			return h.dataArray(at)
		}
	case "AppendedData":
		h.appended, h.base64 = h.d.InputOffset(), at["encoding"] == "base64"
		return h.best != nil, nil
	}
	return false, nil
}

func (h *document) file(at map[string]string) error {
	if t := at["type"]; t != "ImageData" {
		return fmt.Errorf("a data set of type %.40q is no image; ImageData is", t)
	}
	if at["byte_order"] == "BigEndian" {
		h.order = binary.BigEndian
	}
	switch t := at["header_type"]; t {
	case "", "UInt32":
	case "UInt64":
		h.word = 8
	default:
		return fmt.Errorf("a header of type %.40q is not read", t)
	}
	switch c := at["compressor"]; c {
	case "":
	case "vtkZLibDataCompressor":
		h.zlib = true
	default:
		return fmt.Errorf("data packed by %.40q are not read: write them with zlib or unpacked", c)
	}
	return nil
}

func (h *document) piece(extent string) error {
	var e [6]int
	if err := anyIntegers(extent, e[:]); err != nil {
		return fmt.Errorf("the extent of a piece: %w", err)
	}
	if h.pieces++; h.pieces > 1 || e != h.extent {
		return errors.New("an image in several pieces is not read: write it in one")
	}
	return nil
}

// dataArray keeps the best array so far; done when nothing better can follow.
func (h *document) dataArray(at map[string]string) (done bool, err error) {
	c := candidate{format: at["format"], content: h.d.InputOffset()}
	c.found = found{name: at["Name"], typ: at["type"], components: 1, cells: h.section == "CellData"}
	if n := at["NumberOfComponents"]; n != "" {
		if c.components, err = strconv.Atoi(n); err != nil {
			return false, fmt.Errorf("array %.40q: %.40q components", c.name, n)
		}
	}
	switch {
	case h.marked != "" && c.name == h.marked:
		c.rank = 2
	case c.components == 1:
		c.rank = 1
	}
	if h.best != nil && h.best.rank >= c.rank {
		return false, nil
	}
	h.best = &c
	switch c.format {
	case "appended":
		if c.offset, err = strconv.ParseInt(at["offset"], 10, 64); err != nil || c.offset < 0 || c.offset > 1<<50 {
			return false, fmt.Errorf("array %.40q: %.40q is no offset", c.name, at["offset"])
		}
		return false, nil
	case "ascii", "binary":
		return c.rank == 2 || c.rank == 1 && h.marked == "", nil
	}
	return false, fmt.Errorf("array %.40q: the format %.40q is not read", c.name, c.format)
}

// anyIntegers reads whole numbers of either sign.
func anyIntegers(s string, out []int) error {
	words := strings.Fields(s)
	if len(words) != len(out) {
		return fmt.Errorf("%d numbers, not %d", len(words), len(out))
	}
	for i, w := range words {
		n, err := strconv.Atoi(w)
		if err != nil || n < -math.MaxInt32 || n > math.MaxInt32 {
			return fmt.Errorf("%.40q is not a whole number", w)
		}
		out[i] = n
	}
	return nil
}
