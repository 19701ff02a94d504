package tiff

// #cgo pkg-config: libtiff-4 libjpeg
// #include "jpeg.h"
import "C"

import (
	"fmt"
	"unsafe"
)

// simpleJPEG reports strips or tiles whose streams libjpeg alone turns into the pixels of the page.
func (p *page) simpleJPEG() bool {
	if p.compression != jpeg || p.bits != 8 || p.form.rgba || p.planar && p.samples > 1 || len(p.tables) > maxTables {
		return false
	}
	switch p.photometric {
	case yCbCr, rgb:
		return p.samples == 3
	case separated:
		return p.samples == 4
	case minIsBlack:
		return p.samples == 1
	}
	return false
}

// maxTables is the largest JPEGTables that are taken for tables.
const maxTables = 1 << 16

// view is the part of a strip or tile that a window shows, from its own upper left corner, and where it goes.
type view struct {
	in     rect
	dst    []byte
	stride int
}

// inflate decompresses the stream of a strip or tile of w x h pixels into dst, whose rows are stride bytes
// apart, and copies the view of it unless that is nil. false means that libtiff has to judge the stream.
func (p *page) inflate(stream []byte, w, h int, dst []byte, stride int, v *view) (bool, error) {
	if row := w * p.samples; w < 1 || h < 1 || stride < row || len(dst) < (h-1)*stride+row {
		return false, nil
	}
	var c C.ex_view
	var shown *C.uint8_t
	if v != nil {
		row := v.in.w() * p.samples
		if v.in.and(rect{0, 0, w, h}) != v.in || v.stride < row || len(v.dst) < (v.in.h()-1)*v.stride+row {
			return false, nil
		}
		c = C.ex_view{C.uint32_t(v.in.x0), C.uint32_t(v.in.y0), C.uint32_t(v.in.x1), C.uint32_t(v.in.y1), C.int64_t(v.stride)}
		shown = (*C.uint8_t)(&v.dst[0])
	}
	ycc := C.int(0)
	if p.photometric == yCbCr {
		ycc = 1
	}
	var message [200]C.char
	switch C.ex_jpeg(bytesOf(p.tables), C.size_t(len(p.tables)), bytesOf(stream), C.size_t(len(stream)), C.uint32_t(w), C.uint32_t(h), C.int(p.samples), ycc,
		(*C.uint8_t)(&dst[0]), C.int64_t(stride), &c, shown, &message[0]) {
	case C.EX_JPEG_DONE:
		return true, nil
	case C.EX_JPEG_DAMAGED:
		return true, fmt.Errorf("its JPEG data are damaged: %s", clean("", C.GoString(&message[0])))
	}
	return false, nil
}

func bytesOf(b []byte) unsafe.Pointer {
	if len(b) == 0 {
		return nil
	}
	return unsafe.Pointer(&b[0])
}
