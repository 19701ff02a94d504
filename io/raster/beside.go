package raster

import (
	"slices"

	"explant/io/calibration"
	"explant/io/microscope"
)

// beside gives what is stated of the size of a pixel once the text that an electron microscope may have
// written beside the picture is read: its size where there is one, else its notes added to s. stored is
// the size of the picture before it is turned.
func beside(path string, stored [2]int, s calibration.Statement) (calibration.Statement, []string) {
	f, ok := microscope.Sidecar(path, stored)
	switch {
	case !ok:
	case f.Statement.Size[0] > 0:
		s = f.Statement
	default:
		s.Notes = append(slices.Clip(s.Notes), f.Statement.Notes...)
	}
	return s, f.Personal
}
