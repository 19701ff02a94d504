package phantom

import (
	"math"
	"slices"
)

// disc is a circle and what lies in it, in mm.
type disc struct{ x, y, r float64 }

// contains reports whether a point lies in d, its rim included.
func (d disc) contains(x, y float64) bool {
	return (x-d.x)*(x-d.x)+(y-d.y)*(y-d.y) <= d.r*d.r
}

// ray is the distance from a point inside d to its rim in a direction, in rad.
func (d disc) ray(x, y, angle float64) float64 {
	sin, cos := math.Sincos(angle)
	px, py := x-d.x, y-d.y
	along := px*cos + py*sin
	return -along + math.Sqrt(max(along*along-px*px-py*py+d.r*d.r, 0))
}

// shared describes what discs have in common, a convex region bounded by arcs.
type shared struct {
	area, perimeter float64
	arc             []float64 // of each disc: the angle of its rim that bounds the region, in rad
}

// intersect gives the exact intersection of discs: on each rim the arcs between crossings that lie in all
// other discs, and the area by Green's theorem over them.
func intersect(discs ...disc) shared {
	s := shared{arc: make([]float64, len(discs))}
	for i, d := range discs {
		if slices.Contains(discs[:i], d) {
			continue // bounds once
		}
		cuts := crossings(discs, i)
		for k, from := range cuts {
			to := cuts[(k+1)%len(cuts)]
			if to <= from {
				to += 2 * math.Pi
			}
			if inAll(discs, i, (from+to)/2) {
				s.arc[i] += to - from
				s.area += d.sweep(from, to)
			}
		}
		s.perimeter += d.r * s.arc[i]
	}
	return s
}

// crossings are the angles on rim i at which another rim crosses it, ascending; at least one.
func crossings(discs []disc, i int) []float64 {
	d, cuts := discs[i], []float64{0}
	for j, o := range discs {
		apart := math.Hypot(o.x-d.x, o.y-d.y)
		if j == i || apart == 0 {
			continue
		}
		cos := (apart*apart + d.r*d.r - o.r*o.r) / (2 * apart * d.r)
		if cos <= -1 || cos >= 1 {
			continue
		}
		towards, half := math.Atan2(o.y-d.y, o.x-d.x), math.Acos(cos)
		for _, a := range []float64{towards - half, towards + half} {
			cuts = append(cuts, math.Mod(a+4*math.Pi, 2*math.Pi))
		}
	}
	slices.Sort(cuts)
	return slices.Compact(cuts)
}

// inAll reports whether the point of rim i at angle lies in every other disc. Touching rims count as in:
// rounding must not open a region.
func inAll(discs []disc, i int, angle float64) bool {
	d := discs[i]
	sin, cos := math.Sincos(angle)
	for j, o := range discs {
		if j != i && o != d && math.Hypot(d.x+d.r*cos-o.x, d.y+d.r*sin-o.y) > o.r*(1+1e-12) {
			return false
		}
	}
	return true
}

// sweep is the part of Green's integral ½∮(x dy - y dx) over the arc of d between two angles.
func (d disc) sweep(from, to float64) float64 {
	s0, c0 := math.Sincos(from)
	s1, c1 := math.Sincos(to)
	return d.r / 2 * (d.r*(to-from) + d.x*(s1-s0) - d.y*(c1-c0))
}
