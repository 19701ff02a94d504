package pipeline

import (
	"slices"

	"explant/analysis/fluorescence"
)

// Colours of channels in a composite, by marker; others take turns.
var (
	lamps  = map[string][3]float64{"dna": {0.15, 0.35, 1}, "h3cit": {0, 1, 0.2}, "mpo": {1, 0.15, 0}, "ne": {1, 0.5, 0}, "fibrin": {0.42, 0.40, 0.36}, "cd61": {0.9, 0.1, 0.8}}
	spares = [][3]float64{{1, 1, 0}, {0, 0.9, 0.9}, {0.8, 0.8, 0.8}}
)

// brightShare of the pixels of a composite may be clipped.
const brightShare = 0.002

// addLight adds up the channels of a field in their colours, each from its median to its bright end.
func (v *overview) addLight(f fluorescence.Field) {
	n := v.labels.N[0] * v.labels.N[1]
	sum := make([][3]float64, n)
	for k, c := range f.Channels {
		lamp, ok := lamps[c.Marker]
		if !ok {
			lamp = spares[k%len(spares)]
		}
		small := v.reduced(c.Counts)
		sorted := slices.Sorted(slices.Values(small))
		lo, hi := sorted[n/2], sorted[min(int((1-brightShare)*float64(n)), n-1)]
		for i, x := range small {
			t := min(max((x-lo)/max(hi-lo, 1e-9), 0), 1)
			for ch := range lamp {
				sum[i][ch] += t * lamp[ch]
			}
		}
	}
	for i, c := range sum {
		for ch := range c {
			v.rgb.Pix[4*i+ch] = uint8(255 * min(c[ch], 1))
		}
		v.rgb.Pix[4*i+3] = 255
	}
}

// reduced is the mean of the pixels that each pixel of the overview stands for.
func (v *overview) reduced(counts []float32) []float64 {
	out := make([]float64, v.labels.N[0]*v.labels.N[1])
	for y := range v.labels.N[1] {
		for x := range v.labels.N[0] {
			sum, n := 0.0, 0
			for j := y * v.step; j < min((y+1)*v.step, v.size.Y); j++ {
				for i := x * v.step; i < min((x+1)*v.step, v.size.X); i++ {
					sum += float64(counts[j*v.size.X+i])
					n++
				}
			}
			out[y*v.labels.N[0]+x] = sum / float64(n)
		}
	}
	return out
}

// addGrey shows one plane of grey levels from its lowest to its highest but for a thousandth.
func (v *overview) addGrey(grey []float32) {
	small := v.reduced(grey)
	sorted := slices.Sorted(slices.Values(small))
	lo, hi := sorted[len(sorted)/1000], sorted[len(sorted)-1-len(sorted)/1000]
	for i, x := range small {
		g := uint8(255 * min(max((x-lo)/max(hi-lo, 1e-9), 0), 1))
		copy(v.rgb.Pix[4*i:], []uint8{g, g, g, 255})
	}
}
