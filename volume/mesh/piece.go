package mesh

import (
	"context"

	"explant/volume"
)

// piece is the part of a surface in some layers of cells. Everything is padded by one voxel all around that
// is outside: plane k holds the voxels of z = k-1, and layer k lies between planes k and k+1.
type piece[T volume.Voxel] struct {
	v     *volume.Volume[T]
	level float64
	nx    int // of a padded plane
	ny    int

	below, above plane
	upward       []int32 // vertices on the edges from the plane below to the one above; none is the absence

	vertices  [][3]float32 // in voxels
	triangles [][3]int32   // own vertices; -1, -2 … are the first, the second … of the next piece
}

// plane is one padded plane: which corners are inside, and the vertices on its edges.
type plane struct {
	inside []bool
	along  [2][]int32 // on the edges along x and y, by their lower corner
}

// none marks an edge without a vertex.
const none = int32(-1 << 31)

func newPiece[T volume.Voxel](v *volume.Volume[T], level float64) *piece[T] {
	w := &piece[T]{v: v, level: level, nx: v.N[0] + 2, ny: v.N[1] + 2}
	n := w.nx * w.ny
	for _, p := range []*plane{&w.below, &w.above} {
		p.inside, p.along = make([]bool, n), [2][]int32{make([]int32, n), make([]int32, n)}
	}
	w.upward = make([]int32, n)
	return w
}

// mesh makes the triangles of the layers from lo to hi-1.
func (w *piece[T]) mesh(ctx context.Context, lo, hi int) error {
	w.load(&w.above, lo)
	w.flat(&w.above, lo, true)
	for k := lo; k < hi; k++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.below, w.above = w.above, w.below
		w.load(&w.above, k+1)
		w.flat(&w.above, k+1, k+1 < hi)
		w.upright(k)
		w.cells()
	}
	return nil
}

// load finds the inside corners of plane k.
func (w *piece[T]) load(p *plane, k int) {
	clear(p.inside)
	z := k - 1
	if z < 0 || z >= w.v.N[2] {
		return
	}
	for y := range w.v.N[1] {
		row := w.v.Data[w.v.Offset(0, y, z):][:w.v.N[0]]
		out := p.inside[(y+1)*w.nx+1:]
		for x, g := range row {
			out[x] = float64(g) >= w.level
		}
	}
}

// flat numbers the vertices on the edges of plane k in raster order, and makes them where they are own.
func (w *piece[T]) flat(p *plane, k int, own bool) {
	next := int32(0)
	for y := range w.ny {
		for x := range w.nx {
			i := y*w.nx + x
			p.along[0][i], p.along[1][i] = none, none
			for a, j := range [2]int{i + 1, i + w.nx} {
				if a == 0 && x == w.nx-1 || a == 1 && y == w.ny-1 || p.inside[i] == p.inside[j] {
					continue
				}
				if own {
					p.along[a][i] = w.add(x, y, k, a)
					continue
				}
				next--
				p.along[a][i] = next
			}
		}
	}
}

// upright makes the vertices on the edges across layer k.
func (w *piece[T]) upright(k int) {
	for i, in := range w.below.inside {
		w.upward[i] = none
		if in != w.above.inside[i] {
			w.upward[i] = w.add(i%w.nx, i/w.nx, k, 2)
		}
	}
}

// add makes the vertex on the edge from padded corner (x, y, z) along axis.
func (w *piece[T]) add(x, y, z, axis int) int32 {
	at := [3]int{x - 1, y - 1, z - 1}
	to := at
	to[axis]++
	p := [3]float32{float32(at[0]), float32(at[1]), float32(at[2])}
	p[axis] += w.crossing(at, to)
	w.vertices = append(w.vertices, p)
	return int32(len(w.vertices) - 1)
}

// crossing is where between two voxels the greys pass the level, 0 to 1; half way to the outside of the
// volume, and where the greys do not say.
func (w *piece[T]) crossing(from, to [3]int) float32 {
	for a := range 3 {
		if from[a] < 0 || to[a] >= w.v.N[a] {
			return 0.5
		}
	}
	g, h := float64(w.v.Data[w.v.Offset(from[0], from[1], from[2])]), float64(w.v.Data[w.v.Offset(to[0], to[1], to[2])])
	if t := (w.level - g) / (h - g); t >= 0 && t <= 1 {
		return float32(t)
	}
	return 0.5
}

// cells makes the triangles between the two planes.
func (w *piece[T]) cells() {
	for y := range w.ny - 1 {
		for x := range w.nx - 1 {
			i := y*w.nx + x
			set := 0
			for c, j := range [4]int{i, i + 1, i + w.nx, i + w.nx + 1} {
				if w.below.inside[j] {
					set |= 1 << c
				}
				if w.above.inside[j] {
					set |= 16 << c
				}
			}
			if set != 0 && set != 255 {
				w.cell(i, triangles[set])
			}
		}
	}
}

func (w *piece[T]) cell(i int, edges []uint8) {
	for ; len(edges) > 0; edges = edges[3:] {
		w.triangles = append(w.triangles, [3]int32{w.vertex(i, edges[0]), w.vertex(i, edges[1]), w.vertex(i, edges[2])})
	}
}

// vertex is the one on an edge of the cell whose lowest corner is i.
func (w *piece[T]) vertex(i int, edge uint8) int32 {
	s := sides[edge]
	i += s.at&1 + s.at>>1&1*w.nx
	switch {
	case s.axis == 2:
		return w.upward[i]
	case s.at>>2 == 1:
		return w.above.along[s.axis][i]
	}
	return w.below.along[s.axis][i]
}
