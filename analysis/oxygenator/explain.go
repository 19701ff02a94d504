package oxygenator

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/filter"
	"explant/volume/label"
	"explant/volume/parallel"
)

const (
	cellEdge      = 2   // voxels, of the cells in which grey is averaged
	cellSigma     = 1.0 // cells of further smoothing
	explainLeast  = 60  // voxels of polymer grey that make polymer which no fibre explains
	enclosedLeast = 0.5 // of an air pocket's faces to solid that such polymer must hold to make it a lumen
)

// loose is polymer that no fitted fibre explains, by voxel.
type loose struct {
	*volume.Labels
	count int
}

// explain looks at the grey of all that is brighter than the clean device. Where that is nearer to
// polymer's than to deposit's over more than a few voxels, it is polymer of a fibre that was not
// found, or a knitting thread: it joins the clean device.
func (s *session) explain(ctx context.Context, c *clean, contrast float64) (loose, error) {
	out := loose{Labels: volume.New[uint8](c.labels.Grid)}
	bare := (s.lv.polymer - s.lv.air) / contrast
	if bare >= 1 { // deposit no brighter than polymer: grey cannot tell
		return out, nil
	}
	bright := volume.New[uint8](c.labels.Grid)
	if err := eachSlice(ctx, bright.Grid, s.o, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			if c.free.Data[i] > faint && float64(c.excess.Data[i]) > bare/2*contrast*max(c.openAt(i), 0.2) {
				bright.Data[i] = c.free.Data[i]
			}
		}
	}); err != nil {
		return out, err
	}
	level, err := s.localLevel(ctx, c, bright, contrast)
	if err != nil {
		return out, err
	}
	if err := eachSlice(ctx, bright.Grid, s.o, func(lo, hi int) {
		for i := lo; i < hi; i++ {
			if b := bright.Data[i]; b > 127 {
				if x, y, z := split(c.labels.Grid, i); level.At(x/cellEdge, y/cellEdge, z/cellEdge) < float32((1+bare)/2) {
					out.Data[i] = b
				}
			}
		}
	}); err != nil {
		return out, err
	}
	if err := out.sieve(ctx, s.o); err != nil {
		return out, err
	}
	return out, s.join(ctx, c, &out)
}

// psf is the point spread without the width of a voxel, in voxels.
func (s *session) psf() float64 { return math.Sqrt(max(s.lv.sigma*s.lv.sigma-1.0/12, 0.04)) }

// split is the inverse of the grid's Offset.
func split(g volume.Grid, i int) (x, y, z int) {
	plane := g.N[0] * g.N[1]
	return i % g.N[0], i % plane / g.N[0], i / plane
}

// localLevel is the grey of the bright regions by cells of 2x2x2 voxels, smoothed, in units of the
// deposit's contrast: least squares of the excess on the blurred regions.
func (s *session) localLevel(ctx context.Context, c *clean, bright *volume.Labels, contrast float64) (*volume.Volume[float32], error) {
	g := volume.Grid{}
	for a, n := range c.labels.N {
		g.N[a] = (n + cellEdge - 1) / cellEdge
	}
	up, down := volume.New[float32](g), volume.New[float32](g)
	err := s.blurSlabs(ctx, bright, func(i int, m float32) { // slabs end between cells
		if bright.Data[i] != 0 {
			x, y, z := split(c.labels.Grid, i)
			k := g.Offset(x/cellEdge, y/cellEdge, z/cellEdge)
			up.Data[k] += m * c.excess.Data[i] / float32(contrast)
			down.Data[k] += m * m
		}
	})
	if err != nil {
		return nil, err
	}
	sigma := [3]float64{cellSigma, cellSigma, cellSigma}
	if up, err = filter.Gaussian(ctx, up, sigma, s.o, nil); err != nil {
		return nil, err
	}
	if down, err = filter.Gaussian(ctx, down, sigma, s.o, nil); err != nil {
		return nil, err
	}
	for k := range up.Data {
		up.Data[k] /= max(down.Data[k], 1e-6)
	}
	return up, nil
}

// join makes the loose polymer part of the clean device.
func (s *session) join(ctx context.Context, c *clean, l *loose) error {
	for i, v := range l.Data {
		if v != 0 && c.labels.Data[i] == segment.Void {
			c.labels.Data[i] = segment.Polymer
			l.count++
		}
	}
	if l.count == 0 {
		return nil
	}
	return s.blurSlabs(ctx, l.Labels, func(i int, b float32) {
		c.excess.Data[i] -= b * float32(s.lv.polymer-s.lv.air)
		c.open.Data[i] -= min(uint8(255*b+0.5), c.open.Data[i])
		if l.Data[i] != 0 {
			c.free.Data[i] = 0
		}
	})
}

// blurDepth is the slices of a slab that is blurred at once; a multiple of a cell.
const blurDepth = 32

