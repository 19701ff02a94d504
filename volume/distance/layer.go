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
	z      []int32 // distance along z of each voxel of a slice, voxels
	d2     []T     // squared distance of each voxel of a slice
	steps  []T     // squared voxels that it is long; nil on cubic voxels, where it is d2
	lines  lines[T]
	// Columns along y: tile of them, one after the other.
	columns, columnSteps []T
}

func newLayers[T square](c *columns, sq squares[T], table []Distance) *layers[T] {
	n := c.l.N
	size := n[0] * n[1]
	w := &layers[T]{c: c, sq: sq, table: table, within: make([]uint8, size*depth), z: make([]int32, size), d2: make([]T, size)}
	w.lines = newLines(max(n[0], n[1]), sq)
	w.columns = make([]T, tile*n[1])
	if !sq.whole {
		w.steps = make([]T, size)
		w.columnSteps = make([]T, tile*n[1])
	}
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
	if !w.gather(w.columns, w.d2, x, k) {
		return // sites alone
	}
	if w.steps != nil {
		w.gather(w.columnSteps, w.steps, x, k)
	}
	nx, ny := w.c.l.N[0], w.c.l.N[1]
	for i := range k {
		column, steps := w.columns[i*ny:(i+1)*ny], w.stepsOf(w.columnSteps, i*ny, ny)
		for from, to, most := gap(column, 0); from < ny; from, to, most = gap(column, to) {
			w.lines.lower(column, steps, 1, from, to, most)
			for y, d := range w.lines.d2[from:to] {
				w.d2[(from+y)*nx+x+i] = d
			}
			if w.steps != nil {
				for y, d := range w.lines.steps[from:to] {
					w.steps[(from+y)*nx+x+i] = d
				}
			}
		}
	}
}

// gather copies k columns from x on out of a slice and reports whether any value is not 0.
func (w *layers[T]) gather(columns, slice []T, x, k int) (any bool) {
	nx, ny := w.c.l.N[0], w.c.l.N[1]
	for y := range ny {
		for i, d := range slice[y*nx+x:][:k] {
			columns[i*ny+y] = d
			if d != 0 {
				any = true
			}
		}
	}
	return any
}

// stepsOf is n values of steps from at on, nil on cubic voxels.
func (w *layers[T]) stepsOf(steps []T, at, n int) []T {
	if steps == nil {
		return nil
	}
	return steps[at : at+n]
}

// alongX brings the sites of row y together and writes the distances to them.
func (w *layers[T]) alongX(dst []Distance, y int) {
	nx := w.c.l.N[0]
	row, steps := w.d2[y*nx:(y+1)*nx], w.stepsOf(w.steps, y*nx, nx)
	dst = dst[y*nx : (y+1)*nx]
	clear(dst)
	for from, to, most := gap(row, 0); from < nx; from, to, most = gap(row, to) {
		w.lines.lower(row, steps, 0, from, to, most)
		for x := from; x < to; x++ {
			dst[x] = w.distance(x)
		}
	}
}

// distance is that of voxel x of a gap along a row.
func (w *layers[T]) distance(x int) Distance {
	d2 := w.lines.d2[x]
	if !w.sq.whole {
		return distanceOf(float64(d2), float64(w.lines.steps[x]))
	}
	if i := int(d2); i < len(w.table) {
		return w.table[i]
	}
	a := w.c.l.Spacing[0]
	return distanceOf(float64(d2)*a*a, float64(d2))
}
