package volume

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// hugePage is the size of a huge page on amd64 and arm64.
const hugePage = 2 << 20

// preferHugePages asks the system to back a large slice with huge pages: its first writing then faults
// once in 2 MiB and not once in 4 KiB, which took longer than to read a stack of slices from the page
// cache. Only speed depends on it, so that a refusal needs no word.
func preferHugePages[T Voxel](data []T) {
	if len(data) == 0 {
		return
	}
	start := uintptr(unsafe.Pointer(&data[0]))
	end := start + uintptr(len(data))*unsafe.Sizeof(data[0])
	skip := (hugePage - start%hugePage) % hugePage
	if start+skip+hugePage > end {
		return
	}
	n := (end - start - skip) / hugePage * hugePage
	_ = unix.Madvise(unsafe.Slice((*byte)(unsafe.Add(unsafe.Pointer(&data[0]), skip)), n), unix.MADV_HUGEPAGE)
}
