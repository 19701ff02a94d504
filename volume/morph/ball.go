package morph

import (
	"context"
	"errors"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
)

// rim is how much farther than the radius a centre may lie, relative to it, and still be in the ball: the
// rounding of distances.
const rim = 1e-6

// OpenBall returns 1 for the voxels of the set that lie in a ball of the radius in mm that fits into the
// set: what is narrower than the ball goes. A ball is centred on a voxel and holds the voxels whose
// centres are no farther than the radius; it fits where all of them, as far as they lie in the volume, are
// of the set. The balls are not drawn: two exact distance transforms tell where they fit and what they
// hold, at a cost that does not depend on the radius. Voxels need not be cubes; an unknown spacing gives
// volume.ErrSpacing.
//
// Source: Ragnemalm, CVGIP Image Underst. 56(2):146-166, 1992, doi:10.1016/1049-9660(92)90034-5
// (erosion and dilation by discs from distances).
func OpenBall(ctx context.Context, l *volume.Labels, in *label.Set, radius float64, o parallel.Options, p parallel.Progress) (*volume.Labels, error) {
	fits, err := ball(ctx, l, without(in), radius, beyond, o, p) // the middles of balls
	if err != nil {
		return nil, err
	}
	return ball(ctx, fits, label.Of(1), radius, reached, o, p)
}

// CloseBall returns 1 for the voxels of the set and for those that no ball of the radius in mm holds that
// lies outside the set: gaps and pores narrower than the ball are filled. Balls are those of [OpenBall].
func CloseBall(ctx context.Context, l *volume.Labels, in *label.Set, radius float64, o parallel.Options, p parallel.Progress) (*volume.Labels, error) {
	touches, err := ball(ctx, l, in, radius, reached, o, p) // the middles of balls that do not fit outside
	if err != nil {
		return nil, err
	}
	return ball(ctx, touches, label.Of(0), radius, beyond, o, p)
}

// side tells voxels that balls around the sites reach from those that lie beyond.
type side bool

const (
	reached side = true
	beyond  side = false
)

// ball returns 1 for the voxels whose distance to the nearest site is at most the radius, or for the
// others.
func ball(ctx context.Context, l *volume.Labels, sites *label.Set, radius float64, s side, o parallel.Options, p parallel.Progress) (*volume.Labels, error) {
	if !(radius >= 0) || math.IsInf(radius, 1) {
		return nil, fmt.Errorf("ball of radius %g mm: must be a number from 0 on", radius)
	}
	out, err := volume.Make[uint8](ctx, l.Grid)
	if err != nil {
		return nil, err
	}
	far := float32(radius * (1 + rim))
	err = distance.Slabs(ctx, l, sites, o, p, func(ctx context.Context, slab *distance.Slab) error {
		slice := make([]distance.Distance, l.N[0]*l.N[1])
		for z := slab.Z0; z < slab.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			slab.Slice(slice, z)
			dst := out.Slice(z)
			for i, d := range slice {
				if (d.Center <= far) == bool(s) {
					dst[i] = 1
				}
			}
		}
		return nil
	})
	if errors.Is(err, distance.ErrNoSites) { // everything lies beyond
		fillWith(out.Data, !bool(s))
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

func fillWith(data []uint8, one bool) {
	for i := range data {
		data[i] = 0
		if one {
			data[i] = 1
		}
	}
}

// without is the classes that are not in the set.
func without(in *label.Set) *label.Set {
	out := *in
	for c := range out {
		out[c] = !in[c]
	}
	return &out
}
