// Package gdcm decodes the compressed frames of DICOM images with GDCM, in C++: JPEG with 8 and 12 bits,
// lossless JPEG, JPEG-LS and JPEG 2000, High-Throughput too.
//
// Nothing of the file but the codestream of one frame is given to GDCM, and only when the codestream's own
// header agrees with what the caller expects, so that the memory it takes is known before. Samples come
// back as the codestream has them: no colour is converted but by JPEG 2000 itself. A damaged codestream may
// still end the process; callers run it in a worker.
//
// Source: GDCM 3, https://gdcm.sourceforge.net.
package gdcm

// #cgo CXXFLAGS: -std=c++17 -isystem /usr/include/gdcm-3.0 -isystem /usr/local/include/gdcm-3.0
// #cgo LDFLAGS: -lgdcmMSFF -lgdcmDSED -lgdcmCommon
// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"unsafe"
)

// Codec is a family of compressions.
type Codec int

// The codecs that are decoded.
const (
	JPEG     Codec = C.EX_JPEG
	JPEGLS   Codec = C.EX_JPEGLS
	JPEG2000 Codec = C.EX_JPEG2000
)

// Frame is what the codestream of a frame says of itself.
type Frame struct {
	Codec         Codec
	Columns, Rows int
	Samples       int  // a pixel: 1 or 3
	Bits          int  // of a sample: 1 to 16, of JPEG 2000 to 32
	Signed        bool // JPEG 2000 alone can say so
	Planar        bool // the channels are packed one after the other: JPEG-LS without interleaving
	Colour        Colour
}

// Colour is what a codestream says of its three channels.
type Colour int

// What a codestream may say of its channels.
const (
	Unsaid Colour = iota
	RGB
	YCbCr
)

// maxBytes bounds the samples of one decoded frame. Decoders need up to eight times as much.
const maxBytes = 128 << 20

// SampleBytes is the size of a decoded sample: 1, 2 or 4.
func (f Frame) SampleBytes() int {
	switch {
	case f.Bits <= 8:
		return 1
	case f.Bits <= 16:
		return 2
	}
	return 4
}

// Bytes is the size of the decoded frame.
func (f Frame) Bytes() int { return f.Columns * f.Rows * f.Samples * f.SampleBytes() }

// check refuses what is not decoded.
func (f Frame) check() error {
	switch {
	case f.Columns < 1 || f.Rows < 1 || f.Columns > 1<<16 || f.Rows > 1<<16:
		return fmt.Errorf("a frame of %d x %d pixels is not possible", f.Columns, f.Rows)
	case f.Samples != 1 && f.Samples != 3:
		return fmt.Errorf("compressed frames of %d channels are not read", f.Samples)
	case f.Bits < 1 || f.Bits > 32 || f.Bits > 16 && f.Codec != JPEG2000:
		return fmt.Errorf("compressed samples of %d bits are not read", f.Bits)
	case f.Bytes() > maxBytes:
		return fmt.Errorf("a compressed frame of %d MiB is too large: %d are read", f.Bytes()>>20, maxBytes>>20)
	}
	return nil
}

func (f Frame) c() C.ex_frame {
	signed := C.int(0)
	if f.Signed {
		signed = 1
	}
	return C.ex_frame{codec: C.int(f.Codec), columns: C.uint(f.Columns), rows: C.uint(f.Rows),
		samples: C.int(f.Samples), bits: C.int(f.Bits), is_signed: signed}
}

// Decode decodes a codestream, of which [Parse] made f, to little-endian samples of f.SampleBytes bytes.
// Channels are interleaved.
func Decode(f Frame, codestream []byte) ([]byte, error) {
	if err := f.check(); err != nil {
		return nil, err
	}
	codestream = unbox(codestream)
	switch has, err := Parse(codestream); {
	case err != nil:
		return nil, err
	case has != f:
		return nil, errors.New("the frames are compressed in different ways")
	case len(codestream) > 1<<31-2:
		return nil, fmt.Errorf("a compressed frame of %d MiB is not read", len(codestream)>>20)
	}
	if codestream = toEnd(codestream); codestream == nil {
		return nil, errEnd
	}
	samples, err := decode(f, codestream)
	if err == nil && f.Planar && keepsPlanes() {
		samples = interleave(f, samples)
	}
	return samples, err
}

// decode gives a codestream that was checked to GDCM.
func decode(f Frame, codestream []byte) ([]byte, error) {
	out, c := make([]byte, f.Bytes()), f.c()
	var message [200]C.char
	if C.ex_decode(&c, unsafe.Pointer(&codestream[0]), C.size_t(len(codestream)), unsafe.Pointer(&out[0]), C.size_t(len(out)),
		&message[0], C.size_t(len(message))) == 0 {
		return nil, errors.New("its compressed pixels cannot be decoded: " + clean(C.GoString(&message[0])))
	}
	return out, nil
}

// clean keeps a message on one line whatever a file smuggles into it.
func clean(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c < 0x20 || c >= 0x7f {
			b[i] = '?'
		}
	}
	return string(b)
}
