package volume

import (
	"strings"
	"unsafe"
)

// Unset returns a volume on g whose voxels hold anything, for readers that write each of them. To clear a
// large volume first, on one thread and page by page, takes longer than to read it from the page cache.
func Unset[T Voxel](g Grid) *Volume[T] {
	n := g.Len()
	if n == 0 {
		return New[T](g)
	}
	var b strings.Builder // the only way to memory that the runtime has not cleared
	b.Grow(n * int(unsafe.Sizeof(*new(T))))
	b.WriteByte(0)
	data := unsafe.Slice((*T)(unsafe.Pointer(unsafe.StringData(b.String()))), n)
	preferHugePages(data)
	return &Volume[T]{Grid: g, Data: data}
}
