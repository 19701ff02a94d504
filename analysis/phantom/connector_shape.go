package phantom

import (
	"math"
	"slices"
)

// line is a length that changes linearly along the axis: at + slope·s, in mm.
type line struct{ at, slope float64 }

func (l line) of(s float64) float64 { return l.at + l.slope*s }

// through is the line through two points.
func through(s0, v0, s1, v1 float64) line {
	slope := (v1 - v0) / (s1 - s0)
	return line{v0 - slope*s0, slope}
}

// piece is a stretch of the axis in which every outline is a circle with linear radius and centre.
type piece struct {
	from, to     float64
	inner, outer line       // radii of the tube
	cx, cy       line       // centre of the tube
	body         bool       // a connector lies in the tube
	bore, skin   line       // radii of the connector
	off          [2]float64 // centre of its bore
	behind       uint8      // class of the space between connector and tube
}

// lumen is the outline of the blood's way through the middle at s.
func (p *piece) lumen(s float64) disc {
	if p.body {
		return disc{p.off[0], p.off[1], p.bore.of(s)}
	}
	return disc{p.cx.of(s), p.cy.of(s), p.inner.of(s)}
}

// knot is the tube at one place: inner radius and distance of its centre from the axis.
type knot struct{ s, radius, shift float64 }

// farMM is beyond any image.
const farMM = 1e4

// liftMM is how far before the tip the tube begins to widen.
const liftMM = 0.5

// pieces cuts the connector along the axis, in order and without gaps.
func (c Connector) pieces() []piece {
	tube, tip, neck, crest := c.TubeMM/2, c.TipMM/2, c.NeckMM/2, c.BarbMM/2
	b0, b1, g0, g1 := c.BarbsMM[0], c.BarbsMM[1], c.GapMM[0], c.GapMM[1]
	cone := b0 / 2                 // length of the second barb's cone; the first begins at the tip
	seal, seal2 := b0/2, b1-cone/2 // where the tube meets the cones
	drop := b0 + 0.1
	skin := []knot{{0, tip, 0}, {b0, crest, 0}, {drop, neck, 0}, {b1 - cone, neck, 0}, {b1, crest, 0}, {farMM, crest, 0}}
	wall := []knot{{-farMM, tube, c.TubeShiftMM}, {-liftMM, tube, c.TubeShiftMM}, {seal, (tip + crest) / 2, 0},
		{b0, crest, 0}, {seal2, (neck + crest) / 2, 0}, {b1, crest, 0}, {farMM, crest, 0}}
	bore := []knot{{0, c.BoreMM/2 + c.ChamferMM[0], 0}, {c.ChamferMM[1], c.BoreMM / 2, 0}, {farMM, c.BoreMM / 2, 0}}
	cuts := []float64{-farMM, farMM, 0, g0, g1}
	for _, outline := range [][]knot{skin, wall, bore} {
		for _, k := range outline {
			cuts = append(cuts, k.s)
		}
	}
	slices.Sort(cuts)
	cuts = slices.Compact(cuts)
	var all []piece
	for i, from := range cuts[:len(cuts)-1] {
		p := c.tubePiece(wall, from, cuts[i+1])
		if mid := (from + p.to) / 2; mid > 0 && (mid < g0 || mid > g1) {
			p.body, p.skin, p.bore = true, radiusOf(skin, from, p.to), radiusOf(bore, from, p.to)
			p.behind = classOutside
			if mid < seal {
				p.behind = classVoid
			}
			if mid > g1 {
				p.bore, p.off = line{at: c.SecondMM / 2}, polar(c.SecondOffMM, c.SecondOffDeg)
			}
		}
		all = append(all, p)
	}
	return all
}

// tubePiece is the tube between two places: what it loses in thickness where it is stretched, it keeps in
// cross-section at both ends.
func (c Connector) tubePiece(wall []knot, from, to float64) piece {
	p := piece{from: from, to: to, inner: radiusOf(wall, from, to)}
	free, full := c.TubeMM/2, c.TubeMM/2+c.WallMM
	outer := func(s float64) float64 { r := p.inner.of(s); return math.Sqrt(r*r + full*full - free*free) }
	p.outer = through(from, outer(from), to, outer(to))
	k, next := stretch(wall, from, to)
	shift, way := through(k.s, k.shift, next.s, next.shift), polar(1, c.TubeShiftDeg)
	p.cx, p.cy = line{way[0] * shift.at, way[0] * shift.slope}, line{way[1] * shift.at, way[1] * shift.slope}
	return p
}

// stretch gives the neighbouring knots about an interval that no knot divides.
func stretch(all []knot, from, to float64) (knot, knot) {
	i := 1
	for i < len(all)-1 && all[i].s <= (from+to)/2 {
		i++
	}
	return all[i-1], all[i]
}

func radiusOf(all []knot, from, to float64) line {
	a, b := stretch(all, from, to)
	return through(a.s, a.radius, b.s, b.radius)
}

func polar(r, deg float64) [2]float64 {
	sin, cos := math.Sincos(deg * math.Pi / 180)
	return [2]float64{r * cos, r * sin}
}
