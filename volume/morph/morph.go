package morph

import (
	"context"
	"encoding/binary"
	"sync"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Open returns 1 for the voxels of the set that an opening leaves, eroding once and dilating once:
// bridges and specks less than three voxels wide go.
//
// Source: Serra, Image Analysis and Mathematical Morphology, Academic Press, 1982.
func Open(ctx context.Context, l *volume.Labels, in *label.Set, o parallel.Options, p parallel.Progress) (*volume.Labels, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if p != nil {
		p.Stage("opening", l.N[2])
	}
	out, err := volume.Make[uint8](ctx, l.Grid)
	if err != nil {
		return nil, err
	}
	feed := Opened(l, in)
	err = parallel.Slabs(ctx, l.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		return feed(ctx, s, func(z int, opened []uint8) { copy(out.Slice(z), opened) })
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// Opened makes the slices of [Open] slab by slab, for [label.FindFed].
func Opened(l *volume.Labels, in *label.Set) label.Feed {
	free := sync.Pool{New: func() any {
		var s [5][]uint8
		for i := range s {
			s[i] = make([]uint8, l.N[0]*l.N[1])
		}
		return &s
	}}
	return func(ctx context.Context, s parallel.Slab, use func(z int, opened []uint8)) error {
		scratch := free.Get().(*[5][]uint8)
		defer free.Put(scratch)
		return openSlab(ctx, l, in, s, scratch, use)
	}
}

// Erode returns 1 for the voxels whose 3x3x3 cube lies in the set, 0 elsewhere.
func Erode(ctx context.Context, l *volume.Labels, in *label.Set, o parallel.Options, p parallel.Progress) (*volume.Labels, error) {
	return cubes(ctx, l, in, 0, o, p)
}

// Dilate returns 1 for the voxels whose 3x3x3 cube holds one of the set, 0 elsewhere.
func Dilate(ctx context.Context, l *volume.Labels, in *label.Set, o parallel.Options, p parallel.Progress) (*volume.Labels, error) {
	return cubes(ctx, l, in, 1, o, p)
}

// cubes spreads one value of the mask, 0 to erode and 1 to dilate, over the neighbours.
func cubes(ctx context.Context, l *volume.Labels, in *label.Set, spread uint8, o parallel.Options, p parallel.Progress) (*volume.Labels, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	if p != nil {
		p.Stage([]string{"erosion", "dilation"}[spread], l.N[2])
	}
	out, err := volume.Make[uint8](ctx, l.Grid)
	if err != nil {
		return nil, err
	}
	err = parallel.Slabs(ctx, l.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		buffer := make([]uint8, l.N[0]*l.N[1])
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			b := cubeSlice{n: l.N, spread: spread, a: out.Slice(z), b: buffer}
			b.start()
			for k := max(z-1, 0); k <= min(z+1, l.N[2]-1); k++ {
				b.add(l.Slice(k), in)
			}
			b.alongY()
			b.alongX()
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// cubeSlice filters one slice axis by axis: a, then b, then a again holds the mask.
type cubeSlice struct {
	n      [3]int
	spread uint8
	a, b   []uint8
}

// start prepares a for the slices to be added.
func (c *cubeSlice) start() {
	spreadOver(c.a, 1-c.spread)
}

// add takes one of slices z-1 to z+1 to a.
func (c *cubeSlice) add(slice []uint8, in *label.Set) {
	for x := 0; x < len(slice); {
		end := label.SameUntil(slice, x)
		if in[slice[x]] == (c.spread == 1) {
			spreadOver(c.a[x:end], c.spread)
		}
		x = end
	}
}

func spreadOver(row []uint8, v uint8) {
	if v == 0 {
		clear(row)
		return
	}
	for i := range row {
		row[i] = v
	}
}

// alongY fills b from the rows around each row of a.
func (c *cubeSlice) alongY() {
	nx, ny := c.n[0], c.n[1]
	for y := range ny {
		above, row, below := c.a[max(y-1, 0)*nx:][:nx], c.a[y*nx:][:nx], c.a[min(y+1, ny-1)*nx:][:nx]
		c.join(c.b[y*nx:][:nx], above, row, below)
	}
}

// alongX fills a from the voxels around each voxel of b.
func (c *cubeSlice) alongX() {
	nx := c.n[0]
	for r := 0; r < len(c.b); r += nx {
		row, dst := c.b[r:r+nx], c.a[r:r+nx]
		dst[0] = c.one(row[0], row[min(1, nx-1)])
		dst[nx-1] = c.one(row[max(nx-2, 0)], row[nx-1])
		if nx > 2 {
			c.join(dst[1:nx-1], row[:nx-2], row[1:nx-1], row[2:])
		}
	}
}

// join writes the spread value where any of p, q and r has it, eight voxels at a time.
func (c *cubeSlice) join(dst, p, q, r []uint8) {
	i := 0
	for ; i+8 <= len(dst); i += 8 {
		a, b, d := binary.LittleEndian.Uint64(p[i:]), binary.LittleEndian.Uint64(q[i:]), binary.LittleEndian.Uint64(r[i:])
		if c.spread == 1 {
			a |= b | d
		} else {
			a &= b & d
		}
		binary.LittleEndian.PutUint64(dst[i:], a)
	}
	for ; i < len(dst); i++ {
		dst[i] = c.one(c.one(p[i], q[i]), r[i])
	}
}

func (c *cubeSlice) one(a, b uint8) uint8 {
	if c.spread == 1 {
		return a | b
	}
	return a & b
}
