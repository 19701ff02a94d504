package label

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/bits"

	"explant/volume"
	"explant/volume/parallel"
)

// Objects are connected components as runs of voxels along x: 12 bytes a run and none for what lies
// between.
type Objects struct {
	N       [3]int   // voxels of the volume along x, y, z
	Regions []Region // Regions[i] has number i+1
	bands   []*band
	depth   int      // slices a band
	numbers []uint32 // of the component of each run
}

// Find returns the connected components of the voxels of l whose class is in the set, numbered from
// 1 in scan order. It fails where there are more than 2³²-1 runs of voxels.
func Find(ctx context.Context, l *volume.Labels, in *Set, c Connectivity, o parallel.Options, p parallel.Progress) (*Objects, error) {
	return FindFed(ctx, l.Grid, Slices(l), in, c, o, p)
}

// Slices feeds the slices of l.
func Slices(l *volume.Labels) Feed {
	return func(ctx context.Context, s parallel.Slab, use func(z int, classes []uint8)) error {
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			use(z, l.Slice(z))
		}
		return nil
	}
}

// Feed makes the classes of the slices of a slab and calls use with them in order. It may be called by
// several goroutines at once.
type Feed func(ctx context.Context, s parallel.Slab, use func(z int, classes []uint8)) error

// FindFed is [Find] on classes of a volume on g that are made slab by slab and held nowhere.
func FindFed(ctx context.Context, g volume.Grid, feed Feed, in *Set, c Connectivity, o parallel.Options, p parallel.Progress) (*Objects, error) {
	if err := g.Check(); err != nil {
		return nil, err
	}
	if c != 6 && c != 18 && c != 26 {
		return nil, fmt.Errorf("connectivity %d: must be 6, 18 or 26", c)
	}
	if p != nil {
		p.Stage("components", g.N[2])
	}
	if o.Depth <= 0 {
		o.Depth = 8
	}
	bands, err := scanBands(ctx, g.N, feed, in, c, o, p)
	if err != nil {
		return nil, err
	}
	numbers, err := joinBands(ctx, bands, g.N, c)
	if err != nil {
		return nil, err
	}
	count := number(numbers)
	return &Objects{N: g.N, Regions: tabulate(bands, numbers, count, g.N, 0, g.N[2]), bands: bands, depth: o.Depth, numbers: numbers}, nil
}

// Within returns the regions as far as they lie in slices [z0, z1); the count of one that does not is 0, and
// its box and centroid mean nothing.
func (o *Objects) Within(z0, z1 int) []Region {
	if z0 == 0 && z1 == o.N[2] {
		return o.Regions
	}
	return tabulate(o.bands, o.numbers, len(o.Regions), o.N, z0, z1)
}

// Row returns the runs of row (y, z) from left to right and the number of the object of each.
func (o *Objects) Row(y, z int) ([]Run, []uint32) {
	b := o.bands[z/o.depth]
	r := y + o.N[1]*(z-b.z0)
	from, to := b.rows[r], b.rows[r+1]
	return b.runs[from:to], o.numbers[b.base+uint32(from):][:to-from]
}

// SameUntil is the end of the run of equal classes that begins at x of a row.
func SameUntil(row []uint8, x int) int {
	c := row[x]
	for all := uint64(c) * 0x0101010101010101; x+8 <= len(row); x += 8 {
		if d := binary.LittleEndian.Uint64(row[x:]) ^ all; d != 0 {
			return x + bits.TrailingZeros64(d)/8
		}
	}
	for x < len(row) && row[x] == c {
		x++
	}
	return x
}
