package slide

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"explant/volume/parallel"
)

// Values of the label image.
const (
	glassValue uint8 = iota
	otherValue
	positiveValue
	inkValue
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

// tally counts pixels under one set of thresholds.
type tally struct {
	tissue, positive int64
	od               []int64 // amounts of the stain in positive pixels
}

func newTally() tally { return tally{od: make([]int64, odBins)} }

func (a *tally) merge(b *tally) {
	a.tissue += b.tissue
	a.positive += b.positive
	for i, n := range b.od {
		a.od[i] += n
	}
}

// census is what the second pass counts: one tally a set of thresholds, and what depends on none.
type census struct {
	tallies         []tally
	pixels, ink     int64
	residual, total int64 // sums over tissue of residual and of all density, x fixedPoint
}

func (a *census) merge(b *census) {
	for i := range a.tallies {
		a.tallies[i].merge(&b.tallies[i])
	}
	a.pixels, a.ink = a.pixels+b.pixels, a.ink+b.ink
	a.residual, a.total = a.residual+b.residual, a.total+b.total
}

// classifier gives pixels their class under cuts[0] and counts them under every cut.
type classifier struct {
	*tables
	cuts   []cut
	lo, hi cut // of all cuts: most pixels lie outside and are the same under each
}

func newClassifier(t *tables, cuts []cut) *classifier {
	c := &classifier{tables: t, cuts: cuts, lo: cuts[0], hi: cuts[0]}
	for _, k := range cuts {
		for f := range k {
			c.lo[f], c.hi[f] = min(c.lo[f], k[f]), max(c.hi[f], k[f])
		}
	}
	return c
}

func (c *classifier) newCensus() census {
	s := census{tallies: make([]tally, len(c.cuts))}
	for i := range s.tallies {
		s.tallies[i] = newTally()
	}
	return s
}

// buffers hold one row of the five functions.
type buffers struct{ tissue, positive, share, pure, residual []float32 }

func newBuffers(n int) *buffers {
	return &buffers{make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n), make([]float32, n)}
}

// row classifies one row of pixels. Counts that are the same under all cuts go to all.
func (c *classifier) row(rgb []uint8, labels []uint8, b *buffers, s *census, all *tally) {
	n := len(labels)
	c.tissue.Map(b.tissue[:n], rgb)
	c.positive.Map(b.positive[:n], rgb)
	c.share.Map(b.share[:n], rgb)
	c.pure.Map(b.pure[:n], rgb)
	if c.residual != nil {
		c.residual.Map(b.residual[:n], rgb)
	}
	for i := range labels {
		v := cut{b.tissue[i], b.positive[i], b.share[i], b.pure[i]}
		switch {
		case v[0] < c.lo[0]:
			labels[i] = glassValue
			continue
		case black(rgb[3*i], rgb[3*i+1], rgb[3*i+2]):
			labels[i] = inkValue
			s.ink++
			continue
		case v[0] < c.hi[0]:
			labels[i] = c.vary(&v, s)
		case !c.lo.positive(&v):
			labels[i] = otherValue
			all.tissue++
		case c.hi.positive(&v):
			labels[i] = positiveValue
			all.tissue++
			all.positive++
			all.od[odBin(v[1])]++
		default:
			labels[i] = c.vary(&v, s)
		}
		if labels[i] != glassValue {
			s.total += int64(3 * v[0] * fixedPoint)
			s.residual += int64(math.Abs(float64(b.residual[i])) * fixedPoint)
		}
	}
	s.pixels += int64(n)
}

// vary counts a pixel near a threshold under each cut, and returns its class under the first.
func (c *classifier) vary(v *cut, s *census) uint8 {
	class := glassValue
	for k := range c.cuts {
		t := &c.cuts[k]
		if v[0] < t[0] {
			continue
		}
		s.tallies[k].tissue++
		positive := t.positive(v)
		if positive {
			s.tallies[k].positive++
			s.tallies[k].od[odBin(v[1])]++
		}
		if k == 0 {
			class = otherValue
			if positive {
				class = positiveValue
			}
		}
	}
	return class
}

// black reports a pixel as dark and neutral as ink.
func black(r, g, b uint8) bool {
	lo, hi := min(r, g, b), max(r, g, b)
	return hi <= inkGrey && float64(hi)+1 <= inkRatio*(float64(lo)+1)
}

// run is the second pass: it classifies every tile, hands the labels to sink in row-major order and
// returns the counts.
func (c *classifier) run(ctx context.Context, t tiling, radius int, o parallel.Options, prog parallel.Progress, sink Sink) (census, error) {
	sum := c.newCensus()
	prog.Stage("classes", t.count())
	for first := 0; first < t.count(); first += inFlight {
		n := min(inFlight, t.count()-first)
		labels := make([][]uint8, n)
		var mu sync.Mutex
		err := parallel.Each(ctx, n, o, prog, func(ctx context.Context, i int) error {
			part, err := c.tile(ctx, t, first+i, radius, &labels[i])
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

func (c *classifier) tile(ctx context.Context, t tiling, i, radius int, labels *[]uint8) (*census, error) {
	r := t.rect(i)
	px, err := t.smooth(ctx, r, radius)
	if err != nil {
		return nil, err
	}
	n, b, s, all := r.Dx(), newBuffers(r.Dx()), c.newCensus(), newTally()
	out := make([]uint8, n*r.Dy())
	for row := range slices.Chunk(out, n) {
		c.row(px[:3*n], row, b, &s, &all)
		px = px[3*n:]
	}
	for k := range s.tallies {
		s.tallies[k].merge(&all)
	}
	*labels = out
	return &s, nil
}
