package fluorescence

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"

	"explant/volume/rank"
)

// darkPercent is the percentile of a block that is taken for its background: structures cover the rest.
const darkPercent = 15

// darkStep is the step between the rows of a block that are looked at: a percentile of a thousand pixels is known well
// enough, and there are many blocks.
const darkStep = 4

// plane0 fits a plane to the dark part of blocks; blocks full of structures are left out as those far
// above it. The plane is in counts: at the first corner, its rise over the width, over the height.
func (k cleaner) plane0(counts []float32) [3]float64 {
	side := max(int(math.Round(k.p.BlockUM/k.um)), 4)
	w, h := k.Grid.N[0], k.Grid.N[1]
	var at [][2]float64
	var dark []float64
	var block []float32
	for y := 0; y < h; y += side {
		for x := 0; x < w; x += side {
			x1, y1 := min(x+side, w), min(y+side, h)
			block = block[:0]
			for r := y; r < y1; r += darkStep {
				block = append(block, counts[r*w+x:r*w+x1]...)
			}
			at = append(at, [2]float64{float64(x+x1) / 2 / float64(w), float64(y+y1) / 2 / float64(h)})
			dark = append(dark, float64(rank.Of(block, len(block)*darkPercent/100)))
		}
	}
	return robustPlane(at, dark)
}

// robustPlane is the least-squares plane through the values, after leaving out what is more than 1.5
// robust SDs above or 4 below, twenty times over. A plane that the points do not determine is level.
func robustPlane(at [][2]float64, v []float64) (plane [3]float64) {
	in := make([]bool, len(v))
	for i := range in {
		in[i] = true
	}
	for range 20 {
		next, ok := leastSquares(at, v, in)
		if !ok {
			return [3]float64{median(v, nil), 0, 0}
		}
		plane = next
		rest := make([]float64, len(v))
		for i := range v {
			rest[i] = v[i] - plane[0] - plane[1]*at[i][0] - plane[2]*at[i][1]
		}
		mid := median(rest, in)
		away := make([]float64, len(v))
		for i, r := range rest {
			away[i] = math.Abs(r - mid)
		}
		sd := 1.4826*median(away, in) + 1e-3
		for i, r := range rest {
			in[i] = r-mid < 1.5*sd && r-mid > -4*sd
		}
	}
	return plane
}

// leastSquares is the plane through the values that are in; not ok where they do not determine one.
func leastSquares(at [][2]float64, v []float64, in []bool) (p [3]float64, ok bool) {
	var rows, right []float64
	for i, a := range at {
		if in[i] {
			rows = append(rows, 1, a[0], a[1])
			right = append(right, v[i])
		}
	}
	if len(right) < len(p) {
		return p, false
	}
	var plane mat.VecDense
	err := plane.SolveVec(mat.NewDense(len(right), len(p), rows), mat.NewVecDense(len(right), right))
	if err != nil {
		return p, false
	}
	return [3]float64(plane.RawVector().Data), true
}

// median of the values that are in, of all where in is nil; 0 without any.
func median(v []float64, in []bool) float64 {
	var s []float64
	for i, x := range v {
		if in == nil || in[i] {
			s = append(s, x)
		}
	}
	if len(s) == 0 {
		return 0
	}
	slices.Sort(s)
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
