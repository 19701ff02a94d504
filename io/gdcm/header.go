package gdcm

import (
	"bytes"
	"encoding/binary"
	"errors"
)

var (
	errUnknown = errors.New("its compressed pixels begin with no header of JPEG, JPEG-LS or JPEG 2000")
	errHeader  = errors.New("the header of its compressed pixels is damaged")
	errEnd     = errors.New("its compressed pixels end too early")
)

// Parse reads the header of a codestream, which may be only its beginning.
func Parse(b []byte) (Frame, error) {
	b = unbox(b)
	f, err := Frame{}, errUnknown
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xd8, 0xff}):
		f, err = parseJPEG(b)
	case bytes.HasPrefix(b, []byte{0xff, 0x4f, 0xff, 0x51}):
		f, err = parseJPEG2000(b)
	}
	if err != nil {
		return Frame{}, err
	}
	return f, f.check()
}

// unbox finds the codestream in a JP2 file, which does not belong into DICOM and is there all the same.
func unbox(b []byte) []byte {
	if len(b) < 12 || string(b[4:8]) != "jP  " {
		return b
	}
	for at := b; len(at) >= 8; {
		n := int64(binary.BigEndian.Uint32(at))
		switch {
		case string(at[4:8]) == "jp2c":
			return at[8:]
		case n < 8 || n > int64(len(at)):
			return b
		}
		at = at[n:]
	}
	return b
}

// toEnd cuts off what follows the end mark, which may be padding of any kind; nil where there is no mark,
// as decoders fill up with grey what is missing.
func toEnd(b []byte) []byte {
	tail := max(len(b)-16, 0)
	i := bytes.LastIndex(b[tail:], []byte{0xff, 0xd9})
	if i < 0 {
		return nil
	}
	return b[:tail+i+2]
}

// segments gives fn the marker segments of a header up to and including the one that last names.
func segments(b []byte, last byte, fn func(marker byte, s []byte) error) error {
	for len(b) >= 4 {
		n := int(binary.BigEndian.Uint16(b[2:]))
		switch {
		case b[0] != 0xff:
			return errHeader
		case b[1] == 0xff: // a fill byte
			b = b[1:]
			continue
		case n < 2 || n > len(b)-2:
			return errHeader
		}
		if err := fn(b[1], b[4:2+n]); err != nil || b[1] == last {
			return err
		}
		b = b[2+n:]
	}
	return errHeader
}

// parseJPEG reads a header of JPEG or JPEG-LS up to the first scan. Source: ISO/IEC 10918-1 annex B and
// 14495-1 annex C.
func parseJPEG(b []byte) (Frame, error) {
	f, lossless := Frame{}, false
	err := segments(b[2:], 0xda, func(marker byte, s []byte) error {
		switch {
		case marker == 0xe0 && bytes.HasPrefix(s, []byte("JFIF\x00")) && f.Colour == Unsaid:
			f.Colour = YCbCr
		case marker == 0xee && bytes.HasPrefix(s, []byte("Adobe")) && len(s) >= 12:
			f.Colour = map[byte]Colour{0: RGB, 1: YCbCr}[s[11]]
		case marker == 0xc0 || marker == 0xc1 || marker == 0xc2 || marker == 0xc3 || marker == 0xf7:
			lossless = marker == 0xc3 || marker == 0xf7
			return f.frameHeader(marker, s)
		case marker > 0xc3 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			return errors.New("hierarchical and arithmetic JPEG are not read")
		case marker == 0xda && f.Codec == JPEGLS && len(s) >= 4:
			f.Planar = f.Samples > 1 && s[len(s)-2] == 0
		}
		return nil
	})
	if err == nil && f.Codec == 0 {
		err = errHeader
	}
	if f.Samples != 3 || lossless { // its writers leave marks that mean nothing
		f.Colour = Unsaid
	}
	return f, err
}

// frameHeader reads the size and the components.
func (f *Frame) frameHeader(marker byte, s []byte) error {
	if len(s) < 6 || len(s) < 6+3*int(s[5]) || f.Codec != 0 {
		return errHeader
	}
	f.Codec, f.Bits, f.Samples = JPEG, int(s[0]), int(s[5])
	f.Rows, f.Columns = int(binary.BigEndian.Uint16(s[1:])), int(binary.BigEndian.Uint16(s[3:]))
	if marker == 0xf7 {
		f.Codec = JPEGLS
	}
	if f.Samples == 3 && s[6] == 'R' && s[9] == 'G' && s[12] == 'B' && f.Colour == Unsaid {
		f.Colour = RGB
	}
	return nil
}

// parseJPEG2000 reads the main header of a codestream. Source: ISO/IEC 15444-1 annex A.
func parseJPEG2000(b []byte) (Frame, error) {
	f := Frame{Codec: JPEG2000}
	err := segments(b[2:], 0x52, func(marker byte, s []byte) error {
		switch {
		case marker == 0x51:
			return f.sizes(s)
		case marker == 0x90:
			return errHeader
		case marker == 0x52 && len(s) >= 10 && s[4] == 1:
			f.Colour = RGB // the decoder turns the channels back
		}
		return nil
	})
	return f, err
}

// sizes reads the segment SIZ.
func (f *Frame) sizes(s []byte) error {
	if len(s) < 36 || len(s) < 36+3*int(binary.BigEndian.Uint16(s[34:])) {
		return errHeader
	}
	u := func(i int) int64 { return int64(binary.BigEndian.Uint32(s[i:])) }
	width, height, samples := u(2)-u(10), u(6)-u(14), int(binary.BigEndian.Uint16(s[34:]))
	if width < 1 || height < 1 || width > 1<<16 || height > 1<<16 || u(18) < 1 || u(22) < 1 || samples < 1 {
		return errHeader
	}
	f.Columns, f.Rows, f.Samples = int(width), int(height), samples
	f.Bits, f.Signed = int(s[36]&0x7f)+1, s[36]&0x80 != 0
	for i := range samples {
		c := s[36+3*i:]
		if c[0] != s[36] || c[1] != 1 || c[2] != 1 {
			return errors.New("JPEG 2000 whose channels differ in size or kind is not read")
		}
	}
	return nil
}
