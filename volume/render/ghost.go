package render

import (
	"math"
	"math/bits"
)

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

// veils looks through the ghosts along r: what is seen of them before the surface at depth t, and in all.
func (c *camera) veils(r ray, depth float64) (before, all veil) {
	all = veil{left: 1}
	passed := false
	for t := r.near; t < r.far && all.left > 0.01; t += c.step {
		if !passed && t > depth {
			before, passed = all, true
		}
		p := r.at(t)
		held := c.ghosts.at(p)
		if held == 0 {
			t += math.Floor(leap(p, r.way)/c.step) * c.step
			continue
		}
		for ; held != 0; held &= held - 1 {
			c.ghost(&all, &c.layers[bits.TrailingZeros64(held)], p)
		}
	}
	if !passed {
		before = all
	}
	return before, all
}

// ghost adds one sample of a translucent layer: strongest on walls seen edge-on, as on glass.
func (c *camera) ghost(v *veil, l *layer, p [3]float64) {
	w := &l.walls[l.smooth.offset(int(p[0]+0.5), int(p[1]+0.5), int(p[2]+0.5))]
	if w.steep < faint {
		return
	}
	const unit = 1.0 / 127
	n := [3]float64{float64(w.facing[0]) * unit, float64(w.facing[1]) * unit, float64(w.facing[2]) * unit}
	facing := -dot(n, c.forward)
	edge := 1 - math.Abs(facing)
	alpha := l.weight * float64(w.steep) * (1.0 / 255) * (0.28 + edge*edge)
	light := 0.45 + 0.55*max(dot(n, c.light), 0)
	if c.frontal {
		light = 0.45 + 0.55*max(facing, 0)
	}
	v.add(lit(l.colorAt(p, c.n), light), min(alpha, 1))
}
