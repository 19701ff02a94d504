package vtk

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"explant/io/array"
	"explant/io/imagefile"
)

const (
	legacyMagic = "# vtk DataFile"
	maxLine     = 1 << 12
	maxLines    = 64 // before the samples
)

// legacyTypes are the sample types by their names in lower case; long has 8 bytes.
var legacyTypes = map[string]imagefile.Type{
	"unsigned_char": imagefile.Uint8, "char": imagefile.Int8, "signed_char": imagefile.Int8,
	"unsigned_short": imagefile.Uint16, "short": imagefile.Int16, "unsigned_int": imagefile.Uint32, "int": imagefile.Int32,
	"float": imagefile.Float32, "double": imagefile.Float64,
	"long": imagefile.Float64, "unsigned_long": imagefile.Float64, "vtktypeint64": imagefile.Float64,
	"vtktypeuint64": imagefile.Float64, "vtkidtype": imagefile.Float64, // converted
}

// legacy reads the header line by line and counts its bytes.
type legacy struct {
	b       *bufio.Reader
	at      int64
	text    bool
	points  [3]int
	spacing [3]float64
	array   found
	tuples  int
	factor  float64 // of the numbers of a text
}

func openLegacy(path string, b *bufio.Reader) (*array.Reader, error) {
	h := &legacy{b: b, factor: 1}
	if err := h.read(); err != nil {
		return nil, err
	}
	info, err := h.array.info("VTK legacy", h.points, h.spacing, legacyTypes)
	if err != nil {
		return nil, err
	}
	if err := info.Grid.Check(); err != nil {
		return nil, err
	}
	if n := info.Grid.Len(); h.tuples != n {
		return nil, fmt.Errorf("%d values for an image of size %v", h.tuples, info.Grid.N)
	}
	l, part := array.Layout{Type: info.Type, BigEndian: !h.text}, array.Part{Path: path, At: h.at}
	if h.text {
		part.Unpack = func(r io.Reader) (io.Reader, error) { return newText(r, info.Type, h.factor), nil }
	} else {
		widen(&l, &info, h.array.typ)
	}
	return array.New(path, info, l, part)
}

// line is the next line that is not empty, as words.
func (h *legacy) line() ([]string, error) {
	for {
		s, err := h.b.ReadSlice('\n')
		h.at += int64(len(s))
		if len(s) > maxLine || err != nil && (!errors.Is(err, io.EOF) || len(s) == 0) {
			return nil, errors.New("the header does not end")
		}
		if words := strings.Fields(string(s)); len(words) > 0 {
			return words, nil
		}
	}
}

// read reads up to the first sample of the first array.
func (h *legacy) read() error {
	for range 2 { // the version; the title, which may be empty
		s, err := h.b.ReadSlice('\n')
		if h.at += int64(len(s)); err != nil {
			return errors.New("the header does not end")
		}
	}
	words, err := h.line()
	if err != nil {
		return err
	}
	if h.text = words[0] == "ASCII"; !h.text && words[0] != "BINARY" {
		return fmt.Errorf("%.40q is neither ASCII nor BINARY", words[0])
	}
	for range maxLines {
		words, err := h.line()
		if err != nil {
			return err
		}
		done, err := h.field(words)
		if done || err != nil {
			return err
		}
	}
	return errors.New("the header does not end")
}

// field reads one line of the header; done before the samples.
func (h *legacy) field(words []string) (done bool, err error) {
	switch key := strings.ToUpper(words[0]); key {
	case "DATASET":
		if len(words) != 2 || words[1] != "STRUCTURED_POINTS" {
			return false, fmt.Errorf("a data set of %.60q is no image; STRUCTURED_POINTS is", strings.Join(words[1:], " "))
		}
	case "DIMENSIONS":
		return false, integers(words[1:], h.points[:])
	case "SPACING", "ASPECT_RATIO":
		return false, floats(words[1:], h.spacing[:])
	case "ORIGIN": // in no unit
	case "POINT_DATA", "CELL_DATA":
		h.array.cells = key == "CELL_DATA"
		n := [1]int{}
		err := integers(words[1:], n[:])
		h.tuples = n[0]
		return false, err
	case "SCALARS":
		return true, h.scalars(words[1:])
	case "COLOR_SCALARS":
		return true, h.colours(words[1:])
	case "FIELD":
		return true, h.fieldArray()
	default:
		return false, fmt.Errorf("%.40q before the scalars is not read: write the scalars first", words[0])
	}
	return false, nil
}

// scalars reads "name type [components]" and the line that names a table of colours.
func (h *legacy) scalars(words []string) error {
	if len(words) < 2 || len(words) > 3 {
		return errors.New("SCALARS needs a name and a type")
	}
	h.array.name, h.array.typ, h.array.components = words[0], words[1], 1
	if len(words) == 3 {
		n := [1]int{}
		if err := integers(words[2:], n[:]); err != nil {
			return err
		}
		h.array.components = n[0]
	}
	table, err := h.line()
	if err == nil && table[0] != "LOOKUP_TABLE" {
		err = fmt.Errorf("%.40q stands where LOOKUP_TABLE should", table[0])
	}
	return err
}

// colours reads "name components". VTK writes every array of unsigned bytes so: as bytes, or in a text as
// parts of 255.
func (h *legacy) colours(words []string) error {
	if len(words) != 2 {
		return errors.New("COLOR_SCALARS needs a name and a number")
	}
	n := [1]int{}
	if err := integers(words[1:], n[:]); err != nil {
		return err
	}
	h.array.name, h.array.typ, h.array.components, h.factor = words[0], "unsigned_char", n[0], 255
	return nil
}

// fieldArray reads "name components tuples type", the first array of a field.
func (h *legacy) fieldArray() error {
	words, err := h.line()
	if err != nil {
		return err
	}
	if len(words) != 4 {
		return errors.New("an array of a FIELD needs a name, two numbers and a type")
	}
	n := [2]int{}
	if err := integers(words[1:3], n[:]); err != nil {
		return err
	}
	h.array.name, h.array.components, h.tuples, h.array.typ = words[0], n[0], n[1], words[3]
	return nil
}

func integers(words []string, out []int) error {
	if len(words) != len(out) {
		return fmt.Errorf("%d numbers, not %d", len(words), len(out))
	}
	for i, w := range words {
		n, err := strconv.Atoi(w)
		if err != nil || n < 1 || n > math.MaxInt32*64 {
			return fmt.Errorf("%.40q is not a size", w)
		}
		out[i] = n
	}
	return nil
}

func floats(words []string, out []float64) error {
	if len(words) != len(out) {
		return fmt.Errorf("%d numbers, not %d", len(words), len(out))
	}
	for i, w := range words {
		v, err := strconv.ParseFloat(w, 64)
		if err != nil {
			return fmt.Errorf("%.40q is not a number", w)
		}
		out[i] = v
	}
	return nil
}
