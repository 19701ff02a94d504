package openslide

// #cgo pkg-config: openslide libtiff-4
// #include <stdlib.h>
// #include <openslide.h>
// #include <tiffio.h>
//
// // quiet keeps libtiff below OpenSlide from writing to standard error; OpenSlide gives its own messages.
// static void quiet(void)
// {
// 	TIFFSetErrorHandler(NULL);
// 	TIFFSetWarningHandler(NULL);
// }
import "C"

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"unsafe"
)

// errUnknown is returned for a file that the installed OpenSlide does not know.
var errUnknown = errors.New("OpenSlide does not know it")

var silence = sync.OnceFunc(func() { C.quiet() })

// version is that of the installed library, such as "3.4.1".
func version() string { return C.GoString(C.openslide_get_version()) }

// handle is one open slide. It may be used from several goroutines at once, but an error spoils it for all.
type handle struct {
	c     *C.openslide_t
	users int // reads under way, guarded by the reader
}

func openHandle(path string) (*handle, error) {
	silence()
	name := C.CString(path)
	defer C.free(unsafe.Pointer(name))
	c := C.openslide_open(name)
	if c == nil {
		return nil, errUnknown
	}
	h := &handle{c: c}
	if err := h.err(); err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

func (h *handle) close() { C.openslide_close(h.c) }

// err is what went wrong first with this handle.
func (h *handle) err() error {
	if s := C.openslide_get_error(h.c); s != nil {
		return errors.New(clean(C.GoString(s)))
	}
	return nil
}

// clean keeps a message on one short line whatever a file smuggles into it.
func clean(s string) string {
	b := []byte(curly.Replace(s[:min(len(s), 300)]))
	for i, c := range b {
		if c < 0x20 || c >= 0x7f {
			b[i] = '?'
		}
	}
	return string(b)
}

var curly = strings.NewReplacer("“", `"`, "”", `"`) // of messages about key files

// levels is the number of resolutions.
func (h *handle) levels() int { return int(C.openslide_get_level_count(h.c)) }

// size is the width and the height of a level in pixels, and how many of level 0 one of its pixels covers in
// each direction; -1 where the file is damaged.
func (h *handle) size(level int) (w, hh int64, downsample float64) {
	var cw, ch C.int64_t
	C.openslide_get_level_dimensions(h.c, C.int32_t(level), &cw, &ch)
	return int64(cw), int64(ch), float64(C.openslide_get_level_downsample(h.c, C.int32_t(level)))
}

// property is the text of a property; false where the slide has none of this name.
func (h *handle) property(name string) (string, bool) {
	n := C.CString(name)
	defer C.free(unsafe.Pointer(n))
	v := C.openslide_get_property_value(h.c, n)
	if v == nil {
		return "", false
	}
	return strings.TrimSpace(C.GoString(v)), true
}

// properties are the names of all properties, sorted.
func (h *handle) properties() []string { return list(C.openslide_get_property_names(h.c)) }

// pictures are the names of the pictures beside the slide, sorted: "label", "macro", "thumbnail".
func (h *handle) pictures() []string { return list(C.openslide_get_associated_image_names(h.c)) }

// list copies an array of strings that ends with a null.
func list(a **C.char) (names []string) {
	if a == nil {
		return nil
	}
	for p := unsafe.Pointer(a); *(**C.char)(p) != nil; p = unsafe.Add(p, unsafe.Sizeof(a)) {
		names = append(names, clean(C.GoString(*(**C.char)(p))))
	}
	slices.Sort(names)
	return names
}

// read decodes w x hh pixels of a level into dst, as premultiplied alpha, red, green and blue from the highest
// byte down. x and y count pixels of level 0.
func (h *handle) read(level int, x, y int64, w, hh int, dst []uint32) error {
	C.openslide_read_region(h.c, (*C.uint32_t)(unsafe.Pointer(&dst[0])), C.int64_t(x), C.int64_t(y), C.int32_t(level), C.int64_t(w), C.int64_t(hh))
	return h.err()
}
