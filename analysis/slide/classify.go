package slide

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"explant/volume/parallel"
)

// Ink is black in all three channels; the darkest stain is not.
const (
	inkGrey  = 31  // brightest level of ink
	inkRatio = 1.6 // of its brightest to its darkest channel, at most
)

// inFlight is how many tiles are classified before their labels are handed on in order.
const inFlight = 64

// fixedPoint makes sums of densities exact integers.
const fixedPoint = 4096

// tally counts pixels under one set of thresholds: all tissue, the pixels of each label value, and the
// amounts of each measured class in its pixels, by label value less the first.
type tally struct {
	tissue int64
	pixels []int64
	od     [][]int64
}

func newTally(classes int) tally {
	a := tally{pixels: make([]int64, classes+int(firstValue)+2), od: make([][]int64, classes)}
	for i := range a.od {
		a.od[i] = make([]int64, odBins)
	}
	return a
}

func (a *tally) merge(b *tally) {
	a.tissue += b.tissue
	for i, n := range b.pixels {
		a.pixels[i] += n
	}
	for k := range b.od {
		for i, n := range b.od[k] {
			a.od[k][i] += n
		}
	}
}

// add counts a tissue pixel of a class with its amount.
func (a *tally) add(class uint8, amount float32) {
	a.tissue++
	a.pixels[class]++
	if k := int(class) - int(firstValue); k >= 0 && k < len(a.od) {
		a.od[k][odBin(amount)]++
	}
}

// census is what the second pass counts: one tally a set of thresholds, and what depends on none.
type census struct {
	tallies         []tally
	pixels, ink     int64
	structures      []int64 // pixels of each excluded class
	surrounded      surrounded
	nuclei          int
	countedNuclei   bool
	section         int64 // pixels within the outline of the section
	residual, total int64 // sums over tissue of residual and of all density, x fixedPoint
}

func (a *census) merge(b *census) {
	for i := range a.tallies {
		a.tallies[i].merge(&b.tallies[i])
	}
	a.pixels, a.ink = a.pixels+b.pixels, a.ink+b.ink
	for k, n := range b.structures {
		a.structures[k] += n
	}
	a.residual, a.total = a.residual+b.residual, a.total+b.total
}

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

func (c *classifier) newCensus() census {
	s := census{tallies: make([]tally, len(c.cuts)), structures: make([]int64, len(structures))}
	for i := range s.tallies {
		s.tallies[i] = newTally(c.classes)
	}
	return s
}

// buffers hold what a row has of tissue: the pixels, where they are, their density and their values.
type buffers struct {
	rgb      []uint8
	at       []int
	tissue   []float32
	values   [][]float32 // by function
	residual []float32
	v        []float32 // of one pixel
	out      []uint8   // label values of what is excluded, 0 elsewhere
}

func (c *classifier) newBuffers(n int) *buffers {
	b := &buffers{
		rgb: make([]uint8, 0, 3*n), at: make([]int, 0, n), tissue: make([]float32, n),
		values: make([][]float32, len(c.functions)), residual: make([]float32, n), v: make([]float32, len(c.functions)), out: make([]uint8, n),
	}
	for f := range b.values {
		b.values[f] = make([]float32, n)
	}
	return b
}

// row classifies one row of pixels. Counts that are the same under all cuts go to all.
func (c *classifier) row(rgb, labels []uint8, b *buffers, s *census, all *tally) {
	c.compact(rgb, labels, b, s)
	n := len(b.at)
	for f, t := range c.functions {
		t.Map(b.values[f][:n], b.rgb)
	}
	if c.residual != nil {
		c.residual.Map(b.residual[:n], b.rgb)
	}
	for i, x := range b.at {
		for f := range b.v {
			b.v[f] = b.values[f][i]
		}
		labels[x] = c.pixel(b.tissue[i], b.v, s, all)
		if labels[x] != glassValue {
			s.total += int64(3 * b.tissue[i] * fixedPoint)
			s.residual += int64(math.Abs(float64(b.residual[i])) * fixedPoint)
		}
	}
	s.pixels += int64(len(labels))
}

