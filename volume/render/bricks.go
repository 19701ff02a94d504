package render

// brickSide is the number of cells along the side of a brick, a power of two for the rays' sake.
const (
	brickShift = 3
	brickSide  = 1 << brickShift
)

// bricks says which layers have anything where, so that rays leap across empty bricks.
type bricks struct {
	n    [3]int
	held []uint64 // bit i: layer i, the cells around the brick included
}

// mostLayers is how many layers a brick can tell apart.
const mostLayers = 64

// newBricks covers a grid of n cells with empty bricks.
func newBricks(n [3]int) *bricks {
	b := &bricks{}
	for a := range 3 {
		b.n[a] = (n[a] + brickSide - 1) / brickSide
	}
	b.held = make([]uint64, b.n[0]*b.n[1]*b.n[2])
	return b
}

// add marks where a field of a layer is not 0.
func (b *bricks) add(layer int, f *field) {
	for z := range f.n[2] {
		for y := range f.n[1] {
			row := f.data[f.offset(0, y, z):f.offset(f.n[0], y, z)]
			for x, v := range row {
				if v > 0 {
					b.fill(layer, x, y, z)
				}
			}
		}
	}
}

// fill marks the bricks that a cell and its neighbours lie in: a sample between cells, or one rounded
// to the nearest, may belong to any of them.
func (b *bricks) fill(layer, x, y, z int) {
	for bz := max(z-1, 0) >> brickShift; bz <= min((z+1)>>brickShift, b.n[2]-1); bz++ {
		for by := max(y-1, 0) >> brickShift; by <= min((y+1)>>brickShift, b.n[1]-1); by++ {
			for bx := max(x-1, 0) >> brickShift; bx <= min((x+1)>>brickShift, b.n[0]-1); bx++ {
				b.held[bx+b.n[0]*(by+b.n[1]*bz)] |= 1 << layer
			}
		}
	}
}

// at is what the brick around p holds.
func (b *bricks) at(p [3]float64) uint64 {
	return b.held[int(p[0])>>brickShift+b.n[0]*(int(p[1])>>brickShift+b.n[1]*(int(p[2])>>brickShift))]
}

// leap is how far a ray at p in direction d stays in the brick around p, in the ray's unit of length.
func leap(p, d [3]float64) float64 {
	way := 1e18
	for a := range 3 {
		low := float64(int(p[a]) &^ (brickSide - 1))
		switch {
		case d[a] > 0:
			way = min(way, (low+brickSide-p[a])/d[a])
		case d[a] < 0:
			way = min(way, (low-p[a])/d[a])
		}
	}
	return way
}
