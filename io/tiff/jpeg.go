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

// inflate decompresses the stream of a strip or tile of w x h pixels into dst, whose rows are stride bytes
// apart. false means that libtiff has to judge the stream.
func (p *page) inflate(stream []byte, w, h int, dst []byte, stride int) (bool, error) {
	if row := w * p.samples; w < 1 || h < 1 || stride < row || len(dst) < (h-1)*stride+row {
		return false, nil
	}
	ycc := C.int(0)
	if p.photometric == yCbCr {
		ycc = 1
	}
	var message [200]C.char
	switch C.ex_jpeg(bytesOf(p.tables), C.size_t(len(p.tables)), bytesOf(stream), C.size_t(len(stream)), C.uint32_t(w), C.uint32_t(h), C.int(p.samples), ycc,
		(*C.uint8_t)(&dst[0]), C.int64_t(stride), &message[0]) {
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
