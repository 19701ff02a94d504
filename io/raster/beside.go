package raster

import (
	"slices"

	"explant/io/calibration"
	"explant/io/imagefile"
	"explant/io/microscope"
)

// beside gives what is stated of the size of a pixel once the text that an electron microscope may have
// written beside the picture is read: its size where there is one, else its notes added to s. stored is
// the size of the picture before it is turned. What else the text says goes into i.
func beside(path string, stored [2]int, s calibration.Statement, i *imagefile.Info) calibration.Statement {
	f, ok := microscope.Sidecar(path, stored)
	if !ok {
		return s
	}
	i.Identifiers, i.Beside = append(i.Identifiers, f.Personal...), []string{f.File}
	if f.Statement.Size[0] > 0 {
		return f.Statement
	}
	s.Notes = append(slices.Clip(s.Notes), f.Statement.Notes...)
	return s
}
