package nrrd

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"explant/io/array"
	"explant/io/calibration"
	"explant/volume"
)

// spaces are the anatomical spaces and the signs that turn them into left-posterior-superior, the
// frame of scanners and of DICOM.
var spaces = map[string][3]float64{
	"left-posterior-superior": {1, 1, 1}, "lps": {1, 1, 1},
	"right-anterior-superior": {-1, -1, 1}, "ras": {-1, -1, 1},
	"left-anterior-superior": {1, -1, 1}, "las": {1, -1, 1},
}

func (h *header) setGeometry(field, value string) (err error) {
	switch field {
	case "space":
		h.space, h.spaceDim = strings.ToLower(value), 3
	case "space directions":
		h.directions, err = vectors(value)
	case "space origin":
		v, err := vectors(value)
		if err != nil || len(v) != 1 || v[0] == nil {
			return fmt.Errorf("%.60q is not one vector", value)
		}
		h.origin = *v[0]
	case "spacings":
		for _, s := range strings.Fields(value) {
			v, err := strconv.ParseFloat(s, 64)
			if err != nil {
				return fmt.Errorf("%.40q is not a number", s)
			}
			h.spacings = append(h.spacings, v)
		}
	case "units":
		h.units = quoted(value)
	case "space units":
		h.spaceUnits = quoted(value)
	case "kinds":
		h.kinds = strings.Fields(strings.ToLower(value))
	}
	return err // other fields say nothing that is used here
}

// vectors reads "(1,0,0) none (0,1,0)"; vectors of two numbers get a third of 0.
func vectors(s string) (out []*[3]float64, err error) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if rest, ok := strings.CutPrefix(s, "none"); ok {
			out, s = append(out, nil), rest
			continue
		}
		end := strings.IndexByte(s, ')')
		if s[0] != '(' || end < 0 {
			return nil, errors.New("a vector is not written as (x,y,z)")
		}
		var v [3]float64
		parts := strings.Split(s[1:end], ",")
		if len(parts) > 3 {
			return nil, errors.New("vectors of more than three numbers are not read")
		}
		for i, p := range parts {
			if v[i], err = strconv.ParseFloat(strings.TrimSpace(p), 64); err != nil || math.IsNaN(v[i]) || math.IsInf(v[i], 0) {
				return nil, fmt.Errorf("%.40q is not a number", p)
			}
		}
		out, s = append(out, &v), s[end+1:]
	}
	return out, nil
}

// quoted reads "mm" "mm" "" and also bare words.
func quoted(s string) (out []string) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		if s[0] == '"' {
			if end := strings.IndexByte(s[1:], '"'); end >= 0 {
				out, s = append(out, s[1:end+1]), s[end+2:]
				continue
			}
		}
		word, rest, _ := strings.Cut(s, " ")
		out, s = append(out, strings.Trim(word, `"`)), rest
	}
	return out
}

// place finds which axis holds the components of a voxel (-1 for none) and the spatial axes.
func (h *header) place() (component int, spatial []int, err error) {
	component = -1
	for a := range h.sizes {
		if h.domain(a) {
			spatial = append(spatial, a)
			continue
		}
		if component >= 0 {
			return 0, nil, errors.New("two axes that are not spatial are not read")
		}
		component = a
	}
	switch {
	case len(spatial) < 2 || len(spatial) > 3:
		return 0, nil, fmt.Errorf("%d spatial axes are not an image", len(spatial))
	case component > 0 && component != len(h.sizes)-1:
		return 0, nil, errors.New("components between the spatial axes are not read")
	case component >= 0 && h.sizes[component] > 64:
		return 0, nil, fmt.Errorf("%d components a voxel are not read", h.sizes[component])
	}
	return component, spatial, nil
}

// domain reports a spatial axis. Where neither kinds nor directions speak, four axes have their
// components first when these are few.
func (h *header) domain(a int) bool {
	switch {
	case len(h.kinds) > 0 && h.kinds[a] != "???" && h.kinds[a] != "none":
		return h.kinds[a] == "domain" || h.kinds[a] == "space"
	case len(h.directions) > 0:
		return h.directions[a] != nil
	}
	return len(h.sizes) < 4 || a != 0
}

// grid places the voxels. Sizes are in mm only when a unit says so, or when an anatomical space does
// so by the convention of ITK and Slicer.
func (h *header) grid(spatial []int) volume.Grid {
	g := volume.Grid{N: [3]int{1, 1, 1}}
	s := calibration.Statement{}
	for i, a := range spatial {
		g.N[i] = h.sizes[a]
		size, unit := h.size(a, i, &s)
		if i == 2 {
			s.UnitZ = unit
		} else if i == 1 && unit != s.Unit {
			s.Unit = strings.TrimSpace(s.Unit + " and " + unit)
		} else {
			s.Unit = unit
		}
		s.Size[i] = size
	}
	s.Apply(&g)
	h.orient(&g, spatial)
	return g
}

// size is the distance of neighbours along axis a, spatial axis i, with its unit.
func (h *header) size(a, i int, s *calibration.Statement) (size float64, unit string) {
	if len(h.directions) == 0 || h.directions[a] == nil {
		if len(h.spacings) > 0 && !math.IsNaN(h.spacings[a]) {
			s.Field, size = "NRRD spacings", math.Abs(h.spacings[a])
		}
		if len(h.units) > 0 {
			unit = h.units[a]
		}
		return size, unit
	}
	s.Field, size = "NRRD space directions", norm(*h.directions[a])
	if i < len(h.spaceUnits) {
		return size, h.spaceUnits[i]
	}
	if _, ok := spaces[h.space]; ok {
		if len(s.Notes) == 0 {
			s.Notes = append(s.Notes, fmt.Sprintf("no unit is stated; space %q means mm by convention", h.space))
		}
		unit = "mm"
	}
	return size, unit
}

// orient sets origin and axes in the left-posterior-superior frame, and withholds the spacing of axes
// that are not at right angles.
func (h *header) orient(g *volume.Grid, spatial []int) {
	sign, ok := spaces[h.space]
	if !ok {
		sign = [3]float64{1, 1, 1}
	}
	if len(h.directions) == 0 || g.Calibration.Source == volume.Unknown {
		return
	}
	mm := g.Spacing[0] / norm(*h.directions[spatial[0]])
	var axes [3][3]float64
	var origin [3]float64
	for i, a := range spatial {
		for k := range 3 {
			axes[i][k] = sign[k] * h.directions[a][k]
		}
	}
	if len(spatial) == 2 {
		axes[2] = cross(axes[0], axes[1])
	}
	for k := range 3 {
		origin[k] = sign[k] * h.origin[k] * mm
	}
	array.Orient(g, axes, origin)
}

func norm(v [3]float64) float64 { return math.Sqrt(v[0]*v[0] + v[1]*v[1] + v[2]*v[2]) }

func cross(a, b [3]float64) [3]float64 {
	return [3]float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}
