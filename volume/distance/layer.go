package distance

import "explant/volume/parallel"

// tile is the number of columns along y that are copied out of a slice together: one cache line.
const tile = 16

// layers makes the distances of one slab slice by slice.
type layers[T square] struct {
	c      *columns
	sq     squares[T]
	table  []Distance
	slab   parallel.Slab
	within []uint8
	z      []int32  // distance along z of each voxel of a slice, voxels
	d2     []T      // squared distance of each voxel of a slice
	steps  []T      // squared voxels that it is long; nil on cubic voxels, where it is d2
	lines  lines[T] // scratch for the lines of a tile
}

func newLayers[T square](c *columns, sq squares[T], table []Distance) *layers[T] {
	n := c.l.N
	size := n[0] * n[1]
	w := &layers[T]{c: c, sq: sq, table: table, within: make([]uint8, size*depth), z: make([]int32, size), d2: make([]T, size)}
	if !sq.whole {
		w.steps = make([]T, size)
	}
	w.lines = newLines(max(n[0], n[1]), sq)
	return w
}

// enter prepares the slab whose slices are asked next.
func (w *layers[T]) enter(s parallel.Slab) {
	w.slab = s
	w.c.within(w.within, s)
}

// slice writes the distances of slice z.
func (w *layers[T]) slice(dst []Distance, z int) {
	k := w.slab.Z0 / depth
	switch {
	case z < w.slab.Z0:
		w.c.outside(w.z, z, k)
	case z >= w.slab.Z1:
		w.c.outside(w.z, z, k+1)
	default:
		w.c.inside(w.z, w.within[(z-w.slab.Z0)*len(w.z):], z, k)
	}
	w.alongZ()
	for x := 0; x < w.c.l.N[0]; x += tile {
		w.alongY(x, min(tile, w.c.l.N[0]-x))
	}
	for y := range w.c.l.N[1] {
		w.alongX(dst, y)
	}
}

// alongZ squares the distances along z.
func (w *layers[T]) alongZ() {
	of, n := w.sq.of[2], int32(w.c.l.N[2])
	for i, d := range w.z {
		w.d2[i] = of[min(d, n)]
	}
	for i := range w.steps {
		d := T(min(w.z[i], n))
		w.steps[i] = d * d
	}
}

// alongY brings the sites of k columns from x on together.
func (w *layers[T]) alongY(x, k int) {
	nx, ny := w.c.l.N[0], w.c.l.N[1]
	in, out := w.lines.in, w.lines.out
	for y := range ny {
		for i, d := range w.d2[y*nx+x:][:k] {
			in[i][y].d2 = d
		}
		if w.steps != nil {
			for i, d := range w.steps[y*nx+x:][:k] {
				in[i][y].steps = d
			}
		}
	}
	for i := range k {
		w.lines.lower(out[i][:ny], in[i][:ny], 1)
	}
	for y := range ny {
		for i := range k {
			w.d2[y*nx+x+i] = out[i][y].d2
		}
		if w.steps != nil {
			for i := range k {
				w.steps[y*nx+x+i] = out[i][y].steps
			}
		}
	}
}

// alongX brings the sites of row y together and writes the distances to them.
func (w *layers[T]) alongX(dst []Distance, y int) {
	nx := w.c.l.N[0]
	in, out := w.lines.in[0][:nx], w.lines.out[0][:nx]
	for x, d := range w.d2[y*nx:][:nx] {
		in[x].d2 = d
	}
	if w.steps != nil {
		for x, d := range w.steps[y*nx:][:nx] {
			in[x].steps = d
		}
	}
	w.lines.lower(out, in, 0)
	for x, s := range out {
		dst[y*nx+x] = w.distance(s)
	}
}

func (w *layers[T]) distance(s spot[T]) Distance {
	if !w.sq.whole {
		return distanceOf(float64(s.d2), float64(s.steps))
	}
	if i := int(s.d2); i < len(w.table) {
		return w.table[i]
	}
	a := w.c.l.Spacing[0]
	return distanceOf(float64(s.d2)*a*a, float64(s.d2))
}
