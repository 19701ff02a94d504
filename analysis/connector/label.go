package connector

import (
	"context"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// cutDeposit is the grey halfway between air and deposit; where there is none, between air and the tube.
func (m *Model) cutDeposit() float64 {
	if m.lv.deposit > 0 {
		return (m.lv.air + m.lv.deposit) / 2
	}
	return (m.lv.air + m.pieces[0].wall) / 2
}

// reference is the lumen without clot at s: that of the nearest plane of the same bore, away from all planes that of
// the bore's line.
func (m *Model) reference(s float64) circle {
	piece := pieceAt(m.pieces, s)
	k := m.index(s)
	for _, i := range [3]int{k, k - 1, k + 1} {
		if i >= 0 && i < len(m.planes) && m.planes[i].piece == piece {
			return m.planes[i].ref
		}
	}
	return m.pieces[piece].at(s)
}

// classes labels every voxel: void and deposit inside the reference lumen, outside it polymer where it is solid and
// excluded:outside, the air around the tube and in sealed pockets, where it is not.
func (m *Model) classes(ctx context.Context, film float64, speck int64) (*volume.Labels, error) {
	s := m.scan
	l := volume.New[uint8](s.grey.Grid)
	deep := volume.New[uint8](s.grey.Grid)
	cut := m.cutDeposit()
	s.p.Stage("classes", s.grey.N[2])
	err := parallel.Slabs(ctx, s.grey.N[2], s.o, s.p, func(ctx context.Context, b parallel.Slab) error {
		for z := b.Z0; z < b.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			m.eachVoxel(z, func(i int, x, y, at float64) {
				d := m.reference(at).off([2]float64{x, y})
				l.Data[i] = m.class(float64(s.grey.Data[i]), d, cut)
				if d < -film*s.h {
					deep.Data[i] = 1
				}
			})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return l, sift(ctx, l, deep, speck, s.o)
}

// eachVoxel visits the voxels of a slice with their places across and along the axis.
func (m *Model) eachVoxel(z int, visit func(i int, x, y, s float64)) {
	m.eachOf(z, func(int) bool { return true }, visit)
}

// eachOf visits those that are wanted.
func (m *Model) eachOf(z int, wanted func(i int) bool, visit func(i int, x, y, s float64)) {
	g, f, size := m.scan.grey, &m.frame, m.scan.size
	for y := range g.N[1] {
		i := g.Offset(0, y, z)
		for x := range g.N[0] {
			if !wanted(i + x) {
				continue
			}
			dx, dy, at := f.device(vec{float64(x) * size[0], float64(y) * size[1], float64(z) * size[2]})
			visit(i+x, dx, dy, at)
		}
	}
}

// class of a voxel at distance d from the wall of the lumen.
func (m *Model) class(grey, d, cut float64) uint8 {
	switch {
	case d < 0 && grey > cut:
		return segment.Deposit
	case d < 0:
		return segment.Void
	case grey > m.lv.cut:
		return segment.Polymer
	}
	return segment.Outside
}

// sift makes void of pieces of deposit that are smaller than speck or nowhere reach away from the wall: they are noise
// and the blur of the wall.
func sift(ctx context.Context, l, deep *volume.Labels, speck int64, o parallel.Options) error {
	numbered, all, err := label.Components(ctx, l, label.Of(segment.Deposit), 26, o, nil)
	if err != nil {
		return err
	}
	reaches := make([]bool, len(all)+1)
	for i, n := range numbered.Data {
		if n > 0 && deep.Data[i] > 0 {
			reaches[n] = true
		}
	}
	for i, n := range numbered.Data {
		if n > 0 && (!reaches[n] || all[n-1].Count < speck) {
			l.Data[i] = segment.Void
		}
	}
	return nil
}
