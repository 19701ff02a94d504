package imagefile

import (
	"encoding/binary"
	"math"
)

// Values are the little-endian samples of type t as numbers; every type is exact in a float64. Of a type
// that is not known there are none.
func Values(samples []byte, t Type) []float64 {
	size := t.Size()
	if size == 0 {
		return nil
	}
	out := make([]float64, len(samples)/size)
	for i := range out {
		out[i] = value(samples[i*size:], t)
	}
	return out
}

func value(b []byte, t Type) float64 {
	le := binary.LittleEndian
	switch t {
	case Int8:
		return float64(int8(b[0]))
	case Uint16:
		return float64(le.Uint16(b))
	case Int16:
		return float64(int16(le.Uint16(b)))
	case Uint32:
		return float64(le.Uint32(b))
	case Int32:
		return float64(int32(le.Uint32(b)))
	case Float32:
		return float64(math.Float32frombits(le.Uint32(b)))
	case Float64:
		return math.Float64frombits(le.Uint64(b))
	}
	return float64(b[0])
}
