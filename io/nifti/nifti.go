// Package nifti reads and writes NIfTI-1 and NIfTI-2 files: .nii, .nii.gz and pairs of .hdr and .img.
//
// Voxel sizes are pixdim in the unit of xyzt_units; without a unit nothing is assumed. The sform, or the
// qform where the sform does more than place the voxels, gives origin and axes, turned from NIfTI's
// right-anterior-superior frame into the left-posterior-superior one of scanners and DICOM. Values that
// scl_slope and scl_inter scale are given scaled, as float32, with a warning; of several volumes the first
// is read.
//
// Source: https://nifti.nimh.nih.gov/nifti-1 and https://nifti.nimh.nih.gov/nifti-2.
package nifti

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"

	"explant/io/array"
	"explant/io/imagefile"
)

// Open reads the header of a NIfTI file, or of the pair that an .hdr or .img file belongs to; no sample
// is decoded.
func Open(path string) (*array.Reader, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read NIfTI %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(path string) (*array.Reader, error) {
	h, packed, err := load(HeaderFile(path))
	if err != nil {
		return nil, err
	}
	part := array.Part{Path: HeaderFile(path), At: int64(h.offset)}
	if !h.single {
		part.Path = twin(part.Path, "hdr", "img")
		packed = strings.HasSuffix(strings.ToLower(part.Path), ".gz")
	}
	if packed {
		part = array.Part{Path: part.Path, Skip: part.At, Unpack: array.Inflate}
	}
	info := imagefile.Info{Format: "NIfTI-1"}
	if h.size == size2 {
		info.Format = "NIfTI-2"
	}
	volumes := int64(0)
	if info.Grid.N, volumes = h.grid(); volumes > 1 {
		info.Warnings = append(info.Warnings, fmt.Sprintf("only the first of %d volumes is read", volumes))
	}
	if h.database {
		info.Identifiers = []string{"NIfTI db_name"}
	}
	l, err := h.layout(&info)
	if err != nil {
		return nil, err
	}
	h.place(&info.Grid)
	return array.New(path, info, l, part)
}

// HeaderFile is the file that holds the header of path: the .hdr file of an .img file, otherwise path.
func HeaderFile(path string) string { return twin(path, "img", "hdr") }

// twin changes the ending of one half of a pair into that of the other, in the same case.
func twin(path, from, to string) string {
	base, gz := path, ""
	if strings.HasSuffix(strings.ToLower(path), ".gz") {
		base, gz = path[:len(path)-3], path[len(path)-3:]
	}
	ext := filepath.Ext(base)
	if !strings.EqualFold(ext, "."+from) {
		return path
	}
	if ext == strings.ToUpper(ext) {
		to = strings.ToUpper(to)
	}
	return base[:len(base)-len(ext)] + "." + to + gz
}

// load reads the header of a file, compressed or not.
func load(path string) (h *header, packed bool, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	if z, err := gzip.NewReader(f); err == nil {
		h, err = readHeader(z)
		return h, true, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, false, err
	}
	h, err = readHeader(f)
	return h, false, err
}
