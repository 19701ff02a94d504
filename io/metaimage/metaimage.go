// Package metaimage reads and writes MetaImage files (.mha, .mhd), the format of ITK and elastix: a text
// header, then raw or zlib-compressed samples in the same file, in one beside it or in a list of files.
//
// Two to four dimensions are read; of four, the first volume. The format knows a unit (DistanceUnits)
// that nobody writes: without it sizes are in mm, as ITK takes them, with a warning. Offset and
// TransformMatrix are in the left-posterior-superior frame, also as ITK takes them; AnatomicalOrientation,
// which contradicts them in many files, is not used.
//
// Source: https://itk.org/Wiki/ITK/MetaIO/Documentation.
package metaimage

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"explant/io/array"
	"explant/io/calibration"
	"explant/io/imagefile"
	"explant/volume"
)

// Open reads the header of an .mha or .mhd file; no sample is decoded.
func Open(path string) (*array.Reader, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read MetaImage %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(path string) (*array.Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, err := readHeader(f)
	if err != nil {
		return nil, err
	}
	info, sizes, err := h.describe()
	if err != nil {
		return nil, err
	}
	l, err := h.layout(&info)
	if err != nil {
		return nil, err
	}
	parts, err := h.parts(path, sizes)
	if err != nil {
		return nil, err
	}
	return array.New(path, info, l, parts...)
}

// describe reads the size, the channels and the place of the voxels.
func (h *header) describe() (info imagefile.Info, sizes []int, err error) {
	if t := h.fields["objecttype"]; t != "" && !strings.EqualFold(t, "Image") {
		return info, nil, fmt.Errorf("a MetaIO file of type %.40q is not an image", t)
	}
	dims, err := strconv.Atoi(h.fields["ndims"])
	if err != nil || dims < 2 || dims > 4 {
		return info, nil, fmt.Errorf("field \"NDims\": %.40q is not 2 to 4", h.fields["ndims"])
	}
	if sizes, err = h.integers("DimSize", dims); err != nil {
		return info, nil, err
	}
	info.Format, info.Grid.N = "MetaImage", [3]int{1, 1, 1}
	copy(info.Grid.N[:], sizes)
	if dims == 4 && sizes[3] > 1 {
		info.Warnings = append(info.Warnings, fmt.Sprintf("only the first of %d volumes is read", sizes[3]))
	}
	for _, name := range h.names {
		if strings.Contains(strings.ToLower(name), "patient") {
			info.Identifiers = append(info.Identifiers, "MetaImage "+name)
		}
	}
	return info, sizes, h.place(&info.Grid, dims)
}

// types are the sample types; MET_LONG has 4 bytes whatever the machine.
var types = map[string]imagefile.Type{
	"MET_CHAR": imagefile.Int8, "MET_UCHAR": imagefile.Uint8, "MET_SHORT": imagefile.Int16, "MET_USHORT": imagefile.Uint16,
	"MET_INT": imagefile.Int32, "MET_UINT": imagefile.Uint32, "MET_LONG": imagefile.Int32, "MET_ULONG": imagefile.Uint32,
	"MET_FLOAT": imagefile.Float32, "MET_DOUBLE": imagefile.Float64,
	"MET_LONG_LONG": imagefile.Float64, "MET_ULONG_LONG": imagefile.Float64, // converted
}

// layout says how the samples are stored and sets the type and the channels of info. Three channels of
// bytes are a colour image, other channels are measurements of their own.
func (h *header) layout(info *imagefile.Info) (l array.Layout, err error) {
	name := strings.TrimSuffix(strings.ToUpper(h.fields["elementtype"]), "_ARRAY")
	if l.Type = types[name]; l.Type == "" {
		return l, fmt.Errorf("field \"ElementType\": %.40q is not read", h.fields["elementtype"])
	}
	if v := h.fields["binarydata"]; v != "" && !h.yes("binarydata") {
		return l, fmt.Errorf("samples as text (BinaryData = %.10s) are not read: write them as binary data", v)
	}
	l.BigEndian = h.yes("elementbyteordermsb", "binarydatabyteordermsb")
	switch name {
	case "MET_LONG_LONG":
		l.Convert = array.Int64
	case "MET_ULONG_LONG":
		l.Convert = array.Uint64
	}
	if l.Convert != nil {
		info.Warnings = append(info.Warnings, array.Note64)
	}
	info.Type, info.Channels = l.Type, 1
	if v := h.fields["elementnumberofchannels"]; v != "" {
		if info.Channels, err = strconv.Atoi(v); err != nil || info.Channels < 1 || info.Channels > 64 {
			return l, fmt.Errorf("field \"ElementNumberOfChannels\": %.40q is not 1 to 64", v)
		}
	}
	if c := info.Channels; c > 1 && (c != 3 || info.Type != imagefile.Uint8) {
		for i := range c {
			info.ChannelNames = append(info.ChannelNames, fmt.Sprintf("component %d", i+1))
		}
	}
	return l, nil
}

// place sets spacing, origin and axes.
func (h *header) place(g *volume.Grid, dims int) error {
	s := calibration.Statement{Field: "MetaImage ElementSpacing", Unit: h.fields["distanceunits"]}
	value := h.fields["elementspacing"]
	if value == "" && h.fields["elementsize"] != "" {
		s.Field, value = "MetaImage ElementSize", h.fields["elementsize"]
	}
	sizes, err := numbers(value, dims)
	if err != nil {
		return fmt.Errorf("field %q: %w", s.Field[len("MetaImage "):], err)
	}
	copy(s.Size[:], sizes)
	mm, known := calibration.PerUnit(s.Unit)
	if s.Unit == "" || s.Unit == "?" {
		s.Unit, mm, known = "mm", 1, true
		if len(sizes) > 0 {
			s.Notes = []string{"no unit is stated; MetaImage means mm by convention"}
		}
	}
	s.Apply(g)
	offset, err := numbers(h.any("offset", "position", "origin"), dims)
	if err != nil {
		return fmt.Errorf("field \"Offset\": %w", err)
	}
	matrix, err := numbers(h.any("transformmatrix", "rotation", "orientation"), dims*dims)
	if err != nil {
		return fmt.Errorf("field \"TransformMatrix\": %w", err)
	}
	if known && (offset != nil || matrix != nil) {
		orient(g, dims, offset, matrix, mm)
	}
	return nil
}

// orient gives the grid the rows of the matrix, one for each axis, and the offset in mm.
func orient(g *volume.Grid, dims int, offset, matrix []float64, mm float64) {
	axes, origin := [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}, [3]float64{}
	for a := range min(dims, 3) {
		if matrix != nil {
			axes[a] = [3]float64{}
			copy(axes[a][:], matrix[a*dims:(a+1)*dims])
		}
		if offset != nil {
			origin[a] = offset[a] * mm
		}
	}
	for a := range origin {
		if math.IsInf(origin[a], 0) {
			origin[a] = 0
		}
	}
	array.Orient(g, axes, origin)
}
