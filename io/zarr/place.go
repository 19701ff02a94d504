package zarr

import (
	"fmt"
	"math"
	"strings"

	"explant/io/calibration"
	"explant/volume"
)

// affine is scale and translation along each axis of an array.
type affine struct {
	scale, shift []float64
	why          string // why the scale is not known
}

// transforms applies first those of a level, then those of the pyramid.
func (m *multiscale) transforms(level, dims int) affine {
	a := affine{scale: make([]float64, dims), shift: make([]float64, dims)}
	for i := range a.scale {
		a.scale[i] = 1
	}
	scaled := false
	for _, list := range [][]transform{m.Datasets[level].Transforms, m.Transforms} {
		for _, t := range list {
			switch {
			case t.Type == "identity":
			case t.Path != "":
				a.why = fmt.Sprintf("its %.40s lies in an array of its own, which is not read", t.Type)
			case t.Type == "scale" && len(t.Scale) == dims:
				scaled = true
				for i, v := range t.Scale {
					a.scale[i], a.shift[i] = a.scale[i]*v, a.shift[i]*v
				}
			case t.Type == "translation" && len(t.Translation) == dims:
				for i, v := range t.Translation {
					a.shift[i] += v
				}
			case t.Type == "scale" || t.Type == "translation":
				a.why = fmt.Sprintf("its %s has %d numbers for %d axes", t.Type, len(t.Scale)+len(t.Translation), dims)
			default:
				a.why = fmt.Sprintf("a coordinate transformation of type %.40q is not read", t.Type)
			}
		}
	}
	if !scaled {
		clear(a.scale)
	}
	return a
}

// calibrate sets spacing and origin of g.
func (a affine) calibrate(g *volume.Grid, axes []axis, r roles) {
	s := calibration.Statement{Field: "OME-Zarr scale"}
	if a.why == "" {
		s.Size, s.Unit, s.UnitZ = a.statement(axes, r)
	}
	s.Apply(g)
	if a.why != "" {
		g.Calibration.Field, g.Calibration.Withheld = s.Field, a.why
	}
	for k, role := range [3]int{axisX, axisY, axisZ} {
		i := r.of[role]
		if i < 0 || g.Spacing[k] == 0 {
			continue
		}
		per, _ := calibration.PerUnit(axes[i].Unit)
		if v := a.shift[i] * per; v != 0 && !math.IsInf(v, 0) && !math.IsNaN(v) {
			g.Origin[k] = v
		}
	}
}

// statement is the size of a voxel with its units; y is told in the unit of x where both are known.
func (a affine) statement(axes []axis, r roles) (size [3]float64, unit, unitZ string) {
	x, y := r.of[axisX], r.of[axisY]
	size[0], size[1], unit = a.scale[x], a.scale[y], axes[x].Unit
	px, okx := calibration.PerUnit(axes[x].Unit)
	py, oky := calibration.PerUnit(axes[y].Unit)
	switch {
	case okx && oky && px != py:
		size[1] *= py / px
	case okx != oky:
		unit = strings.TrimSpace(fmt.Sprintf("x in %.40s, y in %.40s", axes[x].Unit, axes[y].Unit))
	}
	if z := r.of[axisZ]; z >= 0 {
		if size[2], unitZ = a.scale[z], axes[z].Unit; unitZ == "" {
			unitZ = " " // not that of x
		}
	}
	return size, unit, unitZ
}
