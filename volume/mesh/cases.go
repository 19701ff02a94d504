package mesh

// Corner c of a cell lies at (c&1, c>>1&1, c>>2&1).

// side is one of the twelve edges of a cell: from corner at along axis.
type side struct{ at, axis int }

// sides are numbered by axis first: 0 to 3 along x, 4 to 7 along y, 8 to 11 along z.
var sides = func() (s [12]side) {
	n := 0
	for axis := range 3 {
		for c := range 8 {
			if c>>axis&1 == 0 {
				s[n] = side{c, axis}
				n++
			}
		}
	}
	return s
}()

// sideOf is the number of the edge between two corners.
func sideOf(a, b int) int {
	for n, s := range sides {
		if c := s.at | 1<<s.axis; s.at == min(a, b) && c == max(a, b) {
			return n
		}
	}
	panic("mesh: corners that no edge joins")
}

// faces are the corners of the six faces, counter-clockwise as seen from outside.
var faces = [6][4]int{{0, 4, 6, 2}, {1, 3, 7, 5}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 2, 3, 1}, {4, 5, 7, 6}}

// triangles lists, for each set of inside corners, the edges on which the vertices of its triangles
// stand, three a triangle, counter-clockwise as seen from outside the surface.
var triangles = func() (t [256][]uint8) {
	for set := range t {
		t[set] = triangulate(set)
	}
	return t
}()

// triangulate joins the crossed edges of a cell to loops over its faces, and cuts each into a fan.
func triangulate(set int) (out []uint8) {
	var next [12]int
	for i := range next {
		next[i] = -1
	}
	for _, f := range faces {
		link(set, f, &next)
	}
	for first := range next {
		if next[first] < 0 {
			continue
		}
		var loop []int
		for at := first; next[at] >= 0; {
			loop = append(loop, at)
			at, next[at] = next[at], -1
		}
		out = append(out, fan(loop)...)
	}
	return out
}

// fan cuts a loop into triangles that share one of its vertices: the first from which no cut runs over a
// face of the cell, where the neighbouring cell may make the same cut.
func fan(loop []int) (out []uint8) {
	n := len(loop)
	start := 0
	for s := n - 1; s >= 0; s-- {
		inner := true
		for i := 2; i < n-1; i++ {
			inner = inner && !sameFace(loop[s], loop[(s+i)%n])
		}
		if inner {
			start = s
		}
	}
	for i := 2; i < n; i++ {
		out = append(out, uint8(loop[start]), uint8(loop[(start+i-1)%n]), uint8(loop[(start+i)%n]))
	}
	return out
}

// sameFace reports two edges of one face.
func sameFace(a, b int) bool {
	for _, f := range faces {
		on := [12]bool{}
		for i := range 4 {
			on[sideOf(f[i], f[(i+1)%4])] = true
		}
		if on[a] && on[b] {
			return true
		}
	}
	return false
}

// link joins the edges of a face at which inside and outside meet: the one that enters a run of inside
// corners to the one that leaves it.
func link(set int, face [4]int, next *[12]int) {
	in := func(i int) bool { return set>>face[i%4]&1 == 1 }
	for i := range 4 {
		if in(i) || !in(i+1) {
			continue
		}
		last := i + 1
		for in(last + 1) {
			last++
		}
		next[sideOf(face[i], face[(i+1)%4])] = sideOf(face[last%4], face[(last+1)%4])
	}
}
