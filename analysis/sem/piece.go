package sem

import (
	"cmp"
	"math"
	"slices"
)

// apartWidths is the least distance along a fibre of two places that are kept, in widths.
const apartWidths = 0.5

// A strand of a bundle has 0.4 to 0.75 of its width; the rim of a fibre is narrower.
const leastStrand, mostStrand = 0.4, 0.75

// distinct keeps one of the places that several scales found, the one whose fit leaves least, none that lies on a wider
// fibre along it (its rims are ridges too), and none across several fibres side by side. Each place then stands for a length that goes with its width.
func distinct(all []width) (out []width) {
	near := newCells(len(all), 1.5*mostWidth, func(i int) (x, y float64) { return all[i].x, all[i].y })
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(all[i].left, all[j].left) })
	taken, bundle := make([]bool, len(all)), make([]bool, len(all))
	for i, a := range all {
		near.each(a.x, a.y, func(j int) bool {
			b := all[j]
			if b.px < leastStrand*a.px || b.px > mostStrand*a.px || b.left > a.left || apart(a.angle, b.angle) > mostBent {
				return true
			}
			along, side := a.frame(b.x, b.y)
			bundle[i] = math.Abs(along) < a.px && math.Abs(side) > 0.12*a.px && math.Abs(side) < 0.5*a.px
			return !bundle[i]
		})
	}
	for _, i := range order {
		a, hidden := all[i], bundle[i]
		near.each(a.x, a.y, func(j int) bool {
			b := all[j]
			if j == i || bundle[j] || apart(a.angle, b.angle) > mostBent {
				return !hidden
			}
			along, side := b.frame(a.x, a.y)
			switch {
			case b.px > 1.3*a.px:
				hidden = math.Abs(side) < 0.6*b.px && math.Abs(along) < b.px && b.strength > 0.6*a.strength
			case taken[j]:
				hidden = math.Abs(side) < 0.4*b.px && math.Abs(along) < apartWidths*min(a.px, b.px)
			}
			return !hidden
		})
		taken[i] = !hidden
	}
	for i, a := range all {
		if taken[i] {
			a.length = 1.5 * apartWidths * a.px
			out = append(out, a)
		}
	}
	return out
}

// frame is a place along and beside a fibre, from its own place, px.
func (w width) frame(x, y float64) (along, side float64) {
	sin, cos := math.Sincos(w.angle)
	u, v := x-w.x, y-w.y
	return u*cos + v*sin, v*cos - u*sin
}

// single leaves out the ridges that have narrower ones of half their width along them on both sides: two fibres side by side.
func single(all []ridge) (out []ridge) {
	near := newCells(len(all), mostWidth, func(i int) (x, y float64) { return all[i].x, all[i].y })
	for _, a := range all {
		sin, cos := math.Sincos(a.angle)
		var sides [2]bool
		near.each(a.x, a.y, func(j int) bool {
			b := all[j]
			if b.half < 0.34*a.half || b.half > 0.62*a.half || b.strength < 0.5*a.strength || apart(a.angle, b.angle) > mostBent {
				return true
			}
			u, v := b.x-a.x, b.y-a.y
			off := (v*cos - u*sin) / a.half
			if math.Abs(u*cos+v*sin) < a.half && math.Abs(off) > 0.25 && math.Abs(off) < 0.8 {
				sides[0], sides[1] = sides[0] || off < 0, sides[1] || off > 0
			}
			return !sides[0] || !sides[1]
		})
		if !sides[0] || !sides[1] {
			out = append(out, a)
		}
	}
	return out
}

// What two places of one fibre have in common.
const (
	mostBent    = 0.25 // rad
	mostOffset  = 0.25 // of the middle, in widths
	mostThicker = 1.15 // of the widths
	mostGap     = 1.5  // along, in widths
)

// pieces joins the places that follow each other on one fibre, and leaves out what is shorter than it is wide, or than a
// fibre usually is: no more than a spot.
func pieces(all []width) (out []width) {
	all = trusted(all)
	of := newUnion(len(all))
	near := newCells(len(all), mostWidth, func(i int) (x, y float64) { return all[i].x, all[i].y })
	for i, a := range all {
		sin, cos := math.Sincos(a.angle)
		near.each(a.x, a.y, func(j int) bool {
			b := all[j]
			if j <= i || apart(a.angle, b.angle) > mostBent || max(a.px, b.px) > mostThicker*min(a.px, b.px) {
				return true
			}
			u, v := b.x-a.x, b.y-a.y
			if math.Abs(v*cos-u*sin) < mostOffset*a.px && math.Abs(u*cos+v*sin) < mostGap*a.px {
				of.join(i, j)
			}
			return true
		})
	}
	length := make([]float64, len(all))
	var d diameters
	for i, a := range all {
		length[of.root(i)] += a.length
		d.add(a.px, a.length)
	}
	usual := d.quantile(0.5)
	number := map[int]int{}
	for i, a := range all {
		root := of.root(i)
		if length[root] < max(a.px, usual) {
			continue
		}
		n, ok := number[root]
		if !ok {
			n = len(number)
			number[root] = n
		}
		a.fibre = n
		out = append(out, a)
	}
	return out
}

// What is wider than most fibres must look like one fibre: two side by side leave more of the model. What has much less contrast
// than the brightest tenth lies deep: its edges are in shadow, and it looks thinner (by a fifth in electrospun mats).
const (
	wideShare    = 1.3 // of the median
	mostLeftWide = 0.085
	deepShare    = 0.5
)

// trusted leaves out deep places, and wide ones whose profile is not that of one fibre.
func trusted(all []width) (out []width) {
	var d, contrast diameters
	for _, a := range all {
		d.add(a.px, a.length)
		contrast.add(a.contrast, a.length)
	}
	usual, least := d.quantile(0.5), deepShare*contrast.quantile(0.9)
	for _, a := range all {
		if a.contrast >= least && (a.px <= wideShare*usual || a.left <= mostLeftWide) {
			out = append(out, a)
		}
	}
	return out
}

// union is a forest of what belongs together.
type union []int

func newUnion(n int) union {
	u := make(union, n)
	for i := range u {
		u[i] = i
	}
	return u
}

func (u union) root(i int) int {
	for u[i] != i {
		u[i] = u[u[i]]
		i = u[i]
	}
	return i
}

func (u union) join(i, j int) {
	i, j = u.root(i), u.root(j)
	u[max(i, j)] = min(i, j)
}

// cells finds what is near a place.
type cells struct {
	side float64
	in   map[[2]int][]int
}

// newCells puts n places into squares of a side in px.
func newCells(n int, side float64, at func(i int) (x, y float64)) cells {
	c := cells{side, map[[2]int][]int{}}
	for i := range n {
		k := c.key(at(i))
		c.in[k] = append(c.in[k], i)
	}
	return c
}

func (c cells) key(x, y float64) [2]int {
	return [2]int{int(math.Floor(x / c.side)), int(math.Floor(y / c.side))}
}

// each calls f for all within side of a place, and some more, in a fixed order, until it returns false.
func (c cells) each(x, y float64, f func(i int) bool) {
	k := c.key(x, y)
	for v := -1; v <= 1; v++ {
		for u := -1; u <= 1; u++ {
			if slices.ContainsFunc(c.in[[2]int{k[0] + u, k[1] + v}], func(i int) bool { return !f(i) }) {
				return
			}
		}
	}
}
