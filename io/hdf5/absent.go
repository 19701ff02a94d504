//go:build !hdf5

package hdf5

import (
	"context"
	"fmt"
	"path/filepath"

	"explant/io/imagefile"
)

// Open says that this program was built without the HDF5 library.
func Open(_ context.Context, path string) (imagefile.Reader, error) {
	file, _ := Split(path)
	return nil, fmt.Errorf("read %s: HDF5 is not read by this build: install libhdf5-dev and build with "+
		"`make build EXTRA_TAGS=hdf5`, or export the volume as TIFF, NRRD or OME-Zarr", filepath.Base(file))
}
