package distance

import (
	"context"
	"encoding/binary"
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
	sites        sites
	below, above [][]int32
	all          [2][]int32 // what they are cut from
}

func newColumns(ctx context.Context, l *volume.Labels, in *label.Set, o parallel.Options, p parallel.Progress) (*columns, error) {
	c := &columns{l: l, sites: newSites(in)}
	n := o.Count(l.N[2])
	if err := c.allocate(ctx, n+1); err != nil {
		return nil, err
	}
	fill(c.below[0], -nowhere)
	fill(c.above[n], nowhere)
	var found atomic.Bool
	err := parallel.Slabs(ctx, l.N[2], o, p, func(_ context.Context, s parallel.Slab) error {
		if c.ends(s, s.Index(o)) {
			found.Store(true)
		}
		return nil
	})
	if err == nil && !found.Load() {
		err = ErrNoSites
	}
	if err == nil {
		err = parallel.Each(ctx, l.N[1], o, nil, func(_ context.Context, y int) error {
			c.carry(y*l.N[0], (y+1)*l.N[0])
			return nil
		})
	}
	if err != nil {
		c.drop(ctx)
		return nil, err
	}
	return c, nil
}

// allocate makes room for the tables of n faces.
func (c *columns) allocate(ctx context.Context, n int) (err error) {
	size := c.l.N[0] * c.l.N[1]
	for i, tables := range []*[][]int32{&c.below, &c.above} {
		if c.all[i], err = volume.Array[int32](ctx, n*size); err != nil {
			return err
		}
		*tables = make([][]int32, n)
		for k := range n {
			(*tables)[k] = c.all[i][k*size : (k+1)*size]
		}
	}
	return nil
}

func (c *columns) drop(ctx context.Context) {
	for _, a := range c.all {
		volume.Drop(ctx, a)
	}
}

// ends finds the first and the last site of slab k in every column, and whether there is any.
func (c *columns) ends(s parallel.Slab, k int) (found bool) {
	size := c.l.N[0] * c.l.N[1]
	first, last := c.above[k], c.below[k+1]
	i := 0
	for ; i+8 <= size; i += 8 {
		f, l, none := c.sites.ends(c.l.Data, size, i, s.Z0, s.Z1)
		found = found || none != ^uint64(0)
		for j := range 8 {
			first[i+j], last[i+j] = nowhere, -nowhere
			if uint8(none>>(8*j)) == 0 {
				first[i+j], last[i+j] = int32(s.Z0)+int32(uint8(f>>(8*j))), int32(s.Z0)+int32(uint8(l>>(8*j)))
			}
		}
	}
	for ; i < size; i++ {
		first[i], last[i] = nowhere, -nowhere
		for z := s.Z0; z < s.Z1; z++ {
			if c.sites.in[c.l.Data[z*size+i]] {
				first[i], last[i] = min(first[i], int32(z)), int32(z)
				found = true
			}
		}
	}
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
		if !c.sites.in[class] {
			dst[i] = min(int32(z)-below[i], above[i]-int32(z))
		}
	}
}

// lacking is the least value that says that a column has no site inside the slab; twice the depth may be
// added to it, and it stays below 128.
const lacking = 64

// within writes the distance along z of every voxel of slab s to the sites of the slab alone.
func (c *columns) within(dst []uint8, s parallel.Slab) {
	size := c.l.N[0] * c.l.N[1]
	i := 0
	for ; i+8 <= size; i += 8 {
		d := uint64((lacking - 1) * eachByte)
		for z := s.Z0; z < s.Z1; z++ {
			d = (d + eachByte) &^ c.sites.mask(c.l.Data[z*size+i:])
			binary.LittleEndian.PutUint64(dst[(z-s.Z0)*size+i:], d)
		}
		for at := (s.Z1-s.Z0-2)*size + i; at >= 0; at -= size {
			d = nearer(binary.LittleEndian.Uint64(dst[at:]), d+eachByte)
			binary.LittleEndian.PutUint64(dst[at:], d)
		}
	}
	for ; i < size; i++ {
		d := uint8(lacking - 1)
		for z := s.Z0; z < s.Z1; z++ {
			if d++; c.sites.in[c.l.Data[z*size+i]] {
				d = 0
			}
			dst[(z-s.Z0)*size+i] = d
		}
		for at := (s.Z1-s.Z0-2)*size + i; at >= 0; at -= size {
			d = min(dst[at], d+1)
			dst[at] = d
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

func fill(out []int32, z int32) {
	for i := range out {
		out[i] = z
	}
}
