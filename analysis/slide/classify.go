package slide

import (
	"math"
	"slices"
)

// Ink is black in all three channels; the darkest stain is not.
const (
	inkGrey  = 31  // brightest level of ink
	inkRatio = 1.6 // of its brightest to its darkest channel, at most
)

// classifier gives pixels their class under cuts[0] and counts them under every cut.
type classifier struct {
	*tables
	classes   int // that are measured
	rest, ink uint8
	radius    int   // of the smoothing, pixels
	spread    uint8 // of ink, grey levels
	cuts      []cut
	lo, hi    cut // of all cuts: most pixels lie outside and are the same under each
	out       *exclusions

	firstStructure uint8     // label value
	whole          [256]bool // label values of structures that hold whatever lies within them
}

func newClassifier(p Params, t *tables, out *exclusions, cuts []cut) *classifier {
	c := &classifier{
		tables: t, classes: len(p.measured()), rest: p.restValue(), ink: p.inkValue(), radius: p.SmoothPX, spread: uint8(p.InkSpread),
		out: out, cuts: cuts, lo: slices.Clone(cuts[0]), hi: slices.Clone(cuts[0]), firstStructure: p.unclassifiedValue() + 1,
	}
	for k, s := range structures {
		c.whole[int(c.firstStructure)+k] = s.whole
	}
	for i, k := range cuts {
		if i == cutHalf { // it is far from the others, and looked at by itself
			continue
		}
		for f := range k {
			c.lo[f], c.hi[f] = min(c.lo[f], k[f]), max(c.hi[f], k[f])
		}
	}
	return c
}

// shade finds out the class of a colour under the first cut, and whether it is dense: tissue or ink under some cut.
func (c *classifier) shade(colour uint32) (class uint8, dense bool) {
	r, g, b := channels(colour)
	switch tissue := c.functions[0].At(r, g, b); {
	case tissue < c.lo[0]:
		return glassValue, false
	case black(r, g, b, c.spread):
		return c.ink, true
	case tissue < c.cuts[0][0]:
		return glassValue, true
	}
	var room [maxFunctions]float32
	class, _ = c.under(c.cuts[0], c.values(r, g, b, room[:0]))
	return class, true
}

// maxFunctions is room for the functions of usual protocols; more are allowed.
const maxFunctions = 32

// values appends the values of all functions at a colour.
func (c *classifier) values(r, g, b uint8, v []float32) []float32 {
	for _, t := range c.functions {
		v = append(v, t.At(r, g, b))
	}
	return v
}

// count adds n pixels of a colour to what is counted.
func (c *classifier) count(colour uint32, n int64, s *census) {
	r, g, b := channels(colour)
	tissue := c.functions[0].At(r, g, b)
	if tissue < c.lo[0] {
		return
	}
	if black(r, g, b, c.spread) {
		s.ink += n
		return
	}
	var room [maxFunctions]float32
	if c.pixels(tissue, c.values(r, g, b, room[:0]), n, s) != glassValue {
		s.total += n * int64(3*tissue*fixedPoint)
		if c.residual != nil {
			s.residual += n * int64(math.Abs(float64(c.residual.At(r, g, b)))*fixedPoint)
		}
	}
}

// pixels counts n pixels of that density and the values v, and returns their class under the first cut.
func (c *classifier) pixels(tissue float32, v []float32, n int64, s *census) uint8 {
	if cutHalf < len(c.cuts) && tissue >= c.cuts[cutHalf][0] {
		half, amount := c.under(c.cuts[cutHalf], v)
		s.tallies[cutHalf].add(half, amount, n)
	}
	if tissue >= c.hi[0] {
		if class, amount, sure := c.sure(v); sure {
			s.all.add(class, amount, n)
			return class
		}
	}
	class := glassValue
	for k, t := range c.cuts {
		if k == cutHalf || tissue < t[0] {
			continue
		}
		under, amount := c.under(t, v)
		s.tallies[k].add(under, amount, n)
		if k == 0 {
			class = under
		}
	}
	return class
}

// sure is the class that a pixel has under every cut, if there is one.
func (c *classifier) sure(v []float32) (class uint8, amount float32, sure bool) {
	for i := range c.rules {
		r := &c.rules[i]
		yes, k := true, r.from
		for k < r.to {
			x := v[c.limits[k].function]
			if x < c.lo[k] {
				break
			}
			yes = yes && x >= c.hi[k]
			k++
		}
		if k < r.to {
			continue
		}
		return r.value, v[r.amount], yes
	}
	return c.rest, 0, true
}

// under is the class of a tissue pixel under one cut.
func (c *classifier) under(t cut, v []float32) (class uint8, amount float32) {
	for i := range c.rules {
		r := &c.rules[i]
		k := r.from
		for k < r.to && v[c.limits[k].function] >= t[k] {
			k++
		}
		if k == r.to {
			return r.value, v[r.amount]
		}
	}
	return c.rest, 0
}

// black reports a pixel as dark and neutral as ink; spread is by how many grey levels the channels of ink may
// differ whatever their ratio.
func black(r, g, b, spread uint8) bool {
	lo, hi := min(r, g, b), max(r, g, b)
	return hi <= inkGrey && (hi-lo <= spread || float64(hi)+1 <= inkRatio*(float64(lo)+1))
}
