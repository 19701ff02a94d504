//go:build !hdf5

package hdf5

import (
	"strings"
	"testing"
)

func TestBuildWithoutTheLibrary(t *testing.T) {
	_, err := Open(t.Context(), "/scans/scan.h5:/entry/data")
	if err == nil || !strings.HasPrefix(err.Error(), "read scan.h5: HDF5 is not read by this build: install libhdf5-dev") {
		t.Error(err)
	}
}
