package distance

import (
	"context"
	"sync/atomic"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// depth is the number of slices a slab. Two tables of a slice are held for each slab, and a byte for
// each voxel of the slabs at work.
const depth = 16

// nowhere is farther along z than any volume reaches, and its double still an int32.
const nowhere = 1 << 30

// columns knows the sites of every column along z as seen from the faces of the slabs: below[k] is
// the z of the last site before slice k*depth, above[k] that of the first from there on.
type columns struct {
	l            *volume.Labels
	sites        *label.Set
	open         [256]uint8 // 0 for the classes of the sites, all bits for the others
	below, above [][]int32
}

func newColumns(ctx context.Context, l *volume.Labels, sites *label.Set, o parallel.Options, p parallel.Progress) (*columns, error) {
	n := o.Count(l.N[2])
	c := &columns{l: l, sites: sites, below: make([][]int32, n+1), above: make([][]int32, n+1)}
	for class, site := range sites {
		if !site {
			c.open[class] = 0xff
		}
	}
	for _, end := range []struct {
		at *[]int32
		z  int32
	}{{&c.below[0], -nowhere}, {&c.above[n], nowhere}} {
		*end.at = filled(l.N[0]*l.N[1], end.z)
	}
	var found atomic.Bool
	err := parallel.Slabs(ctx, l.N[2], o, p, func(_ context.Context, s parallel.Slab) error {
		k := s.Index(o)
		if c.ends(s, k) {
			found.Store(true)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if !found.Load() {
		return nil, ErrNoSites
	}
	return c, parallel.Each(ctx, l.N[1], o, nil, func(_ context.Context, y int) error {
		c.carry(y*l.N[0], (y+1)*l.N[0])
		return nil
	})
}

// ends finds the first and the last site of slab k in every column, and whether there is any.
func (c *columns) ends(s parallel.Slab, k int) (found bool) {
	size := c.l.N[0] * c.l.N[1]
	first, last := filled(size, nowhere), filled(size, -nowhere)
	for z := s.Z0; z < s.Z1; z++ {
		for i, class := range c.l.Slice(z) {
			if c.sites[class] {
				last[i] = int32(z)
				found = true
			}
		}
	}
	for z := s.Z1 - 1; z >= s.Z0; z-- {
		for i, class := range c.l.Slice(z) {
			if c.sites[class] {
				first[i] = int32(z)
			}
		}
	}
	c.below[k+1], c.above[k] = last, first
	return found
}

// carry takes the sites of columns [lo, hi) on to the slabs that have none themselves.
func (c *columns) carry(lo, hi int) {
	for k := 1; k < len(c.below); k++ {
		for i := lo; i < hi; i++ {
			c.below[k][i] = max(c.below[k][i], c.below[k-1][i])
		}
	}
	for k := len(c.above) - 2; k >= 0; k-- {
		for i := lo; i < hi; i++ {
			c.above[k][i] = min(c.above[k][i], c.above[k+1][i])
		}
	}
}

// outside writes the distance along z, in voxels, of the slice z next to face k of a slab.
func (c *columns) outside(dst []int32, z, k int) {
	below, above := c.below[k], c.above[k]
	for i, class := range c.l.Slice(z) {
		dst[i] = 0
		if !c.sites[class] {
			dst[i] = min(int32(z)-below[i], above[i]-int32(z))
		}
	}
}

// lacking is the least value that says that a column has no site inside the slab; depth may be added
// to it.
const lacking = 128

// within writes the distance along z of every voxel of slab s to the sites of the slab alone.
func (c *columns) within(dst []uint8, s parallel.Slab) {
	size := c.l.N[0] * c.l.N[1]
	slice := func(z int) []uint8 { return dst[(z-s.Z0)*size:][:size] }
	for i, class := range c.l.Slice(s.Z0) {
		dst[i] = lacking & c.open[class]
	}
	for z := s.Z0 + 1; z < s.Z1; z++ {
		row, before := slice(z), slice(z-1)
		for i, class := range c.l.Slice(z) {
			row[i] = (before[i] + 1) & c.open[class]
		}
	}
	for z := s.Z1 - 2; z >= s.Z0; z-- {
		row, after := slice(z), slice(z+1)
		for i, d := range after {
			row[i] = min(row[i], d+1)
		}
	}
}

// inside writes the distance along z of slice z of slab k.
func (c *columns) inside(dst []int32, within []uint8, z, k int) {
	below, above := c.below[k][:len(dst)], c.above[k+1][:len(dst)]
	for i, near := range within[:len(dst)] {
		far := min(int32(z)-below[i], above[i]-int32(z))
		dst[i] = min(far, widened[near])
	}
}

// widened are the values of within, nowhere from lacking on.
var widened = func() (out [256]int32) {
	for i := range out {
		out[i] = int32(i)
		if i >= lacking {
			out[i] = nowhere
		}
	}
	return out
}()

func filled(n int, z int32) []int32 {
	out := make([]int32, n)
	for i := range out {
		out[i] = z
	}
	return out
}
