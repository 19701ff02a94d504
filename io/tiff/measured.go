package tiff

import (
	"slices"

	"explant/io/microscope"
)

// measured completes what a description says about the size of a pixel. Where it says nothing, or only the
// dots per inch that any program writes, the text of an electron microscope in a tag of the page or
// beside the file counts more.
func measured(p *page, path string, s series) series {
	size := [2]int{p.w, p.h}
	f, ok := microscope.Tag(p.microscope, p.text, size)
	known := s.size.Size[0] > 0 && !s.size.Print
	if !ok && !known {
		f, ok = microscope.Sidecar(path, size)
	}
	if !ok {
		return s
	}
	s.personal = append(slices.Clip(s.personal), f.Personal...)
	if f.File != "" {
		s.beside = append(slices.Clip(s.beside), f.File)
	}
	switch {
	case known:
	case f.Statement.Size[0] > 0:
		if s.size.Size[2] > 0 {
			f.Statement.Size[2], f.Statement.UnitZ = s.size.Size[2], depthUnit(s)
		}
		s.size = f.Statement
	default:
		s.size.Notes = append(slices.Clip(s.size.Notes), f.Statement.Notes...)
	}
	return s
}

// depthUnit is the unit in which a description gives the distance between slices.
func depthUnit(s series) string {
	if s.size.UnitZ != "" {
		return s.size.UnitZ
	}
	return s.size.Unit
}
