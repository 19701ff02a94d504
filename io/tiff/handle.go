package tiff

// #cgo pkg-config: libtiff-4
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"unsafe"
)

// Limits on what libtiff may allocate at once, on one decoded strip or tile and on what is read of a text.
const (
	maxAlloc = 512 << 20
	maxChunk = 256 << 20
	maxText  = 1 << 20 // of the text of a microscope
)

// handle is one libtiff handle, for one goroutine at a time.
type handle struct {
	c    *C.ex_handle
	path string
}

func openHandle(path string) (*handle, error) {
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	var message [300]C.char
	h := C.ex_open(name, maxAlloc, &message[0], C.size_t(len(message)))
	if h == nil {
		return nil, errors.New(clean(path, C.GoString(&message[0])))
	}
	return &handle{c: h, path: path}, nil
}

func (h *handle) close() { C.ex_close(h.c) }

func (h *handle) err() error {
	return errors.New(clean(h.path, C.GoString(&h.c.message[0])))
}

// clean keeps a message of libtiff on one line whatever a file smuggles into it, and leaves out the
// path, which the caller names.
func clean(path, s string) string {
	b := []byte(strings.ReplaceAll(s, path+": ", ""))
	for i, c := range b {
		if c < 0x20 || c >= 0x7f {
			b[i] = '?'
		}
	}
	return string(b)
}

// next moves to the following directory; false at the end. A broken chain is an error.
func (h *handle) next() (bool, error) {
	if C.ex_next(h.c) == 1 {
		return true, nil
	}
	if h.c.message[0] != 0 {
		return false, h.err()
	}
	return false, nil
}

func (h *handle) seek(offset uint64) error {
	if C.ex_seek(h.c, C.uint64_t(offset)) == 0 {
		return h.err()
	}
	return nil
}

// page describes the current directory.
func (h *handle) page() (*page, error) {
	var c C.ex_page
	if C.ex_describe(h.c, &c) == 0 {
		return nil, h.err()
	}
	p := &page{
		offset: uint64(c.offset), w: int(c.width), h: int(c.height), reduced: c.subfile&1 != 0,
		chunkW: int(c.chunk_w), chunkH: int(c.chunk_h), chunks: int(c.chunks), chunkBytes: int64(c.chunk_bytes),
		firstByte: int64(c.first_byte), bits: int(c.bits), samples: int(c.samples), format: int(c.format),
		photometric: int(c.photometric), planar: c.planar == 2, compression: int(c.compression),
		orientation: int(c.orientation), unit: int(c.unit), xres: float64(c.xres), yres: float64(c.yres),
		tiled: c.tiled != 0, artist: c.artist != 0, host: c.host != 0, cmyk: c.inks == 1,
	}
	for i := range int(c.extras) {
		p.extras = append(p.extras, int(c.extra[i]))
	}
	if c.description != nil {
		p.description = goString(c.description, 16<<20)
	}
	if c.subs > 0 && c.sub != nil {
		for _, o := range unsafe.Slice(c.sub, int(c.subs)) {
			p.subs = append(p.subs, uint64(o))
		}
	}
	if c.text != nil {
		p.microscope, p.text = int(c.text_tag), C.GoBytes(c.text, C.int(min(c.text_n, maxText)))
	}
	if c.tables != nil {
		p.tables = C.GoBytes(c.tables, C.int(min(c.tables_n, maxTables+1)))
	}
	if c.has_palette != 0 && p.bits <= 16 {
		p.palette = palette(&c, 1<<p.bits)
	}
	if err := p.check(); err != nil {
		return p, err
	}
	if p.form.rgba && C.ex_convertible(h.c) == 0 {
		return p, h.err()
	}
	return p, nil
}

func goString(s *C.char, limit int) string {
	n := 0
	for n < limit && *(*byte)(unsafe.Add(unsafe.Pointer(s), n)) != 0 {
		n++
	}
	return C.GoStringN(s, C.int(n))
}

func palette(c *C.ex_page, n int) (p [3][]uint16) {
	for i, t := range []*C.uint16_t{c.red, c.green, c.blue} {
		p[i] = make([]uint16, n)
		copy(p[i], unsafe.Slice((*uint16)(unsafe.Pointer(t)), n))
	}
	return p
}

// places are where the strips and tiles of the current directory, which is p, lie in the file.
func (h *handle) places(p *page) *places {
	w := &places{offsets: make([]uint64, p.chunks), counts: make([]uint64, p.chunks)}
	for i := range p.chunks {
		w.offsets[i] = uint64(C.TIFFGetStrileOffset(h.c.tif, C.uint32_t(i)))
		w.counts[i] = uint64(C.TIFFGetStrileByteCount(h.c.tif, C.uint32_t(i)))
	}
	return w
}

// chunk decodes strip or tile index of the current directory into buf.
func (h *handle) chunk(p *page, index int, buf []byte) error {
	tiled := C.int(0)
	if p.tiled {
		tiled = 1
	}
	if C.ex_chunk(h.c, C.uint32_t(index), tiled, unsafe.Pointer(&buf[0]), C.int64_t(len(buf))) == 0 {
		return p.name(index, h.err())
	}
	return nil
}

// rows decodes whole rows of the strip that begins at row first, without holding the strip.
func (h *handle) rows(first, row, rows, sample, stride int, buf []byte) error {
	if C.ex_rows(h.c, C.uint32_t(first), C.uint32_t(row), C.uint32_t(rows), C.uint16_t(sample), unsafe.Pointer(&buf[0]), C.int64_t(stride)) == 0 {
		return fmt.Errorf("rows %d to %d: %w", row+1, row+rows, h.err())
	}
	return nil
}

// rgba converts a window of the current directory to 8-bit red, green, blue, alpha.
func (h *handle) rgba(x, y, w, rows int, buf []byte) error {
	if C.ex_rgba(h.c, C.uint32_t(x), C.uint32_t(y), C.uint32_t(w), C.uint32_t(rows), (*C.uint32_t)(unsafe.Pointer(&buf[0]))) == 0 {
		return fmt.Errorf("rows %d to %d: %w", y+1, y+rows, h.err())
	}
	return nil
}
