package slide

import (
	"context"
	"errors"
	"fmt"

	"explant/volume/parallel"
)

// ErrNoGlass is returned where densities are wanted and no clear glass is in the region.
var ErrNoGlass = errors.New("no clear glass in the region: densities are relative to it; use an image that shows some")

// Stained gives the optical densities of a slide's stained pixels, from a sample of at most 1 % of a large slide:
// what its stain directions are estimated from. Of p it takes how glass is found and pixels are smoothed. The
// densities do not depend on the number of workers. prog may be nil.
func Stained(ctx context.Context, src Source, p Params, o parallel.Options, prog parallel.Progress) ([][3]float64, error) {
	if prog == nil {
		prog = parallel.Discard{}
	}
	w, h := src.Size()
	t := tiling{src, w, h, tileSize}
	blocks, err := survey(ctx, t, nil, o, prog)
	if err != nil {
		return nil, fmt.Errorf("find the level of glass: %w", err)
	}
	glass := newGlassLevel(blocks, p)
	if !glass.found {
		return nil, ErrNoGlass
	}
	return t.sample(ctx, p, glass.i0, o, prog)
}
