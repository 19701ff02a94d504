package scanline

// #cgo pkg-config: libpng
// #include <stdlib.h>
// #include "pngrows.h"
import "C"

import (
	"errors"
	"unsafe"
)

// PNG decodes one PNG file of any depth and colour type.
type PNG struct {
	c    *C.ex_png
	form Form
}

// OpenPNG reads the header of a file.
func OpenPNG(path string) (*PNG, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	var message [300]C.char
	var f C.ex_png_form
	h := C.ex_png_open(name, &f, &message[0], C.size_t(len(message)))
	if h == nil {
		return nil, errors.New(clean(C.GoString(&message[0])))
	}
	return &PNG{h, Form{Width: int(f.width), Height: int(f.height), Channels: int(f.channels), Bytes: int(f.bytes),
		Whole: f.interlaced != 0}}, nil
}

// Form is what the rows will be like.
func (d *PNG) Form() Form { return d.form }

// Rows decodes the next rows into dst, which holds a whole number of them: all of an interlaced picture.
func (d *PNG) Rows(dst []byte) error {
	row := d.form.RowBytes()
	return d.result(C.ex_png_rows(d.c, (*C.uint8_t)(&dst[0]), C.size_t(row), C.uint32_t(len(dst)/row)))
}

// Finish checks what stands behind the last row, which must have been read.
func (d *PNG) Finish() error { return d.result(C.ex_png_finish(d.c)) }

// Close frees the decoder.
func (d *PNG) Close() { C.ex_png_close(d.c) }

func (d *PNG) result(ok C.int) error {
	if ok == 1 {
		return nil
	}
	return errors.New(clean(C.GoString(C.ex_png_message(d.c))))
}
