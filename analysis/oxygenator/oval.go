package oxygenator

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// outline is how a radius changes about the fibre: its shift (first harmonic) and ovality (second),
// as factors of cos a, sin a, cos 2a, sin 2a, in voxels.
type outline [4]float64

const (
	mostOutline  = 0.15 // of the outer radius that a harmonic may reach
	outlineSteps = 3
	outlinePull  = 0.02 // weight of a round tube against what the sectors say
)

// at is the change of the radius in the direction of (a, b) at distance d from the axis.
func (o *outline) at(a, b, d float64) float64 {
	if d < 1e-9 {
		return 0
	}
	c, s := a/d, b/d
	return o[0]*c + o[1]*s + o[2]*(c*c-s*s) + 2*o[3]*c*s
}

// sectorAt is at in the middle of a sector of the profile.
func (o *outline) sectorAt(k int) float64 {
	s, c := math.Sincos(2 * math.Pi * (float64(k) + 0.5) / sectors)
	return o.at(c, s, 1)
}

// fitOutlines fits the harmonics of both radii to the profile's sectors.
func (f *fibre) fitOutlines(lv levels) {
	for range outlineSteps {
		var inner, outer harmonics
		for k := range sectors {
			f.sectorFit(k, lv, &inner, &outer)
		}
		inner.apply(&f.innerShape, f.outer)
		outer.apply(&f.outerShape, f.outer)
	}
}

// sectorFit adds what one sector says about its two radii: Gauss-Newton for the two together, each
// entered with the weight that is left to it.
func (f *fibre) sectorFit(k int, lv levels, inner, outer *harmonics) {
	ri, ro := f.inner+f.innerShape.sectorAt(k), f.outer+f.outerShape.sectorAt(k)
	var aa, ab, bb, ea, eb float64
	contrast := lv.polymer - lv.air
	for b := range bins {
		n := f.profile.n[k][b]
		if n == 0 {
			continue
		}
		d := center(b)
		e := f.profile.sum[k][b]/n - lv.air - contrast*disc(d, ro, lv.sigma) - (f.content-contrast)*disc(d, ri, lv.sigma)
		ji, jo := (f.content-contrast)*slope(d, ri, lv.sigma), contrast*slope(d, ro, lv.sigma)
		aa, ab, bb = aa+n*ji*ji, ab+n*ji*jo, bb+n*jo*jo
		ea, eb = ea+n*ji*e, eb+n*jo*e
	}
	det := aa*bb - ab*ab
	if !(det > 1e-9*aa*bb) {
		return
	}
	inner.add(k, (ea*bb-eb*ab)/det, det/bb)
	outer.add(k, (eb*aa-ea*ab)/det, det/aa)
}

// harmonics are normal equations of an outline.
type harmonics struct {
	a [4][4]float64
	b [4]float64
	w float64
}

func (h *harmonics) add(sector int, shift, weight float64) {
	s, c := math.Sincos(2 * math.Pi * (float64(sector) + 0.5) / sectors)
	j := [4]float64{c, s, c*c - s*s, 2 * c * s}
	shift = bound(shift, -1, 1)
	for i := range j {
		h.b[i] += weight * j[i] * shift
		for k := range j {
			h.a[i][k] += weight * j[i] * j[k]
		}
	}
	h.w += weight
}

// apply moves o by the solution. Sectors that face no air say nothing about the outer radius: a weak
// pull to a round tube keeps the harmonics where they are not seen.
func (h *harmonics) apply(o *outline, outer float64) {
	if h.w == 0 {
		return
	}
	pull := h.w * outlinePull
	a, b := mat.NewSymDense(4, nil), mat.NewVecDense(4, nil)
	for i := range 4 {
		for k := i; k < 4; k++ {
			a.SetSym(i, k, h.a[i][k])
		}
		a.SetSym(i, i, h.a[i][i]+pull)
		b.SetVec(i, h.b[i]-pull*o[i])
	}
	var chol mat.Cholesky
	var x mat.VecDense
	if !chol.Factorize(a) || chol.SolveVecTo(&x, b) != nil {
		return
	}
	for i := range o {
		o[i] = bound(o[i]+x.AtVec(i), -mostOutline*outer, mostOutline*outer)
	}
}
