package annotate

import (
	"math"
	"slices"

	"explant/io/geojson"
)

// The grid that brushes work on: a cell is a share of the radius of the brush, larger where the object
// would need too many of them.
const (
	cellsPerRadius = 10
	mostMaskCells  = 4 << 20
)

// mask is a grid of cells that are inside or not.
type mask struct {
	x0, y0, cell float64 // corner of the first cell and side of a cell, in pixels of the image
	w, h         int
	in           []bool
}

// newMask covers a box with a margin of two cells.
func newMask(b Box, radius float64) *mask {
	side := radius / cellsPerRadius
	for (b.X1-b.X0)/side*(b.Y1-b.Y0)/side > mostMaskCells {
		side *= 1.5
	}
	m := &mask{x0: math.Floor(b.X0/side-2) * side, y0: math.Floor(b.Y0/side-2) * side, cell: side}
	m.w, m.h = int((b.X1-m.x0)/side)+3, int((b.Y1-m.y0)/side)+3
	m.in = make([]bool, m.w*m.h)
	return m
}

// fill takes the cells whose middle is in a polygon.
func (m *mask) fill(p geojson.Polygon) {
	var cross []float64
	for y := range m.h {
		at := m.y0 + (float64(y)+0.5)*m.cell
		cross = cross[:0]
		for _, ring := range p {
			for i, a := range ring {
				b := ring[(i+1)%len(ring)]
				if (a[1] > at) != (b[1] > at) {
					cross = append(cross, (b[0]-a[0])*(at-a[1])/(b[1]-a[1])+a[0])
				}
			}
		}
		slices.Sort(cross)
		for i := 0; i+1 < len(cross); i += 2 {
			from := max(int(math.Ceil((cross[i]-m.x0)/m.cell-0.5)), 0)
			to := min(int(math.Ceil((cross[i+1]-m.x0)/m.cell-0.5)), m.w)
			for x := from; x < to; x++ {
				m.in[y*m.w+x] = true
			}
		}
	}
}

// stroke sets the cells within a radius of a line.
func (m *mask) stroke(line []geojson.Point, radius float64, to bool) {
	for i := range max(len(line)-1, 1) {
		a, b := line[i], line[min(i+1, len(line)-1)]
		x0, x1 := int((min(a[0], b[0])-radius-m.x0)/m.cell), int((max(a[0], b[0])+radius-m.x0)/m.cell)
		y0, y1 := int((min(a[1], b[1])-radius-m.y0)/m.cell), int((max(a[1], b[1])+radius-m.y0)/m.cell)
		for y := max(y0, 0); y <= min(y1, m.h-1); y++ {
			for x := max(x0, 0); x <= min(x1, m.w-1); x++ {
				if distance(m.x0+(float64(x)+0.5)*m.cell, m.y0+(float64(y)+0.5)*m.cell, a, b) <= radius {
					m.in[y*m.w+x] = to
				}
			}
		}
	}
}

func (m *mask) at(x, y int) bool {
	return x >= 0 && y >= 0 && x < m.w && y < m.h && m.in[y*m.w+x]
}

// Directions of the edges between cells; the inside is to their right, so that outlines have a positive
// area and holes a negative one.
const (
	east = iota
	south
	west
	north
)

var steps = [4][2]int{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}

// outlines follows the borders of the mask.
func (m *mask) outlines() (rings [][]geojson.Point) {
	wide := m.w + 1
	edges := make([]uint8, wide*(m.h+1)) // a bit a direction that leaves a corner
	for y := range m.h + 1 {
		for x := range m.w + 1 {
			nw, ne, sw, se := m.at(x-1, y-1), m.at(x, y-1), m.at(x-1, y), m.at(x, y)
			var e uint8
			if se && !ne {
				e |= 1 << east
			}
			if sw && !se {
				e |= 1 << south
			}
			if nw && !sw {
				e |= 1 << west
			}
			if ne && !nw {
				e |= 1 << north
			}
			edges[y*wide+x] = e
		}
	}
	for start := range edges {
		for edges[start] != 0 {
			rings = append(rings, m.follow(edges, start, wide))
		}
	}
	return rings
}

