package render

// brickSide is the number of cells along the side of a brick.
const brickSide = 8

// bricks marks where nothing is, so that rays leap across.
type bricks struct {
	n     [3]int
	empty []bool
}

// findEmpty marks the bricks in which, one cell around included, no layer has anything.
func (s *Scene) findEmpty() *bricks {
	b := &bricks{}
	for a := range 3 {
		b.n[a] = (s.n[a] + brickSide - 1) / brickSide
	}
	b.empty = make([]bool, b.n[0]*b.n[1]*b.n[2])
	for i := range b.empty {
		b.empty[i] = true
	}
	for _, l := range s.layers {
		for i, v := range l.smooth.data {
			if v > 0 || l.body.data[i] > 0 {
				b.fill(i%s.n[0], i/s.n[0]%s.n[1], i/s.n[0]/s.n[1])
			}
		}
	}
	return b
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
	bx, by, bz := int(p[0])/brickSide, int(p[1])/brickSide, int(p[2])/brickSide
	if !b.empty[bx+b.n[0]*(by+b.n[1]*bz)] {
		return 0
	}
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
