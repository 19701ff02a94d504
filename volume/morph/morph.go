package morph

import (
	"context"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Open returns 1 for the voxels of the set that an opening leaves, eroding once and dilating once:
// bridges and specks less than three voxels wide go.
//
// Source: Serra, Image Analysis and Mathematical Morphology, Academic Press, 1982.
func Open(ctx context.Context, l *volume.Labels, in *label.Set, o parallel.Options, p parallel.Progress) (*volume.Labels, error) {
	core, err := Erode(ctx, l, in, o, p)
	if err != nil {
		return nil, err
	}
	return Dilate(ctx, core, label.Of(1), o, p)
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
	out := volume.New[uint8](l.Grid)
	err := parallel.Slabs(ctx, l.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		buffer := make([]uint8, l.N[0]*l.N[1])
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			b := cubeSlice{n: l.N, spread: spread, a: out.Slice(z), b: buffer}
			b.acrossSlices(l, in, z)
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

// acrossSlices fills a from slices z-1 to z+1.
func (c *cubeSlice) acrossSlices(l *volume.Labels, in *label.Set, z int) {
	for i := range c.a {
		c.a[i] = 1 - c.spread
	}
	for k := max(z-1, 0); k <= min(z+1, c.n[2]-1); k++ {
		for i, class := range l.Slice(k) {
			if in[class] == (c.spread == 1) {
				c.a[i] = c.spread
			}
		}
	}
}

// alongY fills b from the rows around each row of a.
func (c *cubeSlice) alongY() {
	nx, ny := c.n[0], c.n[1]
	for y := range ny {
		dst := c.b[y*nx : (y+1)*nx]
		copy(dst, c.a[y*nx:])
		for _, from := range []int{max(y-1, 0), min(y+1, ny-1)} {
			for x, m := range c.a[from*nx : (from+1)*nx] {
				if m == c.spread {
					dst[x] = m
				}
			}
		}
	}
}

// alongX fills a from the voxels around each voxel of b.
func (c *cubeSlice) alongX() {
	nx := c.n[0]
	for r := 0; r < len(c.b); r += nx {
		row, dst := c.b[r:r+nx], c.a[r:r+nx]
		for x := range dst {
			dst[x] = row[x]
			if row[max(x-1, 0)] == c.spread || row[min(x+1, nx-1)] == c.spread {
				dst[x] = c.spread
			}
		}
	}
}
