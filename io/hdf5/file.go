//go:build hdf5

package hdf5

// #cgo pkg-config: hdf5
// #include <stdlib.h>
// #include "shim.h"
import "C"

import (
	"errors"
	"strings"
	"sync"
	"unsafe"
)

// library is held by who calls the C library, which knows no threads.
var library sync.Mutex

// file is an open file.
type file struct{ id C.hid_t }

// text is a message of the library.
type text [C.HX_TEXT]C.char

func (t *text) err() error {
	b := []byte(C.GoString(&t[0]))
	for i, c := range b {
		if c < 0x20 || c >= 0x7f {
			b[i] = '?' // whatever a file smuggles into it, it stays on one line
		}
	}
	return errors.New(string(b))
}

func openFile(path string) (*file, error) {
	library.Lock()
	defer library.Unlock()
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	var message text
	f := &file{C.hx_open(name, &message[0])}
	if f.id < 0 {
		return nil, message.err()
	}
	return f, nil
}

func (f *file) close() {
	library.Lock()
	defer library.Unlock()
	C.hx_close(f.id)
}

const maxList = 8 << 20

// list gives the paths of all data sets, sorted.
func (f *file) list() ([]string, error) {
	library.Lock()
	defer library.Unlock()
	b := make([]byte, maxList)
	var message text
	n := int64(C.hx_list(f.id, (*C.char)(unsafe.Pointer(&b[0])), maxList, &message[0]))
	switch {
	case n < 0:
		return nil, message.err()
	case n > maxList:
		return nil, errors.New("it holds too many data sets")
	}
	return strings.FieldsFunc(string(b[:n]), func(r rune) bool { return r == 0 }), nil
}

// set is what a data set says of itself.
type set struct {
	path        string
	dims, chunk []int
	kind        byte // 'u', 'i', 'f', or '?' for what is not read
	size        int
	storage     float64 // bytes
	elsewhere   bool    // its samples lie in other files
}

// describe tells of a data set; ok is false where it is no array of a size that can be.
func (f *file) describe(path string) (s set, err error) {
	library.Lock()
	defer library.Unlock()
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	var message text
	var i C.hx_info
	if C.hx_describe(f.id, name, &i, &message[0]) < 0 {
		return s, message.err()
	}
	s = set{path: path, kind: byte(i.kind), size: int(i.size), storage: float64(i.storage), elsewhere: i.elsewhere != 0}
	if i.rank > C.HX_RANK {
		return s, errors.New("it has more than eight axes")
	}
	total := uint64(1)
	for a := range int(i.rank) {
		n := uint64(i.dims[a])
		if n == 0 || n > 1<<31-1 || n > 1<<48/total {
			return s, errors.New("its size is not believable")
		}
		total *= n
		s.dims, s.chunk = append(s.dims, int(n)), append(s.chunk, int(uint64(i.chunk[a])))
	}
	return s, nil
}

// numbers reads the numbers of an attribute, nil where there are none or more than n.
func (f *file) numbers(object, name string, n int) []float64 {
	library.Lock()
	defer library.Unlock()
	o, a := C.CString(object), C.CString(name)
	defer C.free(unsafe.Pointer(o))
	defer C.free(unsafe.Pointer(a))
	out := make([]float64, n)
	have := int(C.hx_numbers(f.id, o, a, (*C.double)(unsafe.Pointer(&out[0])), C.int(n)))
	return out[:max(have, 0)]
}

// text reads the text of an attribute, "" where there is none.
func (f *file) text(object, name string) string {
	library.Lock()
	defer library.Unlock()
	o, a := C.CString(object), C.CString(name)
	defer C.free(unsafe.Pointer(o))
	defer C.free(unsafe.Pointer(a))
	var b [1 << 14]byte
	n := int(C.hx_text(f.id, o, a, (*C.char)(unsafe.Pointer(&b[0])), C.int(len(b))))
	return strings.TrimSpace(strings.ToValidUTF8(strings.TrimRight(string(b[:max(n, 0)]), "\x00"), "?"))
}

// data is an open data set.
type data struct{ id C.hid_t }

// open opens a data set that keeps cache bytes of decoded chunks.
func (f *file) open(path string, cache int) (*data, error) {
	library.Lock()
	defer library.Unlock()
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	var message text
	d := &data{C.hx_dataset(f.id, name, C.size_t(cache), &message[0])}
	if d.id < 0 {
		return nil, message.err()
	}
	return d, nil
}

func (d *data) close() {
	library.Lock()
	defer library.Unlock()
	C.hx_release(d.id)
}

// read decodes a box of samples of that kind and size into dst.
func (d *data) read(start, count []int, kind byte, size int, dst []byte) error {
	library.Lock()
	defer library.Unlock()
	var from, n [C.HX_RANK]C.uint64_t
	need := size
	for a := range start {
		from[a], n[a] = C.uint64_t(start[a]), C.uint64_t(count[a])
		need *= count[a]
	}
	if need != len(dst) {
		return errors.New("a box of another size than the memory for it")
	}
	var message text
	if C.hx_read(d.id, C.int(len(start)), &from[0], &n[0], C.char(kind), C.int(size), unsafe.Pointer(&dst[0]), &message[0]) < 0 {
		return message.err()
	}
	return nil
}
