package nifti

import (
	"encoding/binary"
	"fmt"
	"math"

	"explant/io/array"
	"explant/io/imagefile"
)

// datatypes are the sample types that are read, by their codes.
var datatypes = map[int]imagefile.Type{
	2: imagefile.Uint8, 4: imagefile.Int16, 8: imagefile.Int32, 16: imagefile.Float32, 64: imagefile.Float64,
	256: imagefile.Int8, 512: imagefile.Uint16, 768: imagefile.Uint32, rgb: imagefile.Uint8,
	int64s: imagefile.Float64, uint64s: imagefile.Float64, // converted
}

// Codes that need more than a type.
const (
	rgb     = 128
	int64s  = 1024
	uint64s = 1280
)

// refused are codes that are known and not read.
var refused = map[int]string{
	1: "single bits", 32: "complex numbers", 1536: "128-bit floats", 1792: "complex numbers", 2048: "complex numbers", 2304: "colours with alpha",
}

// layout says how the samples are stored and sets the type and the channels of info.
func (h *header) layout(info *imagefile.Info) (l array.Layout, err error) {
	l.Type = datatypes[h.datatype]
	switch {
	case refused[h.datatype] != "":
		return l, fmt.Errorf("%s (datatype %d) are not read", refused[h.datatype], h.datatype)
	case l.Type == "":
		return l, fmt.Errorf("datatype %d is not known", h.datatype)
	}
	l.BigEndian = h.order == binary.BigEndian
	info.Type, info.Channels = l.Type, 1
	switch h.datatype {
	case rgb:
		info.Channels = 3
		return l, nil // a colour is not scaled
	case int64s:
		l.Convert = array.Int64
	case uint64s:
		l.Convert = array.Uint64
	}
	if l.Convert != nil {
		info.Warnings = append(info.Warnings, array.Note64)
	}
	h.scale(&l, info)
	return l, nil
}

// scale applies scl_slope and scl_inter; a slope of 0 means none.
func (h *header) scale(l *array.Layout, info *imagefile.Info) {
	slope, inter := h.slope, h.intercept
	if slope == 0 || slope == 1 && inter == 0 {
		return
	}
	if slope-slope != 0 || inter-inter != 0 {
		info.Warnings = append(info.Warnings, "scl_slope or scl_inter is not a number; the values are as stored")
		return
	}
	info.Warnings = append(info.Warnings, fmt.Sprintf("values are the stored %s x %g + %g (scl_slope, scl_inter), as float32", name(h.datatype), slope, inter))
	info.Type = imagefile.Float32
	value, size := reader(h.datatype), l.Type.Size()
	l.Convert = func(dst, src []byte) {
		for i := range len(dst) / 4 {
			v := value(src[i*size:])*slope + inter
			binary.LittleEndian.PutUint32(dst[4*i:], math.Float32bits(float32(v)))
		}
	}
}

func name(datatype int) string {
	switch datatype {
	case int64s:
		return "int64"
	case uint64s:
		return "uint64"
	}
	return string(datatypes[datatype])
}

// reader gives the value of the little-endian sample at the beginning of a slice.
func reader(datatype int) func([]byte) float64 {
	le := binary.LittleEndian
	switch datatype {
	case int64s:
		return func(b []byte) float64 { return float64(int64(le.Uint64(b))) }
	case uint64s:
		return func(b []byte) float64 { return float64(le.Uint64(b)) }
	}
	switch datatypes[datatype] {
	case imagefile.Int8:
		return func(b []byte) float64 { return float64(int8(b[0])) }
	case imagefile.Uint16:
		return func(b []byte) float64 { return float64(le.Uint16(b)) }
	case imagefile.Int16:
		return func(b []byte) float64 { return float64(int16(le.Uint16(b))) }
	case imagefile.Uint32:
		return func(b []byte) float64 { return float64(le.Uint32(b)) }
	case imagefile.Int32:
		return func(b []byte) float64 { return float64(int32(le.Uint32(b))) }
	case imagefile.Float32:
		return func(b []byte) float64 { return float64(math.Float32frombits(le.Uint32(b))) }
	case imagefile.Float64:
		return func(b []byte) float64 { return math.Float64frombits(le.Uint64(b)) }
	}
	return func(b []byte) float64 { return float64(b[0]) }
}
