package morph

import (
	"context"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// openSlab calls use with the slices of a slab, opened. The eroded slices, one more at both ends, stay in a ring of three.
func openSlab(ctx context.Context, l *volume.Labels, in *label.Set, s parallel.Slab, scratch *[5][]uint8, use func(z int, opened []uint8)) error {
	nz := l.N[2]
	ring, buffer := scratch[:3], scratch[3]
	erode := func(z int) {
		c := cubeSlice{n: l.N, spread: 0, a: ring[z%3], b: buffer}
		c.start()
		for k := max(z-1, 0); k <= min(z+1, nz-1); k++ {
			c.add(l.Slice(k), in)
		}
		c.alongY()
		c.alongX()
	}
	for z := max(s.Z0-1, 0); z <= s.Z0; z++ {
		erode(z)
	}
	one := label.Of(1)
	for z := s.Z0; z < s.Z1; z++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if z+1 < nz {
			erode(z + 1)
		}
		c := cubeSlice{n: l.N, spread: 1, a: scratch[4], b: buffer}
		c.start()
		for k := max(z-1, 0); k <= min(z+1, nz-1); k++ {
			c.add(ring[k%3], one)
		}
		c.alongY()
		c.alongX()
		use(z, c.a)
	}
	return nil
}
