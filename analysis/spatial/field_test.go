package spatial

import (
	"math"
	"math/rand/v2"
)

// lattice is cells of pitch 1 with room 1 and no load.
func lattice(nx, ny, nz int) (cells []Cell) {
	for i := range nx * ny * nz {
		cells = append(cells, Cell{At: [3]float64{float64(i % nx), float64(i / nx % ny), float64(i / nx / ny)}, Room: 1})
	}
	return cells
}

// reach makes the 26 cells around one its neighbours.
const reach = 1.8

// scattered throws balls of a radius in pitches anywhere into the lattice, as many as load a share of it, and
// counts sub-cells of a fifth of the pitch: what a uniform scatter of pieces looks like in cells.
func scattered(random *rand.Rand, n int, radius, share float64) []Cell {
	const fine = 5
	side := n * fine
	full := make([]bool, side*side*side)
	for loaded := 0; float64(loaded) < share*float64(len(full)); {
		var c [3]float64
		for a := range c {
			c[a] = (random.Float64()*(float64(n)+2*radius) - radius) * fine
		}
		r := radius * fine * (0.5 + random.Float64())
		loaded += ball(full, side, c, r)
	}
	cells := lattice(n, n, n)
	for i, f := range full {
		if f {
			x, y, z := i%side/fine, i/side%side/fine, i/side/side/fine
			cells[x+n*(y+n*z)].Load += 1.0 / (fine * fine * fine)
		}
	}
	return cells
}

func ball(full []bool, side int, c [3]float64, r float64) (fresh int) {
	for z := max(int(c[2]-r), 0); z <= min(int(c[2]+r), side-1); z++ {
		for y := max(int(c[1]-r), 0); y <= min(int(c[1]+r), side-1); y++ {
			for x := max(int(c[0]-r), 0); x <= min(int(c[0]+r), side-1); x++ {
				if i := x + side*(y+side*z); !full[i] && math.Hypot(math.Hypot(float64(x)-c[0], float64(y)-c[1]), float64(z)-c[2]) < r {
					full[i] = true
					fresh++
				}
			}
		}
	}
	return fresh
}
