package fluorescence

import (
	"context"
)

const (
	glowNoise    = 4   // noises that shining by itself is above, in every channel
	glowSmoothUM = 0.6 // sigma
	glowCloseUM  = 2   // gaps of this radius belong to it
	leastGlow    = 3   // channels needed to tell it from stain
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

// wall is what shines in every channel, closed and opened.
func (p *prepared) wall(ctx context.Context) ([]bool, error) {
	wall := make([]bool, p.Grid.N[0]*p.Grid.N[1])
	for i := range wall {
		wall[i] = true
	}
	for _, m := range p.markers() {
		c := p.channels[m]
		smooth, err := p.gaussian(c.light, glowSmoothUM)
		if err != nil {
			return nil, err
		}
		least := float32(glowNoise * c.noise)
		for i, v := range smooth {
			wall[i] = wall[i] && v > least
		}
		planes.give(smooth)
	}
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
