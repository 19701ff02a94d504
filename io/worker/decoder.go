package worker

import (
	"context"
	"fmt"

	"explant/io/dicom"
	"explant/io/hdf5"
	"explant/io/imagefile"
	"explant/io/openslide"
	"explant/io/raster"
	"explant/io/tiff"
)

// Decoder names a reader that decodes with C code.
type Decoder string

// The decoders that a worker has, by the format they read.
const (
	DICOM     Decoder = "dicom" // files and folders
	HDF5      Decoder = "hdf5"  // a file, or a data set in it: FILE:/PATH
	OpenSlide Decoder = "openslide"
	TIFF      Decoder = "tiff"
	Raster    Decoder = "raster" // PNG and JPEG
)

// InProcess opens a file in this process, without the protection of a worker.
func InProcess(ctx context.Context, d Decoder, path string) (imagefile.Reader, error) {
	switch d {
	case DICOM:
		return reader(dicom.Open(ctx, path))
	case HDF5:
		return hdf5.Open(ctx, path)
	case TIFF:
		return reader(tiff.Open(ctx, path))
	case OpenSlide:
		return reader(openslide.Open(ctx, path))
	case Raster:
		return reader(raster.Open(path))
	}
	return nil, fmt.Errorf("no decoder %q", d)
}

// file is the file or the folder that path names.
func (d Decoder) file(path string) string {
	if d == HDF5 {
		path, _ = hdf5.Split(path)
	}
	return path
}

// reader keeps a nil pointer of a failed opening from becoming a reader that is not nil.
func reader[R imagefile.Reader](r R, err error) (imagefile.Reader, error) {
	if err != nil {
		return nil, err
	}
	return r, nil
}
