package stain

import (
	"errors"
	"math"
)

// ErrSingular is returned for stains that lie in one plane or on one line: no amounts can be told.
var ErrSingular = errors.New("stain directions are not independent")

// Unmixing turns optical densities into amounts. Row k holds the weights of red, green and blue for stain
// k of the profile, so that amount k is the scalar product of row k and the density. With two stains, row
// 2 gives the residual.
type Unmixing [3][3]float64

// Directions are the unit vectors of the three stains, the third being the normalised cross product of the
// first two when the profile has only two.
func (p Profile) Directions() [3][3]float64 {
	var d [3][3]float64
	for i, s := range p.Stains {
		d[i] = s.OD
	}
	if len(p.Stains) == 2 {
		d[2] = cross(d[0], d[1])
		if n := norm(d[2]); n > 0 {
			d[2] = [3]float64{d[2][0] / n, d[2][1] / n, d[2][2] / n}
		}
	}
	return d
}

// Unmixing inverts the directions: density = sum of amounts x directions. It returns ErrSingular when two
// stains have the same direction or three lie in a plane.
//
// Source: Ruifrok and Johnston, Anal Quant Cytol Histol 23(4):291-299, 2001.
func (p Profile) Unmixing() (Unmixing, error) {
	d := p.Directions()
	rows := [3][3]float64{cross(d[1], d[2]), cross(d[2], d[0]), cross(d[0], d[1])}
	det := dot(d[0], rows[0])
	if !(math.Abs(det) > 1e-6) {
		return Unmixing{}, ErrSingular
	}
	for i := range rows {
		for j := range rows[i] {
			rows[i][j] /= det
		}
	}
	return rows, nil
}

// Amounts are the optical densities that each stain contributes, from the density in red, green and blue.
func (u Unmixing) Amounts(od [3]float64) [3]float64 {
	return [3]float64{dot(u[0], od), dot(u[1], od), dot(u[2], od)}
}

// Compose is the density in red, green and blue of the given amounts: the inverse of [Unmixing.Amounts].
func (p Profile) Compose(amounts [3]float64) [3]float64 {
	var od [3]float64
	for k, d := range p.Directions() {
		for c := range od {
			od[c] += amounts[k] * d[c]
		}
	}
	return od
}

func dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func norm(a [3]float64) float64 { return math.Sqrt(dot(a, a)) }

func cross(a, b [3]float64) [3]float64 {
	return [3]float64{a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}
}

// Angle is the angle between two directions in degrees.
func Angle(a, b [3]float64) float64 {
	return math.Atan2(norm(cross(a, b)), dot(a, b)) * 180 / math.Pi
}
