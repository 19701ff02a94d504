// Package jpegslide writes tiled JPEG slides for the tests and benchmarks of the TIFF reader, and decodes
// their tiles with nothing but libjpeg: the time that no reader can beat.
package jpegslide

// #cgo pkg-config: libjpeg
// #include "codec.h"
import "C"

import (
	"errors"
	"unsafe"
)

// Slide is a slide of Side x Side pixels.
type Slide struct {
	Side, Tile int
	Quality    int  // of JPEG, 1 to 100
	YCbCr      bool // luma and chroma with 2 x 2 subsampling; otherwise red, green, blue as they are
	Distinct   int  // tiles that differ; they repeat in an irregular order
}

// Across is the number of tiles in a row, and of rows.
func (s Slide) Across() int { return (s.Side + s.Tile - 1) / s.Tile }

// Index is which of the distinct tiles stands at place i.
func (s Slide) Index(i int) int { return i * 7919 % 104729 % s.Distinct }

// Encoded are the distinct tiles of a slide: a stream each, and the tables that they share.
type Encoded struct {
	Slide
	Tables  []byte
	Streams [][]byte
}

// Encode draws and compresses the tiles.
func (s Slide) Encode() (*Encoded, error) {
	e := &Encoded{Slide: s}
	out, tables := make([]byte, 3*s.Tile*s.Tile+4096), make([]byte, 4096)
	for i := range s.Distinct {
		rgb := tissue(s.Tile, uint64(i))
		n, m := C.ulong(len(out)), C.ulong(len(tables))
		if C.js_encode((*C.uchar)(&rgb[0]), C.int(s.Tile), C.int(s.Tile), C.int(s.Quality), flag(s.YCbCr), (*C.uchar)(&out[0]), &n, (*C.uchar)(&tables[0]), &m) == 0 {
			return nil, errors.New("libjpeg does not compress")
		}
		e.Streams = append(e.Streams, append([]byte(nil), out[:n]...))
		e.Tables = append([]byte(nil), tables[:m]...)
	}
	return e, nil
}

// Decode decompresses a stream into rgb, which has 3 * Tile * Tile bytes.
func (e *Encoded) Decode(stream, rgb []byte) error {
	if C.js_decode((*C.uchar)(unsafe.Pointer(&e.Tables[0])), C.ulong(len(e.Tables)), (*C.uchar)(&stream[0]), C.ulong(len(stream)), flag(e.YCbCr),
		C.int(e.Tile), C.int(e.Tile), (*C.uchar)(&rgb[0])) == 0 {
		return errors.New("libjpeg does not decompress")
	}
	return nil
}

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}
