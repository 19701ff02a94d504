package minkowski

// section is what a plane through the voxels of a pattern cuts out of it: a tile of the plane's own
// lattice. Corners of a rectangle stand in the order of its outline.
type section struct {
	normal  [3]int
	corners []corner
	share   float64 // 1 over the patterns that hold the tile
}

// sections are the tiles of the 13 families of lattice planes in one pattern: two of each family across
// an axis, one of each along one axis and aslant to two, two triangles of each aslant to all three.
var sections = func() (out []section) {
	for a := range 3 {
		b, c := min((a+1)%3, (a+2)%3), max((a+1)%3, (a+2)%3)
		for side := range 2 {
			out = append(out, section{unit(a), rectangle(a, side, b, c), 0.5})
		}
		for _, turn := range []int{1, -1} { // aslant to b and c, along a
			normal := unit(b)
			normal[c] = turn
			out = append(out, section{normal, diagonal(a, b, c, turn), 1})
		}
	}
	for _, normal := range [][3]int{{1, 1, 1}, {1, 1, -1}, {1, -1, 1}, {1, -1, -1}} {
		out = append(out, triangles(normal)...)
	}
	return out
}()

func unit(a int) (n [3]int) {
	n[a] = 1
	return n
}

// rectangle is the face of a pattern across axis a.
func rectangle(a, side, b, c int) (out []corner) {
	for _, at := range [][2]int{{0, 0}, {1, 0}, {1, 1}, {0, 1}} {
		var p corner
		p[a], p[b], p[c] = side, at[0], at[1]
		out = append(out, p)
	}
	return out
}

// diagonal is the rectangle along axis a and across the pattern's diagonal on which b + turn*c is the same.
func diagonal(a, b, c, turn int) (out []corner) {
	for _, at := range [][2]int{{0, 0}, {1, 0}, {1, 1}, {0, 1}} {
		var p corner
		p[a], p[b], p[c] = at[0], at[1], at[1]
		if turn > 0 {
			p[c] = 1 - at[1]
		}
		out = append(out, p)
	}
	return out
}

// triangles are the two sets of three corners of a pattern that a plane of this normal goes through.
func triangles(normal [3]int) []section {
	var level [4][]corner
	for i := range 8 {
		c := cornerOf(i)
		at := 0
		for a, n := range normal {
			if n > 0 {
				at += c[a]
			} else {
				at += 1 - c[a]
			}
		}
		level[at] = append(level[at], c)
	}
	return []section{{normal, level[1], 1}, {normal, level[2], 1}}
}

// euler is what the tile adds to the Euler number of its plane where its voxels are those of pattern p.
// Rectangles: with 4 neighbours in the plane, or with 8 where all is set. In a lattice of triangles all
// neighbours are alike.
func (s section) euler(p int, all bool) float64 {
	n := len(s.corners)
	var vertices, edges, whole, any float64
	for i, c := range s.corners {
		next := s.corners[(i+1)%n]
		vertices += set(p&c.bit() != 0)
		both := maskOf(c, next)
		edges += set(p&both == both)
		any += set(p&both != 0)
	}
	tile := maskOf(s.corners...)
	whole = set(p&tile == tile)
	switch {
	case n == 3: // six triangles meet in a vertex, two in an edge
		return vertices/6 - edges/2 + whole
	case all: // the union of the pixels about the tile's middle
		return set(p&tile != 0) - any/2 + vertices/4
	}
	return vertices/4 - edges/2 + whole
}

func set(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
