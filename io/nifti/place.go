package nifti

import (
	"fmt"
	"math"

	"explant/io/array"
	"explant/io/calibration"
	"explant/volume"
)

// units are the units of length of xyzt_units.
var units = map[int]string{0: "", 1: "m", 2: "mm", 3: "µm"}

// place sets spacing, origin and axes of g.
func (h *header) place(g *volume.Grid) {
	unit, ok := units[h.units&7]
	if !ok {
		unit = fmt.Sprintf("code %d", h.units&7)
	}
	s := calibration.Statement{Field: "NIfTI pixdim", Unit: unit}
	for a := range min(int(h.dim[0]), 3) {
		s.Size[a] = h.pixdim[a+1]
	}
	directions, origin, found, note, why := h.transform(g.N[2])
	if note != "" {
		s.Notes = append(s.Notes, note)
	}
	s.Apply(g)
	if g.Calibration.Source == volume.Unknown || !found {
		return
	}
	if why != "" {
		g.Spacing, g.Calibration.Source, g.Calibration.Withheld = [3]float64{}, volume.Unknown, why
		return
	}
	mm, _ := calibration.PerUnit(unit)
	sign := [3]float64{-1, -1, 1} // right-anterior-superior to left-posterior-superior
	for a := range 3 {
		for k := range 3 {
			directions[a][k] *= sign[k]
		}
		origin[a] *= sign[a] * mm
	}
	array.Orient(g, directions, origin)
}

// transform chooses between the two transforms of the format: the sform when it only turns, shifts and
// scales the voxels by pixdim, otherwise the qform. found is false when there is neither; why says that
// the sform, alone, contradicts pixdim.
func (h *header) transform(nz int) (directions [3][3]float64, origin [3]float64, found bool, note, why string) {
	if h.sform > 0 {
		directions, origin = h.affine(nz)
		rigid := array.RightAngles(units3(directions))
		agrees := h.agrees(directions, nz)
		switch {
		case rigid && agrees:
			return directions, origin, true, "", ""
		case h.qform > 0:
			note = "the sform does more than turn and shift the voxels; the qform is used"
		case !agrees:
			return directions, origin, true, "", "pixdim and the sform state different voxel sizes"
		default:
			return directions, origin, true, "", ""
		}
	}
	if h.qform > 0 {
		return h.rotation(), h.qoffset, true, note, ""
	}
	return directions, origin, false, "", ""
}

// affine is the sform: the steps along x, y and z, and the place of the first voxel.
func (h *header) affine(nz int) (d [3][3]float64, origin [3]float64) {
	for k := range 3 {
		for a := range 3 {
			d[a][k] = h.srow[k][a]
		}
		origin[k] = h.srow[k][3]
	}
	if nz <= 1 {
		d[2] = cross(d[0], d[1])
	}
	return d, origin
}

// agrees reports steps as long as pixdim says, within 1 %.
func (h *header) agrees(d [3][3]float64, nz int) bool {
	for a := range 3 {
		if a == 2 && nz <= 1 {
			continue
		}
		if p := h.pixdim[a+1]; !(math.Abs(norm(d[a])-p) <= 0.01*p) {
			return false
		}
	}
	return true
}

// rotation is the qform: the matrix of its quaternion, with z mirrored where pixdim[0] is negative.
func (h *header) rotation() [3][3]float64 {
	b, c, d := h.quatern[0], h.quatern[1], h.quatern[2]
	a := math.Sqrt(max(0, 1-b*b-c*c-d*d))
	if l := math.Sqrt(a*a + b*b + c*c + d*d); l > 0 {
		a, b, c, d = a/l, b/l, c/l, d/l
	}
	z := 1.
	if h.pixdim[0] < 0 {
		z = -1
	}
	return [3][3]float64{ // columns of the matrix: the directions of x, y, z
		{a*a + b*b - c*c - d*d, 2 * (b*c + a*d), 2 * (b*d - a*c)},
		{2 * (b*c - a*d), a*a + c*c - b*b - d*d, 2 * (c*d + a*b)},
		{z * 2 * (b*d + a*c), z * 2 * (c*d - a*b), z * (a*a + d*d - b*b - c*c)},
	}
}

func units3(d [3][3]float64) [3][3]float64 {
	for a := range 3 {
		n := norm(d[a])
		for k := range 3 {
			d[a][k] /= n
		}
	}
	return d
}

func norm(v [3]float64) float64 { return math.Hypot(math.Hypot(v[0], v[1]), v[2]) }

func cross(a, b [3]float64) [3]float64 {
	return [3]float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}