// follow walks along one border and takes its edges away. Where two borders touch at a corner it turns
// right, so that cells that meet at a corner alone stay apart.
func (m *mask) follow(edges []uint8, start, wide int) (ring []geojson.Point) {
	at, last := start, -1
	for {
		d := -1
		if last >= 0 {
			for _, turn := range []int{1, 0, 3} {
				if k := (last + turn) % 4; edges[at]&(1<<k) != 0 {
					d = k
					break
				}
			}
		} else {
			for k := range 4 {
				if edges[at]&(1<<k) != 0 {
					d = k
					break
				}
			}
		}
		edges[at] &^= 1 << d
		if d != last {
			ring = append(ring, geojson.Point{m.x0 + float64(at%wide)*m.cell, m.y0 + float64(at/wide)*m.cell})
		}
		at, last = at+steps[d][0]+steps[d][1]*wide, d
		if at == start {
			return ring
		}
	}
}

// polygons are the outlines with the holes in them, their stairs smoothed.
func (m *mask) polygons() (out []geojson.Polygon) {
	var holes [][]geojson.Point
	for _, ring := range m.outlines() {
		if signed(ring) > 0 {
			out = append(out, geojson.Polygon{ring})
		} else {
			holes = append(holes, ring)
		}
	}
	for _, hole := range holes {
		if i := owner(out, hole, m.cell); i >= 0 {
			out[i] = append(out[i], hole)
		}
	}
	for _, p := range out {
		for i, ring := range p {
			p[i] = simplify(ring, 0.75*m.cell)
		}
	}
	return slices.DeleteFunc(out, func(p geojson.Polygon) bool { return math.Abs(signed(p[0])) < 4*m.cell*m.cell })
}

// owner is the smallest outline around a hole; -1 for none.
func owner(all []geojson.Polygon, hole []geojson.Point, cell float64) int {
	best, least := -1, math.Inf(1)
	// Borders are found from the top: above the first corner of a hole, on its right, is what surrounds it.
	x, y := hole[0][0]+cell/2, hole[0][1]-cell/2
	for i, p := range all {
		if a := signed(p[0]); a < least && inside(p[:1], x, y) {
			best, least = i, a
		}
	}
	return best
}

// simplify drops the corners of a ring that lie within a tolerance of the line between others.
//
// Source: Douglas and Peucker, Cartographica 10(2):112-122, 1973, doi:10.3138/FM57-6770-U75U-7727.
func simplify(ring []geojson.Point, tolerance float64) []geojson.Point {
	if len(ring) <= 4 {
		return ring
	}
	far := 0
	for i, p := range ring {
		if math.Hypot(p[0]-ring[0][0], p[1]-ring[0][1]) > math.Hypot(ring[far][0]-ring[0][0], ring[far][1]-ring[0][1]) {
			far = i
		}
	}
	keep := make([]bool, len(ring)+1)
	keep[0], keep[far] = true, true
	closed := append(slices.Clone(ring), ring[0])
	thin(closed, 0, far, tolerance, keep)
	thin(closed, far, len(ring), tolerance, keep)
	var out []geojson.Point
	for i, p := range ring {
		if keep[i] {
			out = append(out, p)
		}
	}
	if len(out) < 3 {
		return ring
	}
	return out
}

func thin(points []geojson.Point, from, to int, tolerance float64, keep []bool) {
	worst, at := tolerance, -1
	for i := from + 1; i < to; i++ {
		if d := distance(points[i][0], points[i][1], points[from], points[to]); d > worst {
			worst, at = d, i
		}
	}
	if at < 0 {
		return
	}
	keep[at] = true
	thin(points, from, at, tolerance, keep)
	thin(points, at, to, tolerance, keep)
}

// brushed adds a stroke of a brush to polygons, or takes it away.
func brushed(old []geojson.Polygon, line []geojson.Point, radius float64, add bool) []geojson.Polygon {
	g := geojson.Geometry{Polygons: old}
	box := strokeBox(line, radius)
	if len(old) > 0 {
		b := Box{}
		b.X0, b.Y0, b.X1, b.Y1 = g.Bounds()
		if add {
			box = box.Join(b)
		} else {
			box = b
		}
	}
	m := newMask(box, radius)
	for _, p := range old {
		m.fill(p)
	}
	m.stroke(line, radius, add)
	return m.polygons()
}

// strokeBox is the part of the image under a stroke.
func strokeBox(line []geojson.Point, radius float64) Box {
	var b Box
	b.X0, b.Y0, b.X1, b.Y1 = geojson.Geometry{Points: line}.Bounds()
	return Box{b.X0 - radius, b.Y0 - radius, b.X1 + radius, b.Y1 + radius}
}
