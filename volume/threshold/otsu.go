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
// t[0] < grey <= t[1], and above. Every pair of thresholds of a histogram of at most 1024 bins is
// tried. A finer one has its bins merged by the smallest whole number that leaves at most 1024 (a
// 16-bit scan of full range: 64 greys); the best pair is then refined among all pairs of its own
// bins within one merged bin on either side. Fewer than three occupied merged bins give ErrFewGreys.
//
// Source: Liao, Chen, Chung, J. Inf. Sci. Eng. 17(5):713-727, 2001.
func MultiOtsu(h Histogram) ([2]float64, error) {
	coarse := h.Reduced(maxBins)
	n := len(coarse.Counts)
	at, ok := bestPair(cumulate(coarse), [2]int{1, 2}, [2]int{n - 1, n})
	if !ok {
		if h.Total() == 0 {
			return [2]float64{}, ErrEmpty
		}
		return [2]float64{}, ErrFewGreys
	}
	if k := (len(h.Counts) + n - 1) / n; k > 1 {
		lo := [2]int{max((at[0]-1)*k, 1), max((at[1]-1)*k, 2)}
		hi := [2]int{min((at[0]+1)*k+1, len(h.Counts)-1), min((at[1]+1)*k+1, len(h.Counts))}
		at, _ = bestPair(cumulate(h), lo, hi)
	}
	return [2]float64{h.above(at[0] - 1), h.above(at[1] - 1)}, nil
}

// bestPair is the pair of bin edges i < j, lo <= (i, j) < hi, of the highest score, all three
// classes being occupied; false where there is none.
func bestPair(c cumulative, lo, hi [2]int) (at [2]int, ok bool) {
	n := len(c.n) - 1
	best := -1.0
	for i := lo[0]; i < hi[0]; i++ {
		if c.n[i] == 0 {
			continue
		}
		first := c.score(0, i)
		for j := max(i+1, lo[1]); j < hi[1]; j++ {
			if c.n[j] == c.n[i] || c.n[j] == c.n[n] {
				continue
			}
			if s := first + c.score(i, j) + c.score(j, n); s > best {
				best, at, ok = s, [2]int{i, j}, true
			}
		}
	}
	return at, ok
}

// Settle moves two thresholds to the local optimum of three-class Otsu that they lead to: each goes
// midway between the means of its classes until neither moves. The best pair of [MultiOtsu] stays
// where it is; one of a slightly different histogram follows it without jumping to another optimum.
// It stops where a class has become empty.
//
// Source: Lloyd, IEEE Trans. Inf. Theory 28(2):129-137, 1982, doi:10.1109/TIT.1982.1056489.
func Settle(h Histogram, t [2]float64) [2]float64 {
	c := cumulate(h)
	n := len(h.Counts)
	i, j := h.edgeAbove(t[0]), h.edgeAbove(t[1])
	for range n {
		if !(0 < i && i < j && j < n) || c.n[i] == 0 || c.n[j] == c.n[i] || c.n[n] == c.n[j] {
			break
		}
		low, mid, high := c.mean(0, i), c.mean(i, j), c.mean(j, n)
		k, l := int((low+mid)/2)+1, int((mid+high)/2)+1 // bins up to midway belong to the lower class
		if k == i && l == j {
			break
		}
		i, j = k, l
	}
	return [2]float64{h.above(i - 1), h.above(j - 1)}
}

// edgeAbove is the number of bins whose values count as not above t.
func (h Histogram) edgeAbove(t float64) int {
	i := 0
	for i < len(h.Counts) && h.above(i) <= t {
		i++
	}
	return i
}

// mean is the mean bin of bins [i, j), which hold values.
func (c cumulative) mean(i, j int) float64 { return (c.sum[j] - c.sum[i]) / (c.n[j] - c.n[i]) }

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
