package scanline

// #cgo pkg-config: libjpeg
// #include <stdlib.h>
// #include "jpegrows.h"
import "C"

import (
	"errors"
	"unsafe"
)

// JPEG decodes one JPEG file: baseline and extended, progressive, arithmetic, of 8 bits.
type JPEG struct {
	c    *C.ex_jpeg
	form Form
}

// OpenJPEG reads the header of a file. scale is 1, or 2, 4 or 8 for a picture that is so many times smaller
// along each side, rounded up: libjpeg then transforms fewer coefficients, which is faster, and gives
// nearly, not exactly, the mean of the pixels.
func OpenJPEG(path string, scale int) (*JPEG, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	var message [300]C.char
	var f C.ex_jpeg_form
	h := C.ex_jpeg_open(name, C.int(scale), &f, &message[0], C.size_t(len(message)))
	if h == nil {
		return nil, errors.New(clean(C.GoString(&message[0])))
	}
	return &JPEG{h, Form{Width: int(f.width), Height: int(f.height), Channels: int(f.channels), Bytes: 1,
		Ink: f.ink != 0, Held: int64(f.held)}}, nil
}

// Form is what the rows will be like.
func (d *JPEG) Form() Form { return d.form }

// Rows decodes the next rows into dst, which holds a whole number of them.
func (d *JPEG) Rows(dst []byte) error {
	row := d.form.RowBytes()
	return d.result(C.ex_jpeg_rows(d.c, (*C.uint8_t)(&dst[0]), C.size_t(row), C.uint32_t(len(dst)/row)))
}

// Finish reads what stands behind the last row, which must have been read.
func (d *JPEG) Finish() error { return d.result(C.ex_jpeg_finish(d.c)) }

// Close frees the decoder.
func (d *JPEG) Close() { C.ex_jpeg_close(d.c) }

func (d *JPEG) result(ok C.int) error {
	if ok == 1 {
		return nil
	}
	return errors.New(clean(C.GoString(C.ex_jpeg_message(d.c))))
}
