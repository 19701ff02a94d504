// Package hdf5 reads volumes and pictures from HDF5 files: NeXus and tomography files, Imaris .ims,
// exports of ilastik and of Fiji's HDF5 plugin, and any other file with one array of samples.
//
// It needs the HDF5 library and is built with the tag hdf5 only; without it, [Open] says so. The binding is
// this project's own and thin: gonum's reads neither attributes of groups, where Imaris keeps its sizes, nor
// texts of attributes within the bounds of its memory, and is not maintained. The library is C, so that a
// program opens files through package worker.
package hdf5

import (
	"bytes"
	"os"
	"strings"
)

// Is reports a file that begins with head as HDF5.
func Is(head []byte) bool { return bytes.HasPrefix(head, []byte("\x89HDF\r\n\x1a\n")) }

// Split divides the path of a file from that of a data set in it, which a colon and a slash join:
// scan.h5:/entry/data. dataset is "" where none is named.
func Split(path string) (file, dataset string) {
	if _, err := os.Stat(path); err == nil {
		return path, ""
	}
	if i := strings.LastIndex(path, ":/"); i > 0 && strings.IndexByte(path[:i], '.') >= 0 {
		return path[:i], path[i+1:]
	}
	return path, ""
}
