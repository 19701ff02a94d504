package dicom

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/suyashkumar/dicom/pkg/tag"

	"explant/io/imagefile"
)

// sampling says how the samples of a file are stored.
type sampling struct {
	rows, columns, frames int
	channels              int
	bits, stored, high    int // bits of a sample, those in use, and the highest of them
	signed                bool
	planar                bool // the channels of a frame lie one behind the other
	inverted              bool // MONOCHROME1: low values are bright
	words                 bool // stored as 16-bit words, which matters for bytes in big-endian files
}

func (s sampling) String() string {
	return fmt.Sprintf("%d x %d, %d slices, %d of %d bits, %d channels", s.columns, s.rows, s.frames, s.stored, s.bits, s.channels)
}

func (s sampling) bytes() int64 {
	return int64(s.rows) * int64(s.columns) * int64(s.frames) * int64(s.channels) * int64(s.bits/8)
}

// from reads the sampling of h and refuses what is not decoded.
func (s *sampling) from(h *header) error {
	representation, planar := 0, 0
	for _, f := range []struct {
		to        *int
		tag       tag.Tag
		otherwise int
		lo, hi    int
	}{
		{&s.rows, tag.Rows, 0, 1, 1 << 16}, {&s.columns, tag.Columns, 0, 1, 1 << 16},
		{&s.frames, tag.NumberOfFrames, 1, 1, 1 << 18}, {&s.channels, tag.SamplesPerPixel, 1, 1, 4},
		{&s.bits, tag.BitsAllocated, 0, 1, 64}, {&s.stored, tag.BitsStored, 0, 0, 64}, {&s.high, tag.HighBit, -1, -1, 63},
		{&representation, tag.PixelRepresentation, 0, 0, 1}, {&planar, tag.PlanarConfiguration, 0, 0, 1},
	} {
		n, err := h.values.integer(f.tag, f.otherwise)
		if err != nil {
			return err
		}
		if n < f.lo || n > f.hi {
			return fmt.Errorf("%s %d is not possible", keyword(f.tag), n)
		}
		*f.to = n
	}
	s.signed, s.planar = representation == 1, planar == 1 && s.channels > 1 && !h.syntax.rle
	if s.stored == 0 {
		s.stored = s.bits
	}
	if s.high < 0 {
		s.high = s.stored - 1
	}
	return s.supported(h)
}

func (s *sampling) supported(h *header) error {
	if s.bits != 8 && s.bits != 16 && s.bits != 32 {
		return fmt.Errorf("samples of %d bits are not read in DICOM", s.bits)
	}
	if s.stored > s.bits || s.high >= s.bits || s.high+1 < s.stored {
		return fmt.Errorf("BitsStored %d and HighBit %d do not fit %d bits", s.stored, s.high, s.bits)
	}
	if h.syntax.big && s.bits == 8 && s.words {
		return errors.New("bytes in big-endian words are not read")
	}
	p := h.values.text(tag.PhotometricInterpretation)
	switch {
	case s.channels == 1 && (p == "MONOCHROME2" || p == ""):
	case s.channels == 1 && p == "MONOCHROME1":
		s.inverted = true
	case s.channels == 3 && p == "RGB" && !s.signed && s.bits == s.stored:
	default:
		return fmt.Errorf("pixels of %d samples and the kind %.20q are not read: grey and RGB are", s.channels, p)
	}
	return nil
}

// raw is the type of samples as they lie in the file, natural the one of their values.
func (s sampling) raw() imagefile.Type {
	return map[int]imagefile.Type{8: imagefile.Uint8, 16: imagefile.Uint16, 32: imagefile.Uint32}[s.bits]
}

func (s sampling) natural() imagefile.Type {
	if s.signed {
		return map[int]imagefile.Type{8: imagefile.Int8, 16: imagefile.Int16, 32: imagefile.Int32}[s.bits]
	}
	return s.raw()
}

// whole reports samples whose bits are all in use.
func (s sampling) whole() bool { return s.bits == s.stored }

// limits are the lowest and the highest value that can be stored.
func (s sampling) limits() (lo, hi float64) {
	if s.signed {
		half := math.Ldexp(1, s.stored-1)
		return -half, half - 1
	}
	return 0, math.Ldexp(1, s.stored) - 1
}

// typeFor is the narrowest type that holds every value the slices can have after rescaling: the stored
// one when nothing is rescaled, then int16, uint16 and float32; float64 where float32 would round.
func (s sampling) typeFor(slices []slice) imagefile.Type {
	integral, scaled, min, max := true, false, math.Inf(1), math.Inf(-1)
	lo, hi := s.limits()
	for _, f := range slices {
		scaled = scaled || f.slope != 1 || f.intercept != 0
		integral = integral && f.slope == math.Trunc(f.slope) && f.intercept == math.Trunc(f.intercept)
		for _, v := range [2]float64{lo*f.slope + f.intercept, hi*f.slope + f.intercept} {
			min, max = math.Min(min, v), math.Max(max, v)
		}
	}
	switch {
	case !scaled:
		return s.natural()
	case integral && min >= math.MinInt16 && max <= math.MaxInt16:
		return imagefile.Int16
	case integral && min >= 0 && max <= math.MaxUint16:
		return imagefile.Uint16
	case s.stored > 24:
		return imagefile.Float64
	}
	return imagefile.Float32
}

// convert turns stored little-endian samples into values of type t.
func (s sampling) convert(dst, src []byte, t imagefile.Type, slope, intercept float64) {
	left, right := 63-s.high, 64-s.stored
	size, out := s.bits/8, t.Size()
	for i := range len(src) / size {
		var u uint64
		switch size {
		case 1:
			u = uint64(src[i])
		case 2:
			u = uint64(binary.LittleEndian.Uint16(src[2*i:]))
		default:
			u = uint64(binary.LittleEndian.Uint32(src[4*i:]))
		}
		u <<= left
		v := float64(u >> right)
		if s.signed {
			v = float64(int64(u) >> right)
		}
		put(dst[i*out:], t, v*slope+intercept)
	}
}

// put writes v, which t holds, as a little-endian sample.
func put(b []byte, t imagefile.Type, v float64) {
	switch t {
	case imagefile.Uint8, imagefile.Int8:
		b[0] = byte(int64(v))
	case imagefile.Uint16, imagefile.Int16:
		binary.LittleEndian.PutUint16(b, uint16(int64(v)))
	case imagefile.Uint32, imagefile.Int32:
		binary.LittleEndian.PutUint32(b, uint32(int64(v)))
	case imagefile.Float32:
		binary.LittleEndian.PutUint32(b, math.Float32bits(float32(v)))
	default:
		binary.LittleEndian.PutUint64(b, math.Float64bits(v))
	}
}
