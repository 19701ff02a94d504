package segment

import (
	"context"
	"sync"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// survey is what one pass over a smoothed volume tells: its histogram and those of its blocks, and the
// greys of the outermost planes of a box in it.
type survey[T volume.Voxel] struct {
	whole threshold.Histogram
	parts []threshold.Histogram
	// faces[2a] and faces[2a+1] are the first and the last plane of the box across axis a, the lower of the
	// other two axes running faster.
	faces [6][]T
}

// look surveys a volume cut into n blocks along each axis, and the faces of a box in it.
func look[T volume.Voxel](ctx context.Context, m *greys[T], b Box, n int, o parallel.Options, p parallel.Progress) (*survey[T], error) {
	scale, err := scaleOf(ctx, m, o, p)
	if err != nil {
		return nil, err
	}
	s := &survey[T]{}
	for a := range 3 {
		area := b.volume() / (b.Max[a] - b.Min[a])
		s.faces[2*a], s.faces[2*a+1] = make([]T, area), make([]T, area)
	}
	if s.parts, err = blockHistograms(ctx, m, scale, Box{Max: m.raw.N}.blocks(n), o, p, func(z int, slice []T) {
		s.keep(m.raw.Grid, b, z, slice)
	}); err != nil {
		return nil, err
	}
	s.whole = total(s.parts)
	if threshold.Narrow[T]() {
		lo, hi := s.whole.Occupied()
		s.whole = s.whole.Cut(lo, hi)
		for i := range s.parts {
			s.parts[i] = s.parts[i].Cut(lo, hi)
		}
	}
	return s, nil
}

// scaleOf is a histogram that the greys fit: where it can be had without a look at them, every grey there is.
func scaleOf[T volume.Voxel](ctx context.Context, m *greys[T], o parallel.Options, p parallel.Progress) (threshold.Histogram, error) {
	if threshold.Narrow[T]() {
		return threshold.Full[T](), nil
	}
	return threshold.ScaleOf(ctx, m.kept, o, p)
}

// keep copies what a slice shares with the faces of the box; each slice writes places of its own.
func (s *survey[T]) keep(g volume.Grid, b Box, z int, slice []T) {
	if z < b.Min[2] || z >= b.Max[2] {
		return
	}
	nx, ny := b.Max[0]-b.Min[0], b.Max[1]-b.Min[1]
	row := func(y int) []T { return slice[y*g.N[0]+b.Min[0]:][:nx] }
	k := z - b.Min[2]
	for j := range ny {
		r := row(b.Min[1] + j)
		s.faces[0][k*ny+j], s.faces[1][k*ny+j] = r[0], r[nx-1]
		for i, end := range [2]int{b.Min[2], b.Max[2] - 1} {
			if z == end {
				copy(s.faces[4+i][j*nx:], r)
			}
		}
	}
	copy(s.faces[2][k*nx:], row(b.Min[1]))
	copy(s.faces[3][k*nx:], row(b.Max[1]-1))
}

// blockHistograms counts every block on a scale. With each slice it calls also, which may be nil.
func blockHistograms[T volume.Voxel](ctx context.Context, m *greys[T], scale threshold.Histogram, blocks []Box, o parallel.Options, p parallel.Progress, also func(z int, slice []T)) ([]threshold.Histogram, error) {
	stage(p, "histograms", m.raw.N[2])
	c := &blockCounts{blocks: blocks, sums: make([]threshold.Histogram, len(blocks))}
	for i := range c.sums {
		c.sums[i] = scale.Empty()
	}
	c.free.New = func() any { h := scale.Empty(); return &h }
	err := m.each(ctx, o, p, func(ctx context.Context, s parallel.Slab, slice func(z int) []T) error {
		parts := make([]*threshold.Histogram, len(blocks)) // of those that the slab meets
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			values := slice(z)
			if also != nil {
				also(z, values)
			}
			for i, b := range blocks {
				if z < b.Min[2] || z >= b.Max[2] {
					continue
				}
				if parts[i] == nil {
					parts[i] = c.free.Get().(*threshold.Histogram)
				}
				for y := b.Min[1]; y < b.Max[1]; y++ {
					threshold.CountRow(*parts[i], values[y*m.raw.N[0]+b.Min[0]:y*m.raw.N[0]+b.Max[0]])
				}
			}
		}
		c.add(parts)
		return nil
	})
	return c.sums, err
}

// blockCounts are the histograms of blocks. Counts are whole numbers: their sums do not depend on the order.
type blockCounts struct {
	blocks []Box
	mu     sync.Mutex
	sums   []threshold.Histogram
	free   sync.Pool // of empty ones
}

// add adds the counts of a slab and empties them.
func (c *blockCounts) add(parts []*threshold.Histogram) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, part := range parts {
		if part != nil {
			c.sums[i].Add(*part)
			clear(part.Counts)
			c.free.Put(part)
		}
	}
}

func total(parts []threshold.Histogram) threshold.Histogram {
	sum := parts[0].Empty()
	for _, part := range parts {
		sum.Add(part)
	}
	return sum
}
