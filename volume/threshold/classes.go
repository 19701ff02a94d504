package threshold

import "fmt"

// OtsuClasses returns the greys that part a histogram into 2 to 5 classes with the largest variance
// between them, rising: class 0 is grey <= t[0], class i is t[i-1] < grey <= t[i]. It is exact over the
// histogram's own bins, of any number. Fewer occupied bins than classes give ErrFewGreys, an empty
// histogram ErrEmpty.
//
// The best division of the first j bins into k classes ends with a class that begins no earlier than that of
// fewer bins, so that each level of the dynamic programme is searched by halves: classes x bins x log(bins).
//
// Sources: criterion, Otsu 1979, doi:10.1109/TSMC.1979.4310076; dynamic programme, Fisher, J. Am. Stat.
// Assoc. 53(284):789-798, 1958, doi:10.1080/01621459.1958.10501479; search by halves, Grønlund et al.,
// Fast exact k-means, k-medians and Bregman divergence clustering in 1D, 2017, arXiv:1701.07204.
func OtsuClasses(h Histogram, classes int) ([]float64, error) {
	if classes < 2 || classes > 5 {
		return nil, fmt.Errorf("%d classes of grey: must lie between 2 and 5", classes)
	}
	d := newDivision(h)
	n := len(d.bins)
	switch {
	case n == 0:
		return nil, ErrEmpty
	case n < classes:
		return nil, ErrFewGreys
	}
	for j := range n + 1 {
		d.best[j] = d.c.score(0, d.edge(j))
	}
	starts := make([][]int32, classes) // where the last of k+1 classes begins, for each number of bins
	for k := 1; k < classes; k++ {
		d.starts, d.next = make([]int32, n+1), make([]float64, n+1)
		d.fill(k+1, n, k, n-1)
		d.best, starts[k] = d.next, d.starts
	}
	t := make([]float64, classes-1)
	for k, j := classes-1, n; k > 0; k-- {
		j = int(starts[k][j])
		t[k-1] = h.above(d.bins[j-1])
	}
	return t, nil
}

// division divides the occupied bins of a histogram.
type division struct {
	c      cumulative
	bins   []int     // that are occupied
	best   []float64 // score of the first j of them in the classes so far
	next   []float64 // and in one class more
	starts []int32
}

func newDivision(h Histogram) *division {
	d := &division{c: cumulate(h)}
	for i, n := range h.Counts {
		if n > 0 {
			d.bins = append(d.bins, i)
		}
	}
	d.best = make([]float64, len(d.bins)+1)
	return d
}

// edge is the bin edge that the first j occupied bins lie below.
func (d *division) edge(j int) int {
	if j == len(d.bins) {
		return len(d.c.n) - 1
	}
	return d.bins[j]
}

// fill finds, for lo <= j <= hi, where the last class of the first j bins begins: between first and last.
func (d *division) fill(lo, hi, first, last int) {
	if lo > hi {
		return
	}
	j := (lo + hi) / 2
	end := d.edge(j)
	at, most := first, -1.0
	for i := first; i <= min(last, j-1); i++ {
		if s := d.best[i] + d.c.score(d.edge(i), end); s > most {
			at, most = i, s
		}
	}
	d.starts[j], d.next[j] = int32(at), most
	d.fill(lo, j-1, first, at)
	d.fill(j+1, hi, at, last)
}
