package zarr

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"

	"explant/io/array"
	"explant/io/imagefile"
)

// dtype is the type of the samples as they are stored, and how they are given.
type dtype struct {
	name  string // of Zarr 3
	size  int    // bytes of a stored sample
	typ   imagefile.Type
	wider func(dst, src []byte) // from stored little-endian samples to those of typ; nil where they are the same
}

// dtypes are the types that are read, by their names in Zarr 3.
var dtypes = map[string]dtype{
	"bool":    {"bool", 1, imagefile.Uint8, nil},
	"uint8":   {"uint8", 1, imagefile.Uint8, nil},
	"int8":    {"int8", 1, imagefile.Int8, nil},
	"uint16":  {"uint16", 2, imagefile.Uint16, nil},
	"int16":   {"int16", 2, imagefile.Int16, nil},
	"uint32":  {"uint32", 4, imagefile.Uint32, nil},
	"int32":   {"int32", 4, imagefile.Int32, nil},
	"uint64":  {"uint64", 8, imagefile.Float64, array.Uint64},
	"int64":   {"int64", 8, imagefile.Float64, array.Int64},
	"float16": {"float16", 2, imagefile.Float32, halves},
	"float32": {"float32", 4, imagefile.Float32, nil},
	"float64": {"float64", 8, imagefile.Float64, nil},
}

// numpy are the names of the same types in Zarr 2, behind the byte order.
var numpy = map[string]string{
	"b1": "bool", "u1": "uint8", "i1": "int8", "u2": "uint16", "i2": "int16", "u4": "uint32", "i4": "int32",
	"u8": "uint64", "i8": "int64", "f2": "float16", "f4": "float32", "f8": "float64",
}

// numpyType reads a type of Zarr 2, such as "<u2".
func numpyType(raw json.RawMessage) (t dtype, bigEndian bool, err error) {
	var s string
	if json.Unmarshal(raw, &s) != nil || len(s) < 3 || !strings.ContainsRune("<>|", rune(s[0])) || numpy[s[1:]] == "" {
		return t, false, fmt.Errorf("samples of type %.60s are not read", oneLine(raw))
	}
	return dtypes[numpy[s[1:]]], s[0] == '>', nil
}

// halves widens IEEE 754 half floats.
func halves(dst, src []byte) {
	for i := 0; i+4 <= len(dst); i += 4 {
		binary.LittleEndian.PutUint32(dst[i:], math.Float32bits(half(binary.LittleEndian.Uint16(src[i/2:]))))
	}
}

func half(h uint16) float32 {
	sign, exponent, fraction := 1.0, int(h>>10&31), float64(h&1023)
	if h>>15 == 1 {
		sign = -1
	}
	switch {
	case exponent == 0:
		return float32(sign * math.Ldexp(fraction, -24))
	case exponent < 31:
		return float32(sign * math.Ldexp(1024+fraction, exponent-25))
	case fraction == 0:
		return float32(math.Inf(int(sign)))
	}
	return float32(math.NaN())
}

// fill reads a fill value: a number, a truth value, or the names of what JSON has no number for. null
// gives no value.
func (t dtype) fill(raw json.RawMessage) (sample []byte, err error) {
	s := strings.Trim(string(raw), `"`)
	if s == "" || s == "null" {
		return nil, nil
	}
	v, err := t.number(s)
	if err != nil {
		return nil, fmt.Errorf("fill_value %.60s is no %s", oneLine(raw), t.name)
	}
	b := make([]byte, t.typ.Size())
	le := binary.LittleEndian
	switch t.typ {
	case imagefile.Float32:
		le.PutUint32(b, math.Float32bits(float32(v)))
	case imagefile.Float64:
		le.PutUint64(b, math.Float64bits(v))
	default:
		var wide [8]byte
		le.PutUint64(wide[:], uint64(int64(v)))
		copy(b, wide[:])
	}
	return b, nil
}

func (t dtype) number(s string) (float64, error) {
	floating := strings.HasPrefix(t.name, "float")
	switch {
	case s == "true":
		return 1, nil
	case s == "false":
		return 0, nil
	case floating && strings.HasPrefix(s, "0x"): // the bits, as Zarr 3 allows
		bits, err := strconv.ParseUint(s[2:], 16, 8*t.size)
		switch t.size {
		case 2:
			return float64(half(uint16(bits))), err
		case 4:
			return float64(math.Float32frombits(uint32(bits))), err
		}
		return math.Float64frombits(bits), err
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || floating {
		return v, err
	}
	if lo, hi := t.limits(); !(v >= lo && v <= hi) || v != math.Trunc(v) {
		return 0, fmt.Errorf("%v is no %s", v, t.name)
	}
	return v, nil
}

// limits are the smallest and the largest value of an integer type.
func (t dtype) limits() (lo, hi float64) {
	if t.name[0] == 'i' {
		return -math.Ldexp(1, 8*t.size-1), math.Ldexp(1, 8*t.size-1) - 1
	}
	return 0, math.Ldexp(1, 8*t.size) - 1
}

// oneLine is JSON for a message.
func oneLine(raw json.RawMessage) string { return strings.Join(strings.Fields(string(raw)), " ") }
