package fluorescence

import (
	"context"
	"math"
	"slices"
	"unsafe"

	"explant/analysis/opencv"
	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
)

// labels is a mask as a volume with the classes 0 and 1, of one slice where it is a field. Its spacing is the pixel,
// so that distances in it are in pixels.
func (k cleaner) labels(mask []bool) *volume.Labels {
	g := volume.Grid{N: k.Grid.N, Spacing: [3]float64{1, 1, 1}}
	if k.deep() {
		g.Spacing[2] = k.apartUM() / k.um
	}
	return &volume.Labels{Grid: g, Data: bits(mask)}
}

// bits are the values 0 and 1 of a mask.
func bits(mask []bool) []uint8 { return slices.Clone(octets(mask)) }

// pieces are the connected pieces of a mask (8 neighbours where wide, else 4): the number of each pixel's
// piece from 1, and the pieces.
func (k cleaner) pieces(ctx context.Context, mask []bool, wide bool) ([]uint32, []label.Region, error) {
	c := label.Connectivity(6)
	if wide {
		c = 26
	}
	v, r, err := label.Components(ctx, k.labels(mask), label.Of(1), c, k.o, nil)
	if err != nil {
		return nil, nil, err
	}
	return v.Data, r, nil
}

// grown is the mask and all within um of it, centre to centre.
func (k cleaner) grown(ctx context.Context, mask []bool, um float64) ([]bool, error) {
	if um/k.um <= opencv.MaxDisc && !k.deep() {
		return k.disc(mask, um, opencv.Grow)
	}
	out := make([]bool, len(mask))
	if count(mask) == 0 {
		return out, nil
	}
	d, err := distance.Centers(ctx, k.labels(mask), label.Of(1), k.o, nil)
	if err != nil {
		return nil, err
	}
	reach := float32(um/k.um + 1e-6)
	for i, v := range d.Data {
		out[i] = v <= reach
	}
	return out, nil
}

// shrunk is what is more than um inside the mask; the edge of the field is no edge of the mask.
func (k cleaner) shrunk(ctx context.Context, mask []bool, um float64) ([]bool, error) {
	if um/k.um <= opencv.MaxDisc && !k.deep() {
		return k.disc(mask, um, opencv.Shrink)
	}
	rest := make([]bool, len(mask))
	for i, in := range mask {
		rest[i] = !in
	}
	rest, err := k.grown(ctx, rest, um)
	for i, in := range rest {
		rest[i] = !in
	}
	return rest, err
}

// disc grows or shrinks a mask.
func (k cleaner) disc(mask []bool, um float64, f func(opencv.Mask, float64) (opencv.Mask, error)) ([]bool, error) {
	m, err := f(opencv.Mask{W: k.Grid.N[0], H: k.Grid.N[1], Channels: 1, Pix: octets(mask)}, max(um/k.um, 0))
	if err != nil {
		return nil, err
	}
	return unsafe.Slice((*bool)(unsafe.Pointer(unsafe.SliceData(m.Pix))), len(m.Pix)), nil // the largest or smallest of 0 and 1
}

// opened is the mask without what a disc of radius um does not fit into.
func (k cleaner) opened(ctx context.Context, mask []bool, um float64) ([]bool, error) {
	if um <= 0 {
		return mask, nil
	}
	core, err := k.shrunk(ctx, mask, um)
	if err != nil {
		return nil, err
	}
	out, err := k.grown(ctx, core, um)
	for i := range out {
		out[i] = out[i] && mask[i]
	}
	return out, err
}

// filled is the mask with its holes of at most um2, or of at most the ball of that cross-section in a stack.
func (k cleaner) filled(ctx context.Context, mask []bool, um2 float64) ([]bool, error) {
	rest := make([]bool, len(mask))
	for i, in := range mask {
		rest[i] = !in
	}
	number, holes, err := k.pieces(ctx, rest, false)
	if err != nil {
		return nil, err
	}
	out := make([]bool, len(mask))
	most := um2 / k.um / k.um
	if k.deep() {
		most = ball(um2) / k.um / k.um / k.apartUM()
	}
	for i, n := range number {
		out[i] = n == 0 || float64(holes[n-1].Count) <= most
	}
	return out, nil
}

func sqrt(v float64) float64 { return math.Sqrt(max(v, 0)) }
