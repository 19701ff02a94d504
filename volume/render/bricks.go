package render

// brickSide is the number of cells along the side of a brick, a power of two for the rays' sake.
const (
	brickShift = 3
	brickSide  = 1 << brickShift
)

// bricks marks where nothing is, so that rays leap across.
type bricks struct {
	n     [3]int
	empty []bool
}

// findEmpty marks the bricks in which, one cell around included, all fields are 0.
func findEmpty(fields ...*field) *bricks {
	n := fields[0].n
	b := &bricks{}
	for a := range 3 {
		b.n[a] = (n[a] + brickSide - 1) / brickSide
	}
	b.empty = make([]bool, b.n[0]*b.n[1]*b.n[2])
	for i := range b.empty {
		b.empty[i] = true
	}
	for _, f := range fields {
		for i, v := range f.data {
			if v > 0 {
				b.fill(i%n[0], i/n[0]%n[1], i/n[0]/n[1])
			}
		}
	}
	return b
}

// emptyOfAll marks the bricks that are empty in every layer; there is at least one.
func emptyOfAll(layers []layer) *bricks {
	out := &bricks{n: layers[0].empty.n, empty: append([]bool(nil), layers[0].empty.empty...)}
	for _, l := range layers[1:] {
		for i, e := range l.empty.empty {
			out.empty[i] = out.empty[i] && e
		}
	}
	return out
}

// fill marks the bricks that a cell and its lower neighbours lie in: a sample between two cells
// belongs to the brick of the lower one.
func (b *bricks) fill(x, y, z int) {
	for _, bz := range [2]int{max(z-1, 0) / brickSide, z / brickSide} {
		for _, by := range [2]int{max(y-1, 0) / brickSide, y / brickSide} {
			for _, bx := range [2]int{max(x-1, 0) / brickSide, x / brickSide} {
				b.empty[bx+b.n[0]*(by+b.n[1]*bz)] = false
			}
		}
	}
}

// leap is how far a ray at p in direction d may go at once, in its own unit of length: 0 in a brick
// with anything in it, else the way to the border of the brick.
func (b *bricks) leap(p, d [3]float64) float64 {
	if !b.at(p) {
		return 0
	}
	bx, by, bz := int(p[0])>>brickShift, int(p[1])>>brickShift, int(p[2])>>brickShift
	way := 1e18
	for a, at := range [3]int{bx, by, bz} {
		switch {
		case d[a] > 0:
			way = min(way, (float64((at+1)*brickSide)-p[a])/d[a])
		case d[a] < 0:
			way = min(way, (float64(at*brickSide)-p[a])/d[a])
		}
	}
	return way
}

// at reports whether the brick around p is empty.
func (b *bricks) at(p [3]float64) bool {
	return b.empty[int(p[0])>>brickShift+b.n[0]*(int(p[1])>>brickShift+b.n[1]*(int(p[2])>>brickShift))]
}
