package stain

import (
	"errors"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
)

// ErrFew is returned where too few stained pixels are given to tell the directions of stains.
var ErrFew = errors.New("too few stained pixels to tell the directions of the stains")

// FewPixels is how many stained pixels an estimate wants at least.
const FewPixels = 300

// extremePercent is the share of pixels beyond each of the two directions that Macenko takes for outliers.
const extremePercent = 1.0

// Macenko estimates the directions of two stains from the optical densities of stained pixels: in the plane of
// the largest spread of the densities, the directions that leave 1 % of the pixels beyond each. The first is the
// one with the larger share of red density: haematoxylin before eosin or DAB. Components that noise makes
// negative are set to 0. It returns ErrFew for fewer than [FewPixels] pixels, and ErrSingular where all densities
// have one direction.
//
// Source: Macenko et al., A method for normalizing histology slides for quantitative analysis, ISBI 2009,
// 1107-1110, doi:10.1109/ISBI.2009.5193250.
func Macenko(ods [][3]float64) ([2][3]float64, error) {
	var found [2][3]float64
	if len(ods) < FewPixels {
		return found, ErrFew
	}
	plane, err := principal(ods)
	if err != nil {
		return found, err
	}
	angles := make([]float64, len(ods))
	for i, od := range ods {
		angles[i] = math.Atan2(dot(od, plane[1]), dot(od, plane[0]))
	}
	slices.Sort(angles)
	skip := int(extremePercent / 100 * float64(len(angles)))
	for k, a := range []float64{angles[skip], angles[len(angles)-1-skip]} {
		sin, cos := math.Sincos(a)
		for c := range 3 {
			found[k][c] = max(cos*plane[0][c]+sin*plane[1][c], 0)
		}
		if found[k], err = unit(found[k]); err != nil {
			return found, err
		}
	}
	if found[0][0] < found[1][0] {
		found[0], found[1] = found[1], found[0]
	}
	return found, nil
}

// principal are the two directions of the largest second moments of the densities, the first turned to where
// densities are positive.
func principal(ods [][3]float64) (plane [2][3]float64, err error) {
	moments := mat.NewSymDense(3, nil)
	for _, od := range ods {
		for i := range 3 {
			for j := i; j < 3; j++ {
				moments.SetSym(i, j, moments.At(i, j)+od[i]*od[j])
			}
		}
	}
	var e mat.EigenSym
	if !e.Factorize(moments, true) {
		return plane, ErrSingular
	}
	values := e.Values(nil) // rising
	if !(values[1] > 1e-12*values[2]) {
		return plane, ErrSingular
	}
	var v mat.Dense
	e.VectorsTo(&v)
	for c := range 3 {
		plane[0][c], plane[1][c] = v.At(c, 2), v.At(c, 1)
	}
	if plane[0][0]+plane[0][1]+plane[0][2] < 0 {
		plane[0] = [3]float64{-plane[0][0], -plane[0][1], -plane[0][2]}
	}
	if plane[1][0] < 0 { // the sign is free; a fixed one keeps the bytes
		plane[1] = [3]float64{-plane[1][0], -plane[1][1], -plane[1][2]}
	}
	return plane, nil
}

// unit scales a direction to length 1; a vector without length is ErrSingular.
func unit(v [3]float64) ([3]float64, error) {
	n := norm(v)
	if !(n > 0) {
		return v, ErrSingular
	}
	return [3]float64{v[0] / n, v[1] / n, v[2] / n}, nil
}
