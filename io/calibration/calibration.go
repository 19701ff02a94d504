// Package calibration decides which voxel sizes can be believed.
//
// Headers lie: 72 dpi is what an editor writes when nobody said anything, a spacing of 1 is a
// default, and a unit may be spelt in twenty ways or be missing. A [Statement] is what a header
// says; [Statement.Apply] gives it to a grid when it is plausible, and otherwise leaves the spacing
// at 0 with the reason, until a person states the size ([ParseSpacing], [Override]).
package calibration

import (
	"fmt"
	"math"
	"slices"

	"explant/volume"
)

// Plausible sizes of a voxel.
const (
	largestField = 0.05 // mm; a pixel of a slide or microscope field is smaller
	largest      = 10.  // mm; no scanner has larger voxels
	smallest     = 1e-7 // mm; an atom
)

// Statement is what a header says about the size of a voxel, before anyone believes it.
type Statement struct {
	Field string     // where it stands: "TIFF XResolution", "OME PhysicalSizeX"
	Size  [3]float64 // one voxel along x, y, z in Unit; 0 where nothing is stated
	Unit  string     // as spelt in the header
	UnitZ string     // when z has a unit of its own
	Print bool       // the field is one that print and screen programs fill with their dots per inch
	Notes []string   // warnings to keep

	// Relative is the relative standard uncertainty of the size, where the header shows one: by how
	// coarsely it is rounded. 0 says that nothing is known.
	Relative float64
}

// Apply sets the spacing of g from the statement, axis by axis, and records it in g.Calibration.
// What is not plausible stays 0 with the reason in Withheld; a 2D grid has no spacing along z.
func (s Statement) Apply(g *volume.Grid) {
	g.Spacing = [3]float64{}
	g.Calibration = volume.Calibration{Source: volume.Unknown, Field: s.Field, Warnings: slices.Clone(s.Notes)}
	c := &g.Calibration
	if s.silent(g.N[2]) {
		c.Field, c.Withheld = "", "the file states no voxel size"
		return
	}
	mm, why := s.millimetres(g.N[2])
	c.Stated = mm
	if why == "" {
		why = s.doubt(mm, g.N[2])
	}
	if why != "" {
		c.Withheld = why
		return
	}
	g.Spacing, c.Source, c.Relative = mm, volume.Header, s.Relative
	s.note(g)
}

func (s Statement) silent(nz int) bool {
	return s.Size[0] == 0 && s.Size[1] == 0 && (nz <= 1 || s.Size[2] == 0)
}

// millimetres converts the statement, or says why it cannot.
func (s Statement) millimetres(nz int) (mm [3]float64, why string) {
	for a, v := range s.Size {
		unit := s.Unit
		if a == 2 && s.UnitZ != "" {
			unit = s.UnitZ
		}
		if a == 2 && nz <= 1 || v == 0 {
			continue
		}
		if math.IsNaN(v) || math.IsInf(v, 0) || v < 0 {
			return [3]float64{}, fmt.Sprintf("size %g along %c is not a length", v, "xyz"[a])
		}
		f, ok := PerUnit(unit)
		if !ok {
			return [3]float64{}, fmt.Sprintf("size %.6g has %s", v, unitName(unit))
		}
		if mm[a] = v * f; math.IsInf(mm[a], 0) {
			return [3]float64{}, fmt.Sprintf("size %g along %c is not a length", v, "xyz"[a])
		}
	}
	return mm, ""
}

func unitName(unit string) string {
	switch n := normal(unit); n {
	case "":
		return "no unit"
	case "pixel", "pixels", "px", "voxel", "voxels":
		return "the unit pixel"
	}
	return fmt.Sprintf("the unknown unit %.40q", unit)
}

// doubt says why the size cannot be true, or nothing.
func (s Statement) doubt(mm [3]float64, nz int) string {
	if mm[0] == 0 || mm[1] == 0 {
		return "the size in the plane is incomplete"
	}
	if dpi, ok := printDensity(mm[0]); ok && s.Print {
		return fmt.Sprintf("%g dots per inch is a default of screens and printers", dpi)
	}
	if mm[0] == 1 && mm[1] == 1 && (mm[2] == 1 || mm[2] == 0) {
		return "exactly 1 mm is a default of programs"
	}
	for a, v := range mm {
		switch {
		case v == 0:
		case v > largest, v < smallest:
			return fmt.Sprintf("%.6g mm along %c is not a voxel size", v, "xyz"[a])
		case nz <= 1 && v > largestField:
			return fmt.Sprintf("%.6g µm is too large for a slide or a microscope field", v*1000)
		}
	}
	return ""
}

// note adds the warnings of a statement that is believed.
func (s Statement) note(g *volume.Grid) {
	c, mm := &g.Calibration, g.Spacing
	if g.N[2] > 1 && mm[2] == 0 {
		c.Withheld = "the distance between slices is not stated"
	}
	if math.Abs(mm[0]-mm[1]) > 0.01*mm[0] {
		c.Warnings = append(c.Warnings, fmt.Sprintf("pixels are not square: %.6g x %.6g µm", mm[0]*1000, mm[1]*1000))
	}
	if s.Size[0] == 1 && s.Size[1] == 1 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("a size of exactly 1 %s: check that it was measured", s.Unit))
	}
}

// densities are dots per inch that programs write when nobody measured anything.
var densities = []float64{72, 75, 90, 96, 100, 120, 144, 150, 180, 200, 240, 250, 300, 350, 360, 400, 600, 720, 1200}

// printDensity reports a pixel size that is a usual density of screens or printers, within 0.1 %:
// 28.34 pixels per centimetre is 72 dpi cut short. Fields for whole numbers hold 28 and 38 a centimetre for
// 72 and 96 dpi.
func printDensity(mm float64) (dpi float64, ok bool) {
	for _, d := range densities {
		if math.Abs(25.4/mm-d) < 1e-3*d {
			return d, true
		}
	}
	perCM := 10 / mm
	for _, d := range []float64{72, 96} {
		if math.Abs(perCM-math.Round(perCM)) < 1e-9*perCM && math.Abs(perCM-d/2.54) < 1 {
			return d, true
		}
	}
	return 0, false
}

// Rounding is the relative standard uncertainty of a length that was rounded to whole units: that of
// a uniform distribution from half a unit below to half a unit above (JCGM 100:2008, 4.3.7).
func Rounding(units float64) float64 {
	if !(units > 0) {
		return 0
	}
	return 0.5 / math.Sqrt(3) / units
}

// Override replaces the spacing of g by what a person typed; field says where ("--spacing"). What the
// header said stays in Stated, and a difference of more than 1 % becomes a warning. z of 0 leaves the
// spacing along z as it is.
func Override(g *volume.Grid, mm [3]float64, field string) {
	old := g.Calibration
	c := volume.Calibration{Source: volume.Typed, Field: field, Stated: old.Stated}
	for a, v := range mm {
		if v == 0 {
			continue
		}
		if h := g.Spacing[a]; h > 0 && math.Abs(h-v) > 0.01*h {
			c.Warnings = append(c.Warnings, fmt.Sprintf("%s along %c is %.6g µm, but the file says %.6g µm", field, "xyz"[a], v*1000, h*1000))
		}
		g.Spacing[a] = v
	}
	if g.N[2] <= 1 {
		g.Spacing[2] = 0
	} else if g.Spacing[2] == 0 {
		c.Withheld = "the distance between slices is not stated"
	}
	g.Calibration = c
}
