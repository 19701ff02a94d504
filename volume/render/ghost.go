package render

import "math"

// wall is the slope of a ghost in one cell: where its surface faces, and how steep it is.
type wall struct {
	facing [3]int8 // unit vector outwards, times 127
	steep  uint8   // 255 where the ghost rises from empty to full within two cells
}

// faint is the steepness, of 255, below which a wall is not drawn.
const faint = 4

// makeWalls finds the walls of a ghost and the weight that gives it the wanted depth, seen along a
// line of the given number of cells.
func (l *layer) makeWalls(cells float64) {
	f, sum := l.smooth, 0
	l.walls = make([]wall, len(f.data))
	row, slice := f.n[0], f.n[0]*f.n[1]
	for i := slice + row + 1; i < len(f.data)-slice-row-1; i++ {
		x := float64(f.data[i-1]) - float64(f.data[i+1])
		y := float64(f.data[i-row]) - float64(f.data[i+row])
		z := float64(f.data[i-slice]) - float64(f.data[i+slice])
		if x == 0 && y == 0 && z == 0 {
			continue
		}
		length := math.Sqrt(x*x + y*y + z*z)
		steep := uint8(min(length, 255))
		sum += int(steep)
		l.walls[i] = wall{[3]int8{int8(127 * x / length), int8(127 * y / length), int8(127 * z / length)}, steep}
	}
	mean := float64(sum) / 255 / float64(len(f.data))
	l.weight = ghostDepth / max(mean*cells, ghostDepth)
}

// ghost adds the veil of a translucent layer: strongest on walls seen edge-on, as on glass.
func (c *camera) ghost(seen *pixelColor, l *layer, p [3]float64) {
	w := &l.walls[l.smooth.offset(int(p[0]+0.5), int(p[1]+0.5), int(p[2]+0.5))]
	if w.steep < faint {
		return
	}
	n := [3]float64{float64(w.facing[0]) / 127, float64(w.facing[1]) / 127, float64(w.facing[2]) / 127}
	facing := -dot(n, c.forward)
	edge := 1 - math.Abs(facing)
	alpha := l.weight * float64(w.steep) / 255 * (0.28 + edge*edge)
	light := 0.45 + 0.55*max(dot(n, c.light), 0)
	if c.frontal {
		light = 0.45 + 0.55*max(facing, 0)
	}
	seen.add(l.colorAt(p, c.n), light, min(alpha, 1))
}