// blurSlabs blurs shares of 255 by the point spread and shows each voxel's, 0 to 1, slab by slab and
// side by side.
func (s *session) blurSlabs(ctx context.Context, shares *volume.Labels, visit func(i int, blurred float32)) error {
	psf, o := s.psf(), s.o
	o.Depth, o.Halo = blurDepth, int(4*psf)+1
	plane := shares.N[0] * shares.N[1]
	return parallel.Slabs(ctx, shares.N[2], o, nil, func(ctx context.Context, b parallel.Slab) error {
		part := &volume.Labels{Grid: shares.Grid, Data: shares.Data[b.Lo*plane : b.Hi*plane]}
		part.N[2] = b.Hi - b.Lo
		out, err := filter.Gaussian(ctx, part, [3]float64{psf, psf, psf}, parallel.Options{Workers: 1}, nil)
		if err != nil {
			return err
		}
		for i := b.Z0 * plane; i < b.Z1*plane; i++ {
			visit(i, out.Data[i-b.Lo*plane]/255)
		}
		return nil
	})
}

// anyShare lists the values above 0.
func anyShare() []uint8 {
	out := make([]uint8, 255)
	for i := range out {
		out[i] = uint8(i + 1)
	}
	return out
}

// sieve drops what is too small to be told.
func (l loose) sieve(ctx context.Context, o parallel.Options) error {
	regions, list, err := label.Components(ctx, l.Labels, label.Of(anyShare()...), 6, o, nil)
	if err != nil {
		return err
	}
	for i, k := range regions.Data {
		if k != 0 && list[k-1].Count < explainLeast {
			l.Data[i] = 0
		}
	}
	return nil
}

// tidy removes specks of deposit, and makes lumens of the air that loose polymer encloses.
func (s *session) tidy(ctx context.Context, c *clean, l loose) error {
	c.excess, c.open, c.free = nil, nil, nil
	if err := dropSpecks(ctx, c.labels, s.SpeckVoxels, s.o); err != nil || l.count == 0 {
		return err
	}
	return s.fillLumens(ctx, c.labels, l)
}

// dropSpecks makes void of deposits of fewer than least voxels.
func dropSpecks(ctx context.Context, labels *volume.Labels, least int, o parallel.Options) error {
	regions, list, err := label.Components(ctx, labels, label.Of(segment.Deposit), 26, o, nil)
	if err != nil {
		return err
	}
	for i, k := range regions.Data {
		if k != 0 && list[k-1].Count < int64(least) {
			labels.Data[i] = segment.Void
		}
	}
	return nil
}

// fillLumens makes lumens of the air that loose polymer encloses. Loose polymer has holes from noise:
// for this it is made a voxel thicker, and the voxel given back afterwards.
func (s *session) fillLumens(ctx context.Context, labels *volume.Labels, l loose) error {
	const skin = 255
	if err := layers(ctx, labels, s.o, func(i, j int) {
		if labels.Data[i] == segment.Void && l.Data[j] != 0 {
			labels.Data[i] = skin
		}
	}); err != nil {
		return err
	}
	regions, list, err := label.Components(ctx, labels, label.Of(segment.Void), 6, s.o, nil)
	if err != nil {
		return err
	}
	lumen := enclosed(labels, skin, regions, list)
	for i, k := range regions.Data {
		if k != 0 && lumen[k-1] {
			labels.Data[i] = segment.Lumen
		}
	}
	if err := layers(ctx, labels, s.o, func(i, j int) {
		if labels.Data[i] == skin && regions.Data[j] != 0 && lumen[regions.Data[j]-1] {
			labels.Data[i] = segment.Lumen
		}
	}); err != nil {
		return err
	}
	for i, c := range labels.Data {
		if c == skin {
			labels.Data[i] = segment.Void
		}
	}
	return nil
}

// layers calls visit for each voxel i and each of its six neighbours j, slices side by side: visit may write to i
// what is read of no j.
func layers(ctx context.Context, labels *volume.Labels, o parallel.Options, visit func(i, j int)) error {
	plane := labels.N[0] * labels.N[1]
	return eachSlice(ctx, labels.Grid, o, func(lo, hi int) {
		for z := lo / plane; z < hi/plane; z++ {
			layer(labels, z, visit)
		}
	})
}

// layer is [layers] of slice z.
func layer(labels *volume.Labels, z int, visit func(i, j int)) {
	n := labels.N
	row, plane := n[0], n[0]*n[1]
	i := z * plane
	for y := range n[1] {
		for x := range n[0] {
			if x > 0 {
				visit(i, i-1)
			}
			if x < n[0]-1 {
				visit(i, i+1)
			}
			if y > 0 {
				visit(i, i-row)
			}
			if y < n[1]-1 {
				visit(i, i+row)
			}
			if z > 0 {
				visit(i, i-plane)
			}
			if z < n[2]-1 {
				visit(i, i+plane)
			}
			i++
		}
	}
}

// enclosed reports the air pockets, other than the largest, whose solid faces are mostly skin.
func enclosed(labels *volume.Labels, skin uint8, regions *volume.Regions, list []label.Region) []bool {
	inner, solid := make([]int, len(list)), make([]int, len(list))
	for z := range labels.N[2] {
		layer(labels, z, func(i, j int) {
			k := regions.Data[i]
			if k == 0 || labels.Data[j] == segment.Void {
				return
			}
			solid[k-1]++
			if labels.Data[j] == skin {
				inner[k-1]++
			}
		})
	}
	largest := 0
	for k := range list {
		if list[k].Count > list[largest].Count {
			largest = k
		}
	}
	out := make([]bool, len(list))
	for k := range list {
		out[k] = k != largest && float64(inner[k]) > enclosedLeast*float64(solid[k])
	}
	return out
}
