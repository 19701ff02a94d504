package vgstudio

import (
	"errors"
	"fmt"

	"explant/io/calibration"
)

// parseXTekCT reads the settings of a reconstruction by Nikon's CT Pro, whose lengths are in millimetres.
func parseXTekCT(file string) (d described, err error) {
	all, err := readSections(file)
	if err != nil {
		return d, err
	}
	s := find(all, "xtekct")
	if s == nil {
		return d, errors.New("it has no section [XTekCT]")
	}
	var voxels []float64
	d.size = calibration.Statement{Field: "Nikon VoxelSizeX", Unit: "mm"}
	for a, axis := range []string{"x", "y", "z"} {
		n, err := s.numbers("voxels"+axis, 1)
		if err != nil {
			return d, err
		}
		mm, err := s.numbers("voxelsize"+axis, 1)
		if err != nil {
			return d, err
		}
		voxels = append(voxels, n...)
		if len(mm) > 0 {
			d.size.Size[a] = mm[0]
		}
	}
	if d.n, err = size(voxels); err != nil {
		return d, fmt.Errorf("section [XTekCT]: %w: was the volume reconstructed?", err)
	}
	return d, nil
}
