package minkowski

import (
	"context"
	"encoding/binary"
	"fmt"
	"sync"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Faces says what lies beyond the faces of the volume.
type Faces bool

const (
	// Closed takes nothing of the class to lie beyond the faces: objects end there, and their cuts are
	// surface. For whole objects.
	Closed Faces = false
	// Open leaves out what is beyond: patterns inside the volume alone are counted, so that measures
	// over [Patterns.Window] estimate densities of what goes on beyond the faces.
	Open Faces = true
)

// Patterns counts the 2x2x2 patterns of a class on a grid. Bit x + 2y + 4z of a pattern's number says
// whether voxel (x, y, z) of it is of the class.
type Patterns struct {
	Counts [256]int64
	grid   volume.Grid
	faces  Faces
}

// Of counts the patterns of the voxels of l whose class is in the set. An Open volume of fewer than two
// voxels along an axis has none.
func Of(ctx context.Context, l *volume.Labels, in *label.Set, f Faces, o parallel.Options, p parallel.Progress) (*Patterns, error) {
	return Within(ctx, l, [3]int{}, l.N, in, f, o, p)
}

// Within counts the patterns of the box [lo, hi) of l, which must lie in it, as [Of] those of a volume of
// its own.
func Within(ctx context.Context, l *volume.Labels, lo, hi [3]int, in *label.Set, f Faces, o parallel.Options, p parallel.Progress) (*Patterns, error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	g := l.Grid
	for a := range 3 {
		if lo[a] < 0 || lo[a] >= hi[a] || hi[a] > l.N[a] {
			return nil, fmt.Errorf("box %v to %v of a volume of %v", lo, hi, l.N)
		}
		g.N[a] = hi[a] - lo[a]
	}
	if p != nil {
		p.Stage("2x2x2 patterns", g.N[2])
	}
	out := &Patterns{grid: g, faces: f}
	var mu sync.Mutex
	err := parallel.Slabs(ctx, g.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		c := newCounter(l, lo, g.N, in, f)
		for z := s.Z0; z < s.Z1; z++ { // pairs of slices z-1 and z
			if err := ctx.Err(); err != nil {
				return err
			}
			c.pair(z)
		}
		if s.Z1 == g.N[2] {
			c.pair(s.Z1)
		}
		mu.Lock()
		defer mu.Unlock()
		for i, n := range c.counts {
			out.Counts[i] += n // whole numbers: their sum does not depend on the order
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// counter counts the patterns between slices. Masks are slices of 0 and 1 with one row of 0 before and
// after, and rows with one 0 before and at least one after.
type counter struct {
	l      *volume.Labels
	lo, n  [3]int    // of the box
	table  [256]byte // 1 for the classes of the set
	faces  Faces
	stride int
	masks  [2][]byte // of the slices of even and of odd z
	known  [2]int    // which slices these are
	counts [256]int64
}

func newCounter(l *volume.Labels, lo, n [3]int, in *label.Set, f Faces) *counter {
	c := &counter{l: l, lo: lo, n: n, faces: f, stride: (n[0]+1)/8*8 + 8, known: [2]int{-2, -2}}
	for i, is := range in {
		if is {
			c.table[i] = 1
		}
	}
	for i := range c.masks {
		c.masks[i] = make([]byte, c.stride*(n[1]+2))
	}
	return c
}

// mask returns the mask of slice z of the box, which may lie one beyond it.
func (c *counter) mask(z int) []byte {
	i := z & 1
	m := c.masks[i]
	if c.known[i] == z {
		return m
	}
	c.known[i] = z
	if z < 0 || z >= c.n[2] {
		clear(m)
		return m
	}
	for y := range c.n[1] {
		row := m[(y+1)*c.stride+1:][:c.n[0]]
		at := c.l.Offset(c.lo[0], c.lo[1]+y, c.lo[2]+z)
		for x, v := range c.l.Data[at : at+len(row)] {
			row[x] = c.table[v]
		}
	}
	return m
}

// pair counts the patterns of slices z-1 and z.
func (c *counter) pair(z int) {
	y0, y1 := 0, c.n[1]+1 // rows of the mask, the padding included
	if c.faces == Open {
		if z == 0 || z == c.n[2] {
			return
		}
		y0, y1 = 1, c.n[1]
	}
	below, above := c.mask(z-1), c.mask(z)
	for y := y0; y < y1; y++ {
		at := y * c.stride
		c.row([4][]byte{below[at:][:c.stride], below[at+c.stride:][:c.stride], above[at:][:c.stride], above[at+c.stride:][:c.stride]})
	}
}

// row counts the patterns of four rows: eight columns of four voxels are made at a time, a byte each,
// and most of them are all void or all of the class.
func (c *counter) row(rows [4][]byte) {
	nx := c.n[0]
	first, last := 1, nx+1 // voxels of the mask on the right side of a pattern
	if c.faces == Open {
		first, last = 2, nx
	}
	var before uint64 // the column to the left
	for x := 0; x <= last; x += 8 {
		w := binary.LittleEndian.Uint64(rows[0][x:]) | binary.LittleEndian.Uint64(rows[1][x:])<<2 |
			binary.LittleEndian.Uint64(rows[2][x:])<<4 | binary.LittleEndian.Uint64(rows[3][x:])<<6
		patterns := w<<1 | w<<8 | before
		before = w >> 56
		if x >= first && x+7 <= last && (patterns == 0 || patterns == ^uint64(0)) {
			c.counts[patterns&0xff] += 8
			continue
		}
		for k := x; k < min(x+8, last+1); k++ {
			if k >= first {
				c.counts[patterns&0xff]++
			}
			patterns >>= 8
		}
	}
}
