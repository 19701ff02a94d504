package fluorescence

import (
	"image"
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

// plane0 fits a plane to the dark part of blocks, of all focal planes together; blocks full of structures are left
// out as those far above it. The plane is in counts: at the first corner, its rise over the width, over the height.
func (k cleaner) plane0(counts []float32) [3]float64 {
	side := max(int(math.Round(k.p.BlockUM/k.um)), 4)
	var at [][2]float64
	var dark []float64
	for z := 0; z < len(counts); z += k.area() {
		for _, s := range k.spots() {
			for y := s.in.Min.Y; y < s.in.Max.Y; y += side {
				for x := s.in.Min.X; x < s.in.Max.X; x += side {
					b := image.Rect(x, y, x+side, y+side).Intersect(s.in)
					at = append(at, s.middle(b))
					dark = append(dark, k.dark(counts[z:], b))
				}
			}
		}
	}
	return robustPlane(at, dark)
}

// dark is the percentile of a block that is taken for its background.
func (k cleaner) dark(counts []float32, b image.Rectangle) float64 {
	block := make([]float32, 0, b.Dx()*(b.Dy()/darkStep+1))
	for r := b.Min.Y; r < b.Max.Y; r += darkStep {
		block = append(block, counts[r*k.Grid.N[0]+b.Min.X:r*k.Grid.N[0]+b.Max.X]...)
	}
	return float64(rank.Of(block, len(block)*darkPercent/100))
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
