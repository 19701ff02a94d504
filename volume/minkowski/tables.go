package minkowski

import "explant/volume/area"

// corner is one of the eight voxels of a pattern.
type corner [3]int

func (c corner) bit() int { return 1 << (c[0] + 2*c[1] + 4*c[2]) }

func cornerOf(i int) corner { return corner{i & 1, i >> 1 & 1, i >> 2} }

// maskOf is the pattern of some voxels alone.
func maskOf(corners ...corner) (mask int) {
	for _, c := range corners {
		mask |= c.bit()
	}
	return mask
}

// cells lists the patterns of the voxels that differ from a first one along no axis (8 vertices), along
// one of the axes (12 edges), two (6 faces) and three (the cube).
var cells = func() (out [4][]int) {
	for axes := range 8 {
		size := axes&1 + axes>>1&1 + axes>>2
		for from := range 8 {
			if from&axes != 0 {
				continue
			}
			mask := 0
			for to := range 8 {
				if to&^axes == from {
					mask |= cornerOf(to).bit()
				}
			}
			out[size] = append(out[size], mask)
		}
	}
	return out
}()

// euler8 is eight times what a pattern adds to the Euler number with 6 and with 26 neighbours. 8 >> size
// patterns share a cell: eight a vertex, four an edge, two a face.
var euler8 = func() (out [2][256]int64) {
	sign := [4]int64{1, -1, 1, -1}
	for p := range 256 {
		for size, masks := range cells {
			for _, m := range masks {
				if p&m == m { // all of them: a cell of the complex of centres
					out[0][p] += sign[size] << size
				}
				if p&m != 0 { // any of them: a cell of dimension 3 - size of the union of cubes
					out[1][p] += sign[3-size] << size
				}
			}
		}
	}
	return out
}()

// crossings holds, for each pattern and each of the 13 directions, how many of the pairs of voxels
// along it differ, and how many patterns share a pair.
func crossings(steps [13]area.Direction) (out [256][13]float64) {
	for p := range 256 {
		for k, d := range steps {
			for i := range 8 {
				a := cornerOf(i)
				b := corner{a[0] + d.Step[0], a[1] + d.Step[1], a[2] + d.Step[2]}
				if !inside(b) || (p&a.bit() != 0) == (p&b.bit() != 0) {
					continue
				}
				out[p][k] += 1 / float64(sharing(d.Step))
			}
		}
	}
	return out
}

func inside(c corner) bool {
	for _, v := range c {
		if v < 0 || v > 1 {
			return false
		}
	}
	return true
}

// sharing is the number of patterns that hold a pair of voxels so far apart.
func sharing(step [3]int) int {
	n := 8
	for _, s := range step {
		if s != 0 {
			n /= 2
		}
	}
	return n
}
