package sem

import (
	"math"

	"explant/analysis/opencv"
)

// bare is where the field shows no fibre and no deposit: the dark end of its grey levels.
type bare struct {
	grey     float64 // below it is open
	lo, hi   float64 // the same a little darker and brighter, for the interval
	ground   float64 // the grey of open places
	distinct bool    // whether dark places are a group of their own
}

// dark finds the level between open and covered places in the histogram of the smoothed field: the valley behind the darkest
// group of grey levels, else Otsu's threshold, which takes deep fibres for open.
func dark(h histogram) bare {
	v := h.smoothed(2)
	first, lead := 0, 0.0
	for _, n := range v {
		lead = max(lead, n)
	}
	for k := 1; k < len(v)-1; k++ {
		if v[k] > leastPeak*lead && v[k] >= v[k-1] && v[k] > v[k+1] {
			first = k
			break
		}
	}
	valley := first
	for k := first + 1; k < len(v)-1 && first > 0; k++ {
		if v[k] < v[valley] {
			valley = k
		}
		if v[k] > 1.15*v[valley] { // it rises again
			break
		}
	}
	if first == 0 || v[valley] > deepValley*v[first] || h.above(valley) < 0.05 {
		t := h.otsu()
		return bare{grey: t, lo: t - 0.2*(t-h.quantile(0.01)), hi: t + 0.2*(t-h.quantile(0.01))}
	}
	d := float64(valley - first)
	return bare{grey: h.grey(float64(valley)), lo: h.grey(float64(valley) - 0.3*d), hi: h.grey(float64(valley) + 0.3*d), ground: h.grey(float64(first)), distinct: true}
}

const (
	leastPeak  = 0.1  // of the highest group
	deepValley = 0.85 // of its group
)

// contour is where the smoothed field is open by a threshold: below it, and within the reach of the blur around such places
// below the middle between open ground and the brightest nearby, where an edge lies in truth. Where dark places are no group
// of their own the threshold is in the middle already.
func (b bare) contour(smooth opencv.Plane, threshold float64) ([]bool, error) {
	covered := make([]bool, len(smooth.Pix))
	for i, v := range smooth.Pix {
		covered[i] = float64(v) >= threshold
	}
	away, err := opencv.Distance(covered, smooth.W, smooth.H)
	if err != nil {
		return nil, err
	}
	bright, err := opencv.Dilate(smooth, contourReach)
	if err != nil {
		return nil, err
	}
	for i, v := range smooth.Pix {
		near := b.distinct && away[i] <= contourReach && float64(v) < (b.ground+float64(bright[i]))/2
		covered[i] = !covered[i] || near // from here on: open
	}
	return covered, nil
}

// contourReach is how far the blur carries light over an edge, px.
const contourReach = 3

// above is the share of the pixels above a bin.
func (h histogram) above(bin int) float64 {
	sum := 0.0
	for _, n := range h.n[bin+1:] {
		sum += n
	}
	return sum / max(h.all, 1)
}

// smoothed are the counts smoothed by a Gaussian of sigma bins.
func (h histogram) smoothed(sigma float64) []float64 {
	out := make([]float64, len(h.n))
	for i := range out {
		weight := 0.0
		for k := max(i-4*int(sigma), 0); k <= min(i+4*int(sigma), len(h.n)-1); k++ {
			g := math.Exp(-float64((k-i)*(k-i)) / (2 * sigma * sigma))
			out[i] += g * h.n[k]
			weight += g
		}
		out[i] /= weight
	}
	return out
}

// otsu is the grey level that parts the histogram best (Otsu 1979, doi:10.1109/TSMC.1979.4310076).
func (h histogram) otsu() float64 {
	all := 0.0
	for k, n := range h.n {
		all += float64(k) * n
	}
	best, at, below, sum := 0.0, 0, 0.0, 0.0
	for k, n := range h.n {
		below += n
		sum += float64(k) * n
		if below == 0 || below == h.all {
			continue
		}
		if v := (all*below/h.all - sum) * (all*below/h.all - sum) / (below * (h.all - below)); v > best {
			best, at = v, k
		}
	}
	return h.grey(float64(at) + 0.5)
}
