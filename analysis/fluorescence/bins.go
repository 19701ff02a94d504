package fluorescence

import (
	"math"

	"explant/volume/filter"
)

// hazeBin is how many sigmas of the haze the side of the bins is in which it is computed.
const hazeBin = 0.4

// bins are blocks of n x n pixels of a plane of w x h, or what an edge leaves of them.
type bins struct {
	w, h, n    int
	across, up int
	lo, hi     []int // the bins on both sides of each pixel of a row
	part       []float32
}

func newBins(w, h, n int) bins {
	n = max(n, 1)
	b := bins{w: w, h: h, n: n, across: (w + n - 1) / n, up: (h + n - 1) / n, lo: make([]int, w), hi: make([]int, w), part: make([]float32, w)}
	for x := range w {
		b.lo[x], b.hi[x], b.part[x] = stops(x, n, b.across)
	}
	return b
}

// stops are the bins on both sides of pixel i, and how far it is from the first to the second.
func stops(i, n, bins int) (lo, hi int, part float32) {
	u := (float64(i%n)+0.5)/float64(n) - 0.5
	b, part := i/n, float32(u)
	if u < 0 {
		b, part = b-1, float32(u+1)
	}
	return min(max(b, 0), bins-1), min(b+1, bins-1), part
}

// means are the mean values of bins.
func (b bins) means(v []float32) []float32 {
	out := make([]float32, b.across*b.up)
	for by := range b.up {
		rows := min(b.n, b.h-by*b.n)
		line := out[by*b.across:][:b.across]
		for y := range rows {
			b.addRow(line, v[(by*b.n+y)*b.w:][:b.w])
		}
		for bx := range line {
			line[bx] /= float32(rows * (min((bx+1)*b.n, b.w) - bx*b.n))
		}
	}
	return out
}

func (b bins) addRow(line, row []float32) {
	whole := b.w / b.n
	if b.n == 3 {
		for bx := range whole {
			three := row[3*bx:][:3]
			line[bx] += three[0] + three[1] + three[2]
		}
	} else {
		for bx := range whole {
			sum := float32(0)
			for _, v := range row[bx*b.n:][:b.n] {
				sum += v
			}
			line[bx] += sum
		}
	}
	for _, v := range row[whole*b.n:] {
		line[whole] += v
	}
}

// row interpolates the values of bins linearly at the centres of the pixels of row y.
func (b bins) row(dst, v []float32, y int) {
	y0, y1, f := stops(y, b.n, b.up)
	lo, hi := v[y0*b.across:][:b.across], v[y1*b.across:][:b.across]
	line := make([]float32, b.across)
	for i, v := range lo {
		line[i] = v + f*(hi[i]-v)
	}
	for x := range dst {
		v := line[b.lo[x]]
		dst[x] = v + b.part[x]*(line[b.hi[x]]-v)
	}
}

// remeans are the means of bins of what lies between values of bins: those of [bins.row], as if by [bins.means].
func (b bins) remeans(v []float32) ([]float32, error) {
	side := float32(0)
	for i := range b.n {
		side += float32(math.Max((float64(i)+0.5)/float64(b.n)-0.5, 0)) / float32(b.n)
	}
	out := make([]float32, len(v))
	return out, filter.Separable(out, v, b.across, b.up, []float32{1 - 2*side, side})
}

// spread is what is left of means of bins after a wide Gaussian of sigma pixels; bins and interpolation blur by
// themselves, by (n² - 1)/12 and n²/6 pixels² along each axis.
func (b bins) spread(means []float32, sigma float64) ([]float32, error) {
	own := 0.0
	if b.n > 1 {
		own = (float64(b.n*b.n)-1)/12 + float64(b.n*b.n)/6
	}
	out := make([]float32, len(means))
	return out, filter.Separable(out, means, b.across, b.up, filter.GaussianHalf(math.Sqrt(max(sigma*sigma-own, 0))/float64(b.n)))
}
