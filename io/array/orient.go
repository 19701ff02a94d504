package array

import (
	"math"

	"explant/volume"
)

// Orient sets origin and axes of g in the frame of scanners and of DICOM: x to the left, y to the back,
// z to the head of a patient (LPS), in mm. directions are the vectors of one step along x, y and z, of
// any length above 0. Axes that are not at right angles make the spacing meaningless: it is withheld.
func Orient(g *volume.Grid, directions [3][3]float64, origin [3]float64) {
	if g.Calibration.Source == volume.Unknown {
		return
	}
	var axes [3][3]float64
	for a, v := range directions {
		n := math.Hypot(math.Hypot(v[0], v[1]), v[2])
		if !(n > 0) || math.IsInf(n, 0) {
			withhold(g, "the direction of an axis is missing")
			return
		}
		for k := range 3 {
			axes[a][k] = positive(v[k] / n)
		}
	}
	if !RightAngles(axes) {
		withhold(g, "the axes are not at right angles")
		return
	}
	g.Axes = axes
	for k, v := range origin {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			g.Origin[k] = positive(v)
		}
	}
}

// RightAngles reports unit vectors that are perpendicular to each other within 0.06 degrees.
func RightAngles(axes [3][3]float64) bool {
	for i := range 3 {
		a, b := axes[i], axes[(i+1)%3]
		if d := a[0]*b[0] + a[1]*b[1] + a[2]*b[2]; !(math.Abs(d) <= 1e-3) {
			return false
		}
	}
	return true
}

// positive drops the sign of a negative zero, which would be written as -0.
func positive(v float64) float64 {
	if v == 0 {
		return 0
	}
	return v
}

func withhold(g *volume.Grid, why string) {
	g.Spacing, g.Calibration.Source, g.Calibration.Withheld = [3]float64{}, volume.Unknown, why
}

// Axes are the axes of g, the identity where it has none.
func Axes(g volume.Grid) [3][3]float64 {
	if g.Axes == ([3][3]float64{}) {
		return [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}
	}
	return g.Axes
}

// Placed reports a grid that lies elsewhere than at the origin, or turned.
func Placed(g volume.Grid) bool {
	return g.Origin != [3]float64{} || Axes(g) != Axes(volume.Grid{})
}
