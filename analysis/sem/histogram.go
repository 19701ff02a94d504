package sem

import "math"

// histogram counts grey levels in bins between the lowest and the highest.
type histogram struct {
	lo, width float64
	n         []float64
	all       float64
}

// greyBins are the bins of a histogram, those of an 8-bit picture.
const greyBins = 256

func newHistogram(grey []float32, in []bool) histogram {
	lo, hi := math.Inf(1), math.Inf(-1)
	for i, v := range grey {
		if in[i] {
			lo, hi = min(lo, float64(v)), max(hi, float64(v))
		}
	}
	h := histogram{lo: lo, width: max((hi-lo)/(greyBins-1), 1e-9), n: make([]float64, greyBins)}
	for i, v := range grey {
		if in[i] {
			h.n[min(int((float64(v)-lo)/h.width+0.5), greyBins-1)]++
			h.all++
		}
	}
	return h
}

// quantile is the grey level below which the share q of the pixels lies; 0 of none.
func (h histogram) quantile(q float64) float64 {
	sum := 0.0
	for k, n := range h.n {
		if sum += n; sum >= q*h.all && h.all > 0 {
			return h.grey(float64(k))
		}
	}
	return 0
}

func (h histogram) grey(bin float64) float64 { return h.lo + bin*h.width }
