package threshold

import (
	"errors"
	"math"
)

// ErrFewGreys is returned where three classes are asked of fewer than three different greys.
var ErrFewGreys = errors.New("fewer than three different grey values: no three classes; check that the scan is not a mask")

// maxBins is the most bins that [MultiOtsu] searches: three classes need a search in pairs.
const maxBins = 1024

// Otsu returns the grey that maximises the variance between the values up to it and those above;
// values above it are foreground. For integers it is a grey, for other values the centre of a bin,
// the lowest of equally good ones: the conventions of scikit-image's threshold_otsu. A histogram
// with one occupied bin returns that bin's centre; an empty one ErrEmpty.
//
// Source: Otsu, IEEE Trans. Syst. Man Cybern. 9(1):62-66, 1979, doi:10.1109/TSMC.1979.4310076.
func Otsu(h Histogram) (float64, error) {
	c := cumulate(h)
	if c.n[len(c.n)-1] == 0 {
		return 0, ErrEmpty
	}
	best, at := -1.0, 0
	for i := range len(h.Counts) - 1 {
		if s := c.score(0, i+1) + c.score(i+1, len(h.Counts)); s > best && c.splits(i+1) {
			best, at = s, i
		}
	}
	if best < 0 { // one occupied bin
		at = occupied(h)
		return h.Center(at), nil
	}
	return h.above(at), nil
}

// MultiOtsu returns the two greys that maximise the variance between three classes: grey <= t[0],
// t[0] < grey <= t[1], and above. Every pair of thresholds is tried. A histogram of more than 1024
// bins has its bins merged by the smallest whole number that leaves at most 1024 (a 16-bit scan of
// full range: 64 greys), and the thresholds are last greys of merged bins. Fewer than three
// occupied bins give ErrFewGreys.
//
// Source: Liao, Chen, Chung, J. Inf. Sci. Eng. 17(5):713-727, 2001.
func MultiOtsu(h Histogram) ([2]float64, error) {
	h = h.Reduced(maxBins)
	c := cumulate(h)
	n := len(h.Counts)
	best, at := -1.0, [2]int{}
	for i := 1; i < n-1; i++ {
		if c.n[i] == 0 {
			continue
		}
		first := c.score(0, i)
		for j := i + 1; j < n; j++ {
			if c.n[j] == c.n[i] || c.n[j] == c.n[n] {
				continue
			}
			if s := first + c.score(i, j) + c.score(j, n); s > best {
				best, at = s, [2]int{i - 1, j - 1}
			}
		}
	}
	if best < 0 {
		if c.n[n] == 0 {
			return [2]float64{}, ErrEmpty
		}
		return [2]float64{}, ErrFewGreys
	}
	return [2]float64{h.above(at[0]), h.above(at[1])}, nil
}

// cumulative holds counts and sums of greys up to each bin. Greys are measured from the first bin,
// so that large offsets cost no digits.
type cumulative struct{ n, sum []float64 }

func cumulate(h Histogram) cumulative {
	c := cumulative{make([]float64, len(h.Counts)+1), make([]float64, len(h.Counts)+1)}
	for i, k := range h.Counts {
		c.n[i+1] = c.n[i] + float64(k)
		c.sum[i+1] = c.sum[i] + float64(k)*float64(i)
	}
	return c
}

// score is n*mean² of bins [i, j): the sum of it over classes grows with the variance between them.
func (c cumulative) score(i, j int) float64 {
	n, s := c.n[j]-c.n[i], c.sum[j]-c.sum[i]
	if n == 0 {
		return 0
	}
	return s * s / n
}

// splits reports whether there are values on both sides of bin edge i.
func (c cumulative) splits(i int) bool { return c.n[i] > 0 && c.n[i] < c.n[len(c.n)-1] }

// occupied is the first bin with a count.
func occupied(h Histogram) int {
	for i, n := range h.Counts {
		if n > 0 {
			return i
		}
	}
	return 0
}

// Mean is the mean grey of the bins whose centres lie in (lo, hi], and the number of values there.
func (h Histogram) Mean(lo, hi float64) (mean float64, n int64) {
	sum := 0.0
	for i, c := range h.Counts {
		if g := h.Center(i); g > lo && g <= hi {
			sum += g * float64(c)
			n += c
		}
	}
	if n == 0 {
		return math.NaN(), 0
	}
	return sum / float64(n), n
}