// compact gathers the pixels that are tissue under some cut; the others get their labels.
func (c *classifier) compact(rgb, labels []uint8, b *buffers, s *census) {
	b.rgb, b.at = b.rgb[:0], b.at[:0]
	tissue := b.tissue[:len(labels)]
	c.functions[0].Map(tissue, rgb)
	for x, v := range tissue {
		switch {
		case b.out[x] != 0 && (v >= c.lo[0] || c.whole[b.out[x]]):
			labels[x] = b.out[x]
			if k := int(b.out[x]) - int(c.firstStructure); k >= 0 {
				s.structures[k]++
			} else {
				s.ink++
			}
		case v < c.lo[0]:
			labels[x] = glassValue
		case black(rgb[3*x], rgb[3*x+1], rgb[3*x+2], c.spread):
			labels[x] = c.ink
			s.ink++
		default:
			tissue[len(b.at)] = v // never behind x
			b.rgb = append(b.rgb, rgb[3*x:3*x+3]...)
			b.at = append(b.at, x)
		}
	}
}

// pixel counts a pixel of that density and the values v, and returns its class under the first cut.
func (c *classifier) pixel(tissue float32, v []float32, s *census, all *tally) uint8 {
	if cutHalf < len(c.cuts) && tissue >= c.cuts[cutHalf][0] {
		half, amount := c.under(c.cuts[cutHalf], v)
		s.tallies[cutHalf].add(half, amount)
	}
	if tissue >= c.hi[0] {
		if class, amount, sure := c.sure(v); sure {
			all.add(class, amount)
			return class
		}
	}
	class := glassValue
	for k, t := range c.cuts {
		if k == cutHalf || tissue < t[0] {
			continue
		}
		under, amount := c.under(t, v)
		s.tallies[k].add(under, amount)
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

// run is the second pass: it classifies every tile, hands the labels to sink in row-major order and
// returns the counts.
func (c *classifier) run(ctx context.Context, t tiling, o parallel.Options, prog parallel.Progress, sink Sink) (census, error) {
	sum := c.newCensus()
	prog.Stage("classes", t.count())
	for first := 0; first < t.count(); first += inFlight {
		n := min(inFlight, t.count()-first)
		labels := make([][]uint8, n)
		var mu sync.Mutex
		err := parallel.Each(ctx, n, o, prog, func(ctx context.Context, i int) error {
			part, err := c.tile(ctx, t, first+i, &labels[i])
			if err != nil {
				return err
			}
			mu.Lock() // integers: the order of the sums does not matter
			defer mu.Unlock()
			sum.merge(part)
			return nil
		})
		if err != nil {
			return sum, err
		}
		for i, l := range labels {
			if err := sink(t.rect(first+i), l); err != nil {
				return sum, fmt.Errorf("take labels of %v: %w", t.rect(first+i), err)
			}
		}
	}
	return sum, nil
}

func (c *classifier) tile(ctx context.Context, t tiling, i int, labels *[]uint8) (*census, error) {
	r := t.rect(i)
	n, b, s, all := r.Dx(), c.newBuffers(r.Dx()), c.newCensus(), newTally(c.classes)
	out, y := make([]uint8, n*r.Dy()), r.Min.Y
	near := c.out.near(r)
	err := t.smooth(ctx, r, c.radius, func(px []uint8) error {
		for row := range slices.Chunk(out, n) {
			near.row(r.Min.X, y, b.out)
			y++
			c.row(px[:3*n], row, b, &s, &all)
			px = px[3*n:]
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for k := range s.tallies {
		if k != cutHalf {
			s.tallies[k].merge(&all)
		}
	}
	*labels = out
	return &s, nil
}
