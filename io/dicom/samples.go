package dicom

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"github.com/suyashkumar/dicom/pkg/tag"

	"explant/io/gdcm"
	"explant/io/imagefile"
)

// kind is what the samples of a pixel mean.
type kind string

const (
	grey    kind = "grey"
	single  kind = "bits" // of one bit each, packed
	float   kind = "floats"
	rgb     kind = "RGB"
	ybr     kind = "YBR"
	half    kind = "YBR 4:2:2" // two pixels share their colour: Y Y B R
	indexed kind = "palette"
)

// sampling says how the samples of a file are stored.
type sampling struct {
	rows, columns, frames int
	channels              int
	bits, stored, high    int // bits of a sample, those in use, and the highest of them
	kind                  kind
	signed                bool
	planar                bool // the channels of a frame lie one behind the other
	inverted              bool // MONOCHROME1: low values are bright
	words                 bool // stored as 16-bit words, which matters for bytes in big-endian files
	floats                int  // bits of samples that are floating-point numbers; 0 where they are none
	tiled                 bool // frames are tiles of a slide
}

func (s sampling) String() string {
	text := fmt.Sprintf("%d x %d, %d slices, %d of %d bits, %d channels", s.columns, s.rows, s.frames, s.stored, s.bits, s.channels)
	if s.kind != grey && s.kind != rgb {
		text += ", " + string(s.kind)
	}
	return text
}

// bytes is the size of the samples of a file, not packed.
func (s sampling) bytes() int64 {
	pixels := int64(s.rows) * int64(s.columns) * int64(s.frames)
	switch s.kind {
	case single:
		return (pixels + 7) / 8
	case half:
		return 2 * pixels
	}
	return pixels * int64(s.channels) * int64(s.bits/8)
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
		{&s.frames, tag.NumberOfFrames, 1, 1, s.maxFrames()}, {&s.channels, tag.SamplesPerPixel, 1, 1, 4},
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
	s.signed, s.planar = representation == 1, planar == 1 && s.channels > 1 && !h.syntax.encapsulated()
	if s.stored == 0 {
		s.stored = s.bits
	}
	if s.high < 0 {
		s.high = s.stored - 1
	}
	return s.supported(h)
}

// maxFrames bounds the frames of a file; slides have one for each tile.
func (s *sampling) maxFrames() int {
	if s.tiled {
		return maxFragments
	}
	return 1 << 18
}

func (s *sampling) supported(h *header) error {
	if s.floats > 0 {
		return s.floating(h)
	}
	if s.bits != 8 && s.bits != 16 && s.bits != 32 && s.bits != 1 {
		return fmt.Errorf("samples of %d bits are not read in DICOM", s.bits)
	}
	if s.stored > s.bits || s.high >= s.bits || s.high+1 < s.stored {
		return fmt.Errorf("BitsStored %d and HighBit %d do not fit %d bits", s.stored, s.high, s.bits)
	}
	if h.syntax.big && s.bits <= 8 && s.words {
		return errors.New("bytes in big-endian words are not read")
	}
	return s.meaning(h)
}

// floating takes floating-point pixels.
func (s *sampling) floating(h *header) error {
	s.kind, s.stored, s.high, s.signed = float, s.bits, s.bits-1, true
	if s.bits != s.floats || s.channels != 1 || h.syntax.encapsulated() {
		return fmt.Errorf("floating-point pixels of %d bits and %d channels are not read", s.bits, s.channels)
	}
	return nil
}

// meaning finds out what the samples of a pixel are.
func (s *sampling) meaning(h *header) error {
	p := h.values.text(tag.PhotometricInterpretation)
	switch colour := s.channels == 3 && !s.signed && s.bits > 1; {
	case s.channels == 1 && (p == "MONOCHROME2" || p == "" || p == "MONOCHROME1"):
		s.kind, s.inverted = grey, p == "MONOCHROME1"
		if s.bits == 1 {
			s.kind = single
		}
	case s.channels == 1 && p == "PALETTE COLOR" && (s.bits == 8 || s.bits == 16) && !s.signed:
		s.kind = indexed
	case colour && s.bits <= 16 && (p == "RGB" || (p == "YBR_RCT" || p == "YBR_ICT") && h.syntax.codec != ""):
		s.kind = rgb
	case colour && s.bits == 8 && s.stored == 8 && p == "YBR_FULL_422" && !h.syntax.encapsulated():
		s.kind = half
		if s.columns%2 != 0 || s.planar {
			return errors.New("YBR_FULL_422 with an odd number of columns or in planes is not read")
		}
	case colour && s.bits == 8 && s.stored == 8 && (p == "YBR_FULL" || p == "YBR_FULL_422"):
		s.kind = ybr
	default:
		return fmt.Errorf("pixels of %d samples of %d bits and the kind %.20q are not read: grey, RGB, YBR_FULL and PALETTE COLOR are", s.channels, s.bits, p)
	}
	if s.kind == single && h.syntax.encapsulated() {
		return errors.New("compressed single bits are not read")
	}
	return nil
}

// adopt takes over what a codestream says of itself, and refuses one that contradicts the header. The bits
// in use are those of which both speak; lossy values may exceed those of the header.
func (s *sampling) adopt(f gdcm.Frame, lossy bool) error {
	if f.Columns != s.columns || f.Rows != s.rows || f.Samples != s.channels || 8*f.SampleBytes() > s.bits {
		return fmt.Errorf("its compressed frames have %d x %d pixels, %d channels and %d bits, the header says %d x %d, %d and %d",
			f.Columns, f.Rows, f.Samples, f.Bits, s.columns, s.rows, s.channels, s.bits)
	}
	if s.stored = min(s.stored, f.Bits); lossy {
		s.stored = f.Bits
	}
	s.high = s.stored - 1
	switch {
	case s.kind == rgb && f.Colour == gdcm.YCbCr && s.bits > 8:
		return fmt.Errorf("compressed YBR colours of %d bits are not read", f.Bits)
	case s.kind == rgb && f.Colour == gdcm.YCbCr:
		s.kind = ybr
	case s.kind == ybr && f.Colour == gdcm.RGB:
		s.kind = rgb
	}
	return nil
}

// raw is the type of samples as they lie in the file, natural the one of their values.
func (s sampling) raw() imagefile.Type {
	if s.kind == float {
		return map[int]imagefile.Type{32: imagefile.Float32, 64: imagefile.Float64}[s.bits]
	}
	if s.bits == 1 {
		return imagefile.Uint8
	}
	return map[int]imagefile.Type{8: imagefile.Uint8, 16: imagefile.Uint16, 32: imagefile.Uint32}[s.bits]
}

func (s sampling) natural() imagefile.Type {
	if s.signed && s.kind != float && s.bits > 1 {
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
	switch s.kind {
	case rgb, float:
		return s.raw()
	case ybr, half, indexed:
		return imagefile.Uint8
	}
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

// scale applies the rescaling of a slice to floating-point samples.
func (s sampling) scale(dst, src []byte, f slice) {
	t := s.raw()
	for i, v := range imagefile.Values(src, t) {
		put(dst[i*t.Size():], t, v*f.slope+f.intercept)
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
