package nrrd

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"explant/io/imagefile"
)

// Longest header and line that are taken for honest.
const (
	maxHeader = 4 << 20
	maxAxes   = 4
)

// header is the text part of a file.
type header struct {
	typ       imagefile.Type
	sizes     []int
	bigEndian bool
	encoding  string // "raw" or "gzip"
	dataFile  string // "" when the data follow the header
	lineSkip  int
	byteSkip  int64 // -1: the data are the end of the file
	start     int64 // bytes of the header

	space      string
	spaceDim   int
	directions []*[3]float64 // one an axis; nil for an axis that is not spatial
	origin     [3]float64
	spacings   []float64
	units      []string // of the axes
	spaceUnits []string // of the space
	kinds      []string
}

var types = map[string]imagefile.Type{
	"signed char": imagefile.Int8, "int8": imagefile.Int8, "int8_t": imagefile.Int8,
	"uchar": imagefile.Uint8, "unsigned char": imagefile.Uint8, "uint8": imagefile.Uint8, "uint8_t": imagefile.Uint8,
	"short": imagefile.Int16, "short int": imagefile.Int16, "signed short": imagefile.Int16, "signed short int": imagefile.Int16,
	"int16": imagefile.Int16, "int16_t": imagefile.Int16,
	"ushort": imagefile.Uint16, "unsigned short": imagefile.Uint16, "unsigned short int": imagefile.Uint16,
	"uint16": imagefile.Uint16, "uint16_t": imagefile.Uint16,
	"int": imagefile.Int32, "signed int": imagefile.Int32, "int32": imagefile.Int32, "int32_t": imagefile.Int32,
	"uint": imagefile.Uint32, "unsigned int": imagefile.Uint32, "uint32": imagefile.Uint32, "uint32_t": imagefile.Uint32,
	"float": imagefile.Float32, "double": imagefile.Float64,
}

// readHeader reads up to the empty line before the data, or the end of a detached header.
func readHeader(r io.Reader) (*header, error) {
	b := bufio.NewReader(io.LimitReader(r, maxHeader))
	h := &header{encoding: "raw"}
	seen := map[string]bool{}
	for n := 0; ; n++ {
		line, err := b.ReadString('\n')
		h.start += int64(len(line))
		line = strings.TrimRight(line, "\r\n")
		switch {
		case n == 0 && !strings.HasPrefix(line, "NRRD"):
			return nil, errors.New("it does not begin with NRRD")
		case n > 0 && line == "" && (err == nil || err == io.EOF):
			return h, h.check(seen)
		case err != nil && (err != io.EOF || h.start >= maxHeader):
			return nil, errors.New("the header does not end")
		case n == 0 || strings.HasPrefix(line, "#"):
		default:
			if err := h.line(line, seen); err != nil {
				return nil, err
			}
		}
		if err == io.EOF {
			return h, h.check(seen)
		}
	}
}

// line reads "field: value"; "key:=value" pairs are free text and are passed over.
func (h *header) line(line string, seen map[string]bool) error {
	field, value, ok := strings.Cut(line, ":")
	if !ok {
		return fmt.Errorf("the header line %.60q has no colon", line)
	}
	if strings.HasPrefix(value, "=") {
		return nil
	}
	field, value = strings.ToLower(strings.TrimSpace(field)), strings.TrimSpace(value)
	if seen[field] {
		return fmt.Errorf("the field %q stands twice", field)
	}
	seen[field] = true
	if err := h.set(field, value); err != nil {
		return fmt.Errorf("field %q: %w", field, err)
	}
	return nil
}

func (h *header) set(field, value string) (err error) {
	switch field {
	case "type":
		if h.typ = types[strings.ToLower(value)]; h.typ == "" {
			return fmt.Errorf("the type %.40q is not supported", value)
		}
	case "dimension", "space dimension":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > maxAxes {
			return fmt.Errorf("%.40q is not 1 to %d", value, maxAxes)
		}
		if field == "dimension" {
			h.sizes = make([]int, n)
		} else {
			h.spaceDim = n
		}
	case "sizes":
		return h.setSizes(value)
	case "endian":
		h.bigEndian = strings.EqualFold(value, "big")
	case "encoding":
		return h.setEncoding(value)
	case "data file", "datafile":
		h.dataFile = value
	case "line skip", "lineskip":
		h.lineSkip, err = strconv.Atoi(value)
		if err == nil && h.lineSkip < 0 {
			err = errors.New("it is negative")
		}
	case "byte skip", "byteskip":
		h.byteSkip, err = strconv.ParseInt(value, 10, 64)
		if err == nil && h.byteSkip < -1 {
			err = errors.New("it is below -1")
		}
	default:
		return h.setGeometry(field, value)
	}
	return err
}

func (h *header) setSizes(value string) error {
	f := strings.Fields(value)
	if len(f) != len(h.sizes) {
		return fmt.Errorf("%d sizes for %d dimensions", len(f), len(h.sizes))
	}
	for i, s := range f {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > 1<<31 {
			return fmt.Errorf("%.40q is not a size", s)
		}
		h.sizes[i] = n
	}
	return nil
}

func (h *header) setEncoding(value string) error {
	switch strings.ToLower(value) {
	case "raw":
		h.encoding = "raw"
	case "gz", "gzip":
		h.encoding = "gzip"
	default:
		return fmt.Errorf("%.40q is not read; raw and gzip are", value)
	}
	return nil
}

func (h *header) check(seen map[string]bool) error {
	for _, field := range []string{"type", "dimension", "sizes"} {
		if !seen[field] {
			return fmt.Errorf("the field %q is missing", field)
		}
	}
	n := len(h.sizes)
	for _, per := range []struct {
		field string
		n     int
	}{{"space directions", len(h.directions)}, {"spacings", len(h.spacings)}, {"units", len(h.units)}, {"kinds", len(h.kinds)}} {
		if per.n != 0 && per.n != n {
			return fmt.Errorf("field %q: %d values for %d axes", per.field, per.n, n)
		}
	}
	total := int64(h.typ.Size())
	for _, s := range h.sizes {
		if total > 1<<50/int64(s) {
			return fmt.Errorf("sizes %v are not believable", h.sizes)
		}
		total *= int64(s)
	}
	return nil
}
