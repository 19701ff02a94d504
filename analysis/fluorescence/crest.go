package fluorescence

import (
	"math"

	"explant/volume/filter"
	"explant/volume/rank"
)

// About how many values modes are taken from.
const (
	modeSample  = 1 << 16
	roughSample = 1 << 12
	crestSample = 1 << 18
)

// crestWidth is the sigma of the smoothing of a histogram whose crest is looked for, in SDs of what lies below.
const crestWidth = 0.3

// crest is the most frequent of about crestSample evenly spread values: the top of their histogram, smoothed with a
// Gaussian. The half-sample mode, which tells about where it is, scatters by a fifth of the noise in a field of
// stain. 0 without values.
func crest(v []float32) float64 {
	rough := mode(v, roughSample)
	sum, n := 0.0, 0
	each(v, crestSample, func(x float32) {
		if d := float64(x) - rough; d < 0 {
			sum += d * d
			n++
		}
	})
	if n == 0 {
		return rough
	}
	sd := math.Sqrt(sum / float64(n))
	const half, bins = 200, 2*200 + 1 // from 4 SDs below to 4 above
	h, smooth := make([]float32, bins), make([]float32, bins)
	each(v, crestSample, func(x float32) {
		if b := int(math.Round((float64(x)-rough)/sd*half/4)) + half; b >= 0 && b < bins {
			h[b]++
		}
	})
	if filter.Separable(smooth, h, bins, 1, filter.GaussianHalf(crestWidth*half/4)) != nil {
		return rough
	}
	return rough + (summit(smooth)-half)*sd*4/half
}

// summit is the place of the largest value, by a parabola through it and its neighbours.
func summit(v []float32) float64 {
	best := 0
	for i, x := range v {
		if x > v[best] {
			best = i
		}
	}
	if best == 0 || best == len(v)-1 {
		return float64(best)
	}
	l, m, r := float64(v[best-1]), float64(v[best]), float64(v[best+1])
	if bend := l - 2*m + r; bend < 0 {
		return float64(best) + (l-r)/2/bend
	}
	return float64(best)
}

// each calls use with up to about most evenly spread values.
func each(v []float32, most int, use func(float32)) {
	step := max(len(v)/most, 1)
	for i := 0; i < len(v); i += step {
		use(v[i])
	}
}

// mode is the half-sample mode of Robertson and Cryer 1974 (doi:10.1080/01621459.1974.10480099) of about most
// evenly spread values.
func mode(v []float32, most int) float64 {
	s := make([]float32, 0, most+most/2)
	each(v, most, func(x float32) { s = append(s, x) })
	rank.Sort(s)
	for len(s) > 3 {
		half, best := (len(s)+1)/2, 0
		for i := 0; i+half <= len(s); i++ {
			if s[i+half-1]-s[i] < s[best+half-1]-s[best] {
				best = i
			}
		}
		s = s[best : best+half]
	}
	if len(s) == 0 {
		return 0
	}
	return float64(s[len(s)/2])
}
