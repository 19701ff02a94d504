package micrograph

import (
	"context"
	"math"

	"explant/analysis/phantom/grain"
	"explant/volume/parallel"
)

// semSums count the samples of a band by class, and the fibres' by layer.
type semSums struct {
	class [semClasses]int64
	layer []int64
}

// hit is the uppermost surface over a sample.
type hit struct {
	height, sine float32
	thing        uint16 // number from 1; 0: the ground
}

// paint looks down on the field, band by band.
func (c *semScene) paint(ctx context.Context, o parallel.Options, prog parallel.Progress) (*relief, []semSums, error) {
	o.Depth, o.Halo = bandRows, 0
	n, rows := c.W*c.H, c.FieldH()
	r := &relief{make([]float32, n), make([]float32, n), make([]uint8, n), make([]uint16, n)}
	sums := make([]semSums, o.Count(rows))
	prog.Stage("draw fibres", rows)
	err := parallel.Slabs(ctx, rows, o, prog, func(ctx context.Context, b parallel.Slab) error {
		hits := make([]hit, c.W*(b.Z1-b.Z0)*allSamples)
		for i, t := range c.things {
			if i&255 == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			c.cast(hits, uint16(i+1), t, b.Z0, b.Z1)
		}
		sum := &sums[b.Index(o)]
		sum.layer = make([]int64, c.Layers)
		for y := b.Z0; y < b.Z1; y++ {
			for x := range c.W {
				c.resolve(r, sum, hits[((y-b.Z0)*c.W+x)*allSamples:][:allSamples], x, y)
			}
		}
		return ctx.Err()
	})
	return r, sums, err
}

// cast puts a thing into the samples of rows [y0, y1) where nothing lies over it.
func (c *semScene) cast(hits []hit, number uint16, t *thing, y0, y1 int) {
	if t.around.hi.y < float64(y0) || t.around.lo.y > float64(y1) {
		return
	}
	for _, s := range t.pieces {
		b := s.bounds()
		for y := max(floor(b.lo.y), y0); y < min(floor(b.hi.y)+1, y1); y++ {
			for x := max(floor(b.lo.x), 0); x < min(floor(b.hi.x)+1, c.W); x++ {
				if s.misses(point{float64(x) + 0.5, float64(y) + 0.5}) {
					continue
				}
				at := hits[((y-y0)*c.W+x)*allSamples:][:allSamples]
				for k := range at {
					h, sine, ok := s.at(samplePoint(x, y, k))
					if ok && (at[k].thing == 0 || float32(h) > at[k].height) {
						at[k] = hit{float32(h), float32(sine), number}
					}
				}
			}
		}
	}
}

func samplePoint(x, y, k int) point {
	return point{float64(x) + (float64(k%side)+0.5)/side, float64(y) + (float64(k/side)+0.5)/side}
}

// resolve turns the samples of a pixel into its signal, height, class and fibre.
func (c *semScene) resolve(r *relief, sum *semSums, hits []hit, x, y int) {
	var n [semClasses]int
	signal, height := 0.0, 0.0
	top := float64(c.Layers) * c.gap()
	for _, h := range hits {
		if h.thing == 0 {
			n[semVoid]++
			signal += 0.07
			continue
		}
		t := c.things[h.thing-1]
		n[t.class]++
		if t.class == semFibre {
			sum.layer[min(int(t.depth/c.gap()), c.Layers-1)]++
		}
		height += float64(h.height)
		signal += t.bright * edge(float64(h.sine)) * math.Exp(-1.15*max(top-float64(h.height), 0)/top)
	}
	at := y*c.W + x
	signal *= 1 + 0.06*grain.Smooth(c.Seed, semStreamGround, float64(x)/3, float64(y)/3)
	r.signal[at], r.height[at] = float32(signal/allSamples), float32(height/allSamples)
	best := uint8(0)
	for k := range n {
		sum.class[k] += int64(n[k])
		if n[k] > n[best] {
			best = uint8(k)
		}
	}
	r.labels[at] = best
	// the middle of a pixel is a corner of four samples: the one to its upper left
	if m := hits[(side/2-1)*side+side/2-1]; m.thing > 0 && c.things[m.thing-1].class == semFibre {
		r.fibre[at] = m.thing
	}
}
