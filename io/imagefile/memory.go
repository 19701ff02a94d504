package imagefile

import (
	"context"
	"encoding/binary"
	"math"

	"explant/volume"
)

// Memory is a volume in memory as an image, for writers of formats.
func Memory[T volume.Voxel](v *volume.Volume[T], format string) Reader {
	t := typeOf[T]()
	levels := []Level{{N: v.N, Downsample: 1, Tile: [2]int{v.N[0], v.N[1]}}}
	return &memory[T]{v: v, info: Info{Format: format, Grid: v.Grid, Type: t, Channels: 1, Levels: levels}}
}

type memory[T volume.Voxel] struct {
	v    *volume.Volume[T]
	info Info
}

func (m *memory[T]) Info() Info { return m.info }

func (m *memory[T]) Close() error { return nil }

// Read copies a window.
func (m *memory[T]) Read(ctx context.Context, w Window) (Block, error) { return ReadBlock(ctx, m, w) }

// ReadInto copies a window into dst.
func (m *memory[T]) ReadInto(ctx context.Context, w Window, dst []byte) error {
	if err := CheckInto(m.info, w, dst); err != nil {
		return err
	}
	n, size := w.N(), m.info.Type.Size()
	for z := w.Min[2]; z < w.Max[2]; z++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		for y := w.Min[1]; y < w.Max[1]; y++ {
			at := m.v.Offset(w.Min[0], y, z)
			put(dst[:n[0]*size], m.v.Data[at:at+n[0]], m.info.Type)
			dst = dst[n[0]*size:]
		}
	}
	return nil
}

// put writes samples as little-endian bytes.
func put[T volume.Voxel](dst []byte, src []T, t Type) {
	le := binary.LittleEndian
	for i, v := range src {
		switch t {
		case Uint8, Int8:
			dst[i] = byte(v)
		case Uint16, Int16:
			le.PutUint16(dst[2*i:], uint16(v))
		case Uint32, Int32:
			le.PutUint32(dst[4*i:], uint32(v))
		case Float32:
			le.PutUint32(dst[4*i:], math.Float32bits(float32(v)))
		case Float64:
			le.PutUint64(dst[8*i:], math.Float64bits(float64(v)))
		}
	}
}

func typeOf[T volume.Voxel]() Type {
	switch any(T(0)).(type) {
	case uint8:
		return Uint8
	case int8:
		return Int8
	case uint16:
		return Uint16
	case int16:
		return Int16
	case uint32:
		return Uint32
	case int32:
		return Int32
	case float32:
		return Float32
	}
	return Float64
}
