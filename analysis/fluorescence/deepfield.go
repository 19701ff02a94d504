package fluorescence

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// errNoPlanes is returned where focal planes are to be measured as a volume and nobody knows how far they are apart.
var errNoPlanes = errors.New("the distance of the focal planes is unknown: state it with --spacing 0.1um,0.1um,0.3um, or measure the projection with --set segment.stack=projection")

// checkPlanes reports a stack that cannot be measured as a volume.
func (f Field) checkPlanes() error {
	if f.Grid.N[2] > 1 && f.Grid.Spacing[2] <= 0 {
		return errNoPlanes
	}
	for _, c := range f.Channels {
		if len(c.Counts) != f.Grid.Len() {
			return fmt.Errorf("channel %s has %d pixels for %d x %d x %d", c.Marker, len(c.Counts), f.Grid.N[0], f.Grid.N[1], f.Grid.N[2])
		}
	}
	return nil
}

// Projected is the brightest of the focal planes for each pixel.
func (f Field) Projected() Field {
	n := f.area()
	out := Field{Grid: f.Grid, Channels: slices.Clone(f.Channels)}
	out.Grid.N[2], out.Grid.Spacing[2] = 1, 0
	for c := range out.Channels {
		counts := f.Channels[c].Counts
		top := slices.Clone(counts[:n])
		for z := n; z < len(counts); z += n {
			for i, v := range counts[z:][:n] {
				top[i] = max(top[i], v)
			}
		}
		out.Channels[c].Counts = top
	}
	return out
}

// findGlow takes out what shines by itself: of a stack, through all of its planes what does in their projection, for
// stacks are thin beside fibres.
func (p *prepared) findGlow(ctx context.Context) error {
	if !p.deep() {
		return p.findFlatGlow(ctx)
	}
	p.free = make([]bool, p.Grid.Len())
	for i := range p.free {
		p.free[i] = true
	}
	if p.p.GlowUM2 == 0 || len(p.channels) < leastGlow {
		return nil
	}
	flat, err := prepare(ctx, p.Projected(), nil, p.p, p.o, func(string) bool { return true }) // its thresholds are not asked for
	if err != nil {
		return err
	}
	if err := flat.findFlatGlow(ctx); err != nil {
		return err
	}
	for z := 0; z < len(p.free); z += p.area() {
		copy(p.free[z:], flat.free)
	}
	return nil
}
