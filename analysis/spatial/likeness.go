package spatial

import "math"

// classes is the number of classes of distance within the reach of neighbours. On a lattice whose pitch is
// 1/1.8 of the reach a class is a tenth of the pitch, which tells all its distances apart.
const classes = 18

// moments are sums over pairs of values.
type moments struct{ product, sum, n float64 }

func (m *moments) add(a, b, weight float64) {
	m.product += weight * a * b
	m.sum += weight * (a + b)
	m.n += weight
}

// covariance of the pairs about a mean.
func (m moments) covariance(mean float64) float64 {
	return m.product/m.n - mean*m.sum/m.n + mean*mean
}

// likeness is how alike cells are, by their distance.
type likeness struct {
	cells []Cell
	x     []float64 // less their mean
	near  [][]int32
	far   [][]int32 // within three times the reach: two neighbours of a cell are up to twice the reach apart
	width float64
	pairs [3*classes + 1]moments // by class of distance
	alone moments                // of the cells with themselves
}

func newLikeness(cells []Cell, x []float64, near [][]int32, reach float64) *likeness {
	mean, _ := meanSD(x)
	l := &likeness{cells: cells, x: make([]float64, len(x)), near: near, far: Near(cells, 3*reach), width: reach / classes}
	for i, v := range x {
		l.x[i] = v - mean
	}
	for i, v := range l.x {
		l.alone.add(v, v, 1)
		for _, j := range l.far[i] {
			if int(j) > i {
				l.pairs[l.class(i, int(j))].add(v, l.x[j], 1)
			}
		}
	}
	return l
}

func (l *likeness) class(i, j int) int {
	return min(int(math.Round(apart(l.cells[i], l.cells[j])/l.width)), 3*classes)
}

// small is the share of the cells that a cell and its neighbours may be for their own pairs to be left out:
// of fewer cells too little remains, and what is left out because it is high makes the rest look calm.
const small = 0.1

// worth is the number of cells drawn at random whose mean varies as much as that of cell i and its
// neighbours: at least 1 and at most their number. It follows from the correlation of cells by distance,
// of all other cells where these are most of the space, so that a hot spot does not excuse itself.
// Correlation counts less what is left of it at two to three times the reach: that is a trend over the whole
// space, which the size of pieces does not explain.
func (l *likeness) worth(i int) int {
	ball := append([]int32{int32(i)}, l.near[i]...)
	pairs, alone := l.pairs, l.alone
	if float64(len(ball)) <= small*float64(len(l.cells)) {
		pairs, alone = l.without(ball)
	}
	mean := alone.sum / alone.n / 2
	variance := alone.covariance(mean)
	level := max(trend(pairs[2*classes+1:], mean), 0)
	sum := 0.0
	for a, j := range ball {
		sum += variance
		for _, k := range ball[:a] {
			if p := pairs[l.class(int(j), int(k))]; p.n > 0 {
				sum += 2 * (p.covariance(mean) - level)
			}
		}
	}
	m, n := float64(len(ball)), float64(len(l.cells))
	v := 1.0
	if variance > 0 {
		v = sum / variance / (m * m)
	}
	// a mean of w cells drawn without replacement varies by (n-w)/(w(n-1))
	return int(min(max(n/(max(v, 0)*(n-1)+1), 1), m))
}

// without leaves the pairs out of which a cell lies in the ball.
func (l *likeness) without(ball []int32) (pairs [3*classes + 1]moments, alone moments) {
	pairs, alone = l.pairs, l.alone
	out := make([]bool, len(l.cells))
	for _, i := range ball {
		alone.add(l.x[i], l.x[i], -1)
		for _, j := range l.far[i] {
			if !out[j] { // else the pair was left out with j
				pairs[l.class(int(i), int(j))].add(l.x[i], l.x[j], -1)
			}
		}
		out[i] = true
	}
	return pairs, alone
}

func trend(pairs []moments, mean float64) float64 {
	var all moments
	for _, p := range pairs {
		all.product += p.product
		all.sum += p.sum
		all.n += p.n
	}
	if all.n < 1 {
		return 0
	}
	return all.covariance(mean)
}
