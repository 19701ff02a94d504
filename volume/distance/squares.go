package distance

import (
	"math"

	"explant/volume"
)

// square is a squared distance: whole on cubic voxels, counted in squared voxels, else in mm².
type square interface{ int32 | float64 }

// Squared distances where there is no site. A square of cubic voxels and another one still add up
// to an int32.
const countless = 1 << 30

var beyond = math.Inf(1)

// squares are the squares of 0 to n-1 voxels along each axis, followed by the one of no site.
type squares[T square] struct {
	of    [3][]T
	none  T
	step  [3]float64
	whole bool // squares count voxels
}

// cubic reports whether all squared distances of a grid are small whole numbers of squared voxels.
func cubic(g volume.Grid) bool {
	s, sum := g.Spacing, 0
	for _, n := range g.N {
		if n >= 1<<15 {
			return false
		}
		sum += n * n
	}
	return s[0] == s[1] && s[1] == s[2] && sum < countless
}

func newSquares[T square](g volume.Grid, step [3]float64, none T) squares[T] {
	s := squares[T]{none: none, step: step, whole: cubic(g)}
	for a, n := range g.N {
		s.of[a] = make([]T, n+1)
		for i := range n {
			s.of[a][i] = T(float64(i*i) * step[a] * step[a])
		}
		s.of[a][n] = none
	}
	return s
}

// table lists the distances of the small squares on cubic voxels, nil on others.
func (s squares[T]) table(spacing [3]float64) []Distance {
	if !s.whole {
		return nil
	}
	out := make([]Distance, 1<<12)
	for i := range out {
		out[i] = distanceOf(float64(i)*spacing[0]*spacing[0], float64(i))
	}
	return out
}

// distanceOf a squared distance in mm² that is the square root of steps voxels long. Half a step
// belongs to the site.
func distanceOf(d2, steps float64) Distance {
	if steps == 0 {
		return Distance{}
	}
	d := math.Sqrt(d2)
	return Distance{Center: float32(d), Interface: float32(d * (1 - 0.5/math.Sqrt(steps)))}
}
