package stain

import (
	"math"
	"slices"
)

// A pixel tells the direction of a stain when its own direction is near: within farDeg of where the search
// begins, then within nearDeg of the mean of those.
const (
	farDeg     = 8.0
	nearDeg    = 5.0
	restRounds = 12
)

// Rest is where the directions of stained pixels crowd near a direction: the mean of those within 8 degrees of
// from, then of those within 5 degrees of that mean, until it rests (a mean shift on the sphere of directions),
// and how many pixels are near it. It is the colour of what takes up most of a stain, which is near the dye's
// own. Fewer than [FewPixels] pixels end it at once where it began.
//
// Source: Cheng, IEEE Trans. Pattern Anal. Mach. Intell. 17(8):790-799, 1995, doi:10.1109/34.400568.
func Rest(ods [][3]float64, from [3]float64) (od [3]float64, n int) {
	od = from
	for round := range restRounds {
		within := nearDeg
		if round == 0 {
			within = farDeg
		}
		var sum [3]float64
		if sum, n = near(ods, od, within); n < FewPixels {
			return from, n
		}
		next, err := unit([3]float64{max(sum[0], 0), max(sum[1], 0), max(sum[2], 0)}) // a stain does not add light
		if err != nil {
			return from, n
		}
		if round > 0 && next == od { // the same pixels are near: it rests
			break
		}
		od = next
	}
	return od, n
}

// near sums the densities within an angle in degrees of a direction of unit length, and counts them.
func near(ods [][3]float64, d [3]float64, within float64) (sum [3]float64, n int) {
	least := math.Cos(within * math.Pi / 180)
	for _, v := range ods {
		if dot(v, d) >= least*norm(v) {
			sum = [3]float64{sum[0] + v[0], sum[1] + v[1], sum[2] + v[2]}
			n++
		}
	}
	return sum, n
}

// Share is the share, 0 to 1, of the pixels whose direction is within an angle in degrees of d.
func Share(ods [][3]float64, d [3]float64, within float64) float64 {
	if len(ods) == 0 {
		return 0
	}
	_, n := near(ods, d, within)
	return float64(n) / float64(len(ods))
}

// ShareOfAny is the share, 0 to 1, of the pixels whose direction is within an angle in degrees of one of the
// profile's colours or, with two stains, of a mixture of them.
func ShareOfAny(ods [][3]float64, p Profile, within float64) float64 {
	if len(ods) == 0 {
		return 1
	}
	var colours [][3]float64
	for _, s := range slices.Concat(p.Stains, p.Also) {
		colours = append(colours, s.OD)
	}
	if len(p.Stains) == 2 {
		colours = append(colours, mixedColours(p.Stains[0].OD, p.Stains[1].OD)...)
	}
	n, least := 0, math.Cos(within*math.Pi/180)
	for _, v := range ods {
		length := norm(v)
		if slices.ContainsFunc(colours, func(d [3]float64) bool { return dot(v, d) >= least*length }) {
			n++
		}
	}
	return float64(n) / float64(len(ods))
}

// mixedColours are the directions of mixtures of two stains, at most a sixth of their angle apart.
func mixedColours(a, b [3]float64) (all [][3]float64) {
	const parts = 6
	for k := 1; k < parts; k++ {
		f := float64(k) / parts
		od, err := unit([3]float64{(1-f)*a[0] + f*b[0], (1-f)*a[1] + f*b[1], (1-f)*a[2] + f*b[2]})
		if err == nil {
			all = append(all, od)
		}
	}
	return all
}
