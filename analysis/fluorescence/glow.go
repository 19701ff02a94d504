package fluorescence

import (
	"context"

	"explant/volume/rank"
)

const (
	glowNoise    = 4   // noises that shining by itself is above, in every channel
	glowSmoothUM = 0.6 // sigma
	glowCloseUM  = 2   // gaps of this radius belong to it
	leastGlow    = 3   // channels needed to tell it from stain
	glowShare    = 0.4 // of the median light of a wall, at which it ends: half of it would leave the rim to markers
)

// findFlatGlow takes out what shines in every channel over a large area: the wall of a hollow fibre, which
// shines by itself, and the lumen that it encloses. With fewer than three channels it cannot be told.
func (p *prepared) findFlatGlow(ctx context.Context) error {
	n := p.Grid.N[0] * p.Grid.N[1]
	p.free = make([]bool, n)
	for i := range p.free {
		p.free[i] = true
	}
	if p.p.GlowUM2 == 0 || len(p.channels) < leastGlow {
		return nil
	}
	wall, err := p.wall(ctx)
	if err != nil {
		return err
	}
	return p.exclude(ctx, wall)
}

// wall is what shines in every channel, closed and opened. It ends at a share of its own light, which is learnt where it
// is not known.
func (p *prepared) wall(ctx context.Context) ([]bool, error) {
	light := map[string][]float32{}
	defer func() {
		for _, v := range light {
			planes.give(v)
		}
	}()
	noise := map[string]float32{}
	for _, m := range p.markers() {
		v, err := p.gaussian(p.channels[m].light, glowSmoothUM)
		if err != nil {
			return nil, err
		}
		light[m], noise[m] = v, float32(glowNoise*p.channels[m].noise)
	}
	if p.glow == nil {
		rough, err := p.rounded(ctx, p.above(light, noise))
		if err != nil {
			return nil, err
		}
		p.glow = noise
		if float64(count(rough)) < p.p.GlowUM2/p.um/p.um {
			return rough, nil
		}
		p.glow = map[string]float32{}
		for m, v := range light {
			p.glow[m] = max(noise[m], glowShare*medianIn(v, rough))
		}
	}
	return p.rounded(ctx, p.above(light, p.glow))
}

// above is where the light of all channels is above its level.
func (p *prepared) above(light map[string][]float32, level map[string]float32) []bool {
	out := make([]bool, p.Grid.N[0]*p.Grid.N[1])
	for i := range out {
		out[i] = true
	}
	for m, v := range light {
		least := level[m]
		for i, x := range v {
			if x <= least {
				out[i] = false
			}
		}
	}
	return out
}

// medianIn is the median light in a mask that is not empty.
func medianIn(light []float32, mask []bool) float32 {
	var v []float32
	for i, in := range mask {
		if in {
			v = append(v, light[i])
		}
	}
	return rank.Places(v, len(v)/2)[0]
}

// rounded is a mask closed and opened.
func (p *prepared) rounded(ctx context.Context, wall []bool) ([]bool, error) {
	wall, err := p.grown(ctx, wall, glowCloseUM)
	if err != nil {
		return nil, err
	}
	if wall, err = p.shrunk(ctx, wall, glowCloseUM); err != nil {
		return nil, err
	}
	return p.opened(ctx, wall, glowCloseUM)
}

// exclude takes the large pieces of the wall out of the field, and what they cut off from its largest part.
func (p *prepared) exclude(ctx context.Context, wall []bool) error {
	least := p.p.GlowUM2 / p.um / p.um
	number, parts, err := p.pieces(ctx, wall, true)
	if err != nil {
		return err
	}
	found := false
	for i, n := range number {
		if n > 0 && float64(parts[n-1].Count) >= least {
			p.free[i], found = false, true
		}
	}
	if !found {
		return nil
	}
	number, parts, err = p.pieces(ctx, p.free, false)
	if err != nil {
		return err
	}
	largest := int64(0)
	for _, r := range parts {
		largest = max(largest, r.Count)
	}
	for i, n := range number {
		if n > 0 && parts[n-1].Count < largest && float64(parts[n-1].Count) >= least {
			p.free[i] = false
		}
	}
	return nil
}
