package area

import "math"

const directions = 13

// steps are one of each pair of opposite directions to the 26 neighbours.
var steps = [directions][3]int{
	{1, 0, 0}, {0, 1, 0}, {0, 0, 1},
	{1, 1, 0}, {1, -1, 0}, {1, 0, 1}, {1, 0, -1}, {0, 1, 1}, {0, 1, -1},
	{1, 1, 1}, {1, 1, -1}, {1, -1, 1}, {1, -1, -1},
}

// stepIndex is the index in steps of a neighbour or of the one opposite to it, -1 for no step: entry
// (dx+1) + 3(dy+1) + 9(dz+1).
var stepIndex = func() (out [27]int) {
	out[13] = -1
	for k, s := range steps {
		at := s[0] + 3*s[1] + 9*s[2]
		out[13+at], out[13-at] = k, k
	}
	return out
}()

func directionOf(dx, dy, dz int) int { return stepIndex[13+dx+3*dy+9*dz] }

// Direction is one of the 13 directions from a voxel to its 26 neighbours, on a grid.
type Direction struct {
	Step   [3]int     // voxels
	Unit   [3]float64 // of length 1, in mm
	Length float64    // mm from voxel to voxel
	Weight float64    // share of all directions that lie nearest to it; they sum to 1
}

// samples is the number of points on the sphere that weigh the directions: weights to 1e-4.
const samples = 100_000

// Directions weighs the directions for a spacing in mm: the area of their Voronoi cells on the sphere,
// by a Fibonacci lattice, to 1e-4.
func Directions(spacing [3]float64) (out [13]Direction) {
	for k, s := range steps {
		d := &out[k]
		d.Step = s
		for a := range 3 {
			d.Unit[a] = float64(s[a]) * spacing[a]
			d.Length += d.Unit[a] * d.Unit[a]
		}
		d.Length = math.Sqrt(d.Length)
		for a := range 3 {
			d.Unit[a] /= d.Length
		}
	}
	golden := math.Pi * (3 - math.Sqrt(5))
	for i := range samples {
		z := 1 - (2*float64(i)+1)/samples
		s, c := math.Sincos(golden * float64(i))
		r := math.Sqrt(1 - z*z)
		out[nearest(&out, [3]float64{r * c, r * s, z})].Weight += 1.0 / samples
	}
	return out
}

func nearest(dirs *[directions]Direction, u [3]float64) int {
	best, at := -1.0, 0
	for k := range dirs {
		d := &dirs[k].Unit
		if c := math.Abs(d[0]*u[0] + d[1]*u[1] + d[2]*u[2]); c > best {
			best, at = c, k
		}
	}
	return at
}
