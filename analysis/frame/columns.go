package frame

import "math"

// Columns say how much fibre there is along the flow, column by column across it.
type Columns struct {
	From, Step float64      // mm from the inlet to the first bin's lower edge, and a bin
	Bins       int          // along the flow
	Low, High  float64      // mm from the inlet: where the scan begins and ends on the axis
	At         [][2]float64 // middle of each column, mm from the axis along v and w
	Fibre      [][]int64    // voxels of fibre, wall and lumen, by column and bin
	Inside     [][]int64    // voxels of everything inside the housing
}

// leastInside is the share of the fullest bin that a bin must hold to say something.
const leastInside = 0.2

// straighten adds the columns up along planes that rise by tilt along v and w: bin i of the course is
// shifted by the rise of its column. Shares are NaN where too little of the scan is left. The first bin
// of the course lies below bins before the columns' first.
func (c *Columns) straighten(tilt [2]float64, only func(column int) bool) (share []float64, below int) {
	shift := make([]int, len(c.At))
	far := 0
	for i, at := range c.At {
		shift[i] = int(math.Round((at[0]*tilt[0] + at[1]*tilt[1]) / c.Step))
		far = max(far, shift[i], -shift[i])
	}
	fibre, inside := make([]int64, c.Bins+2*far), make([]int64, c.Bins+2*far)
	for i := range c.At {
		if only != nil && !only(i) {
			continue
		}
		for b, n := range c.Inside[i] {
			inside[b+far-shift[i]] += n
			fibre[b+far-shift[i]] += c.Fibre[i][b]
		}
	}
	return shares(fibre, inside), far
}

func shares(fibre, inside []int64) []float64 {
	var fullest int64
	for _, n := range inside {
		fullest = max(fullest, n)
	}
	out := make([]float64, len(fibre))
	for b, n := range inside {
		out[b] = math.NaN()
		if n > 0 && float64(n) >= leastInside*float64(fullest) {
			out[b] = float64(fibre[b]) / float64(n)
		}
	}
	return out
}

// variance of the values that are numbers; more where mats and the gaps between them are told apart.
func variance(values []float64) float64 {
	n, sum, squares := 0.0, 0.0, 0.0
	for _, v := range values {
		if !math.IsNaN(v) {
			n, sum, squares = n+1, sum+v, squares+v*v
		}
	}
	if n == 0 {
		return 0
	}
	return squares/n - sum/n*sum/n
}
