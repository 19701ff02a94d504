package pipeline

import (
	"explant/analysis/fluorescence"
	"explant/volume/rank"
)

// Colours of channels in a composite, by marker; others take turns.
var (
	lamps  = map[string][3]float32{"dna": {0.15, 0.35, 1}, "h3cit": {0, 1, 0.2}, "mpo": {1, 0.15, 0}, "ne": {1, 0.5, 0}, "fibrin": {0.42, 0.40, 0.36}, "cd61": {0.9, 0.1, 0.8}}
	spares = [][3]float32{{1, 1, 0}, {0, 0.9, 0.9}, {0.8, 0.8, 0.8}}
)

// brightShare of the pixels of a composite may be clipped.
const brightShare = 0.002

// lit is a channel of a composite: its light on the overview, and how it is shown.
type lit struct {
	light    []float32
	low, per float32 // light that is black, and 1 over the light from there to the brightest
	lamp     [3]float32
}

// addLight shows the channels of a field.
func (v *overview) addLight(f fluorescence.Field) {
	var light [][]float32
	for _, c := range f.Channels {
		light = append(light, v.reduced(c.Counts))
	}
	v.compose(f.Channels, light)
}

// compose adds up the light of channels in their colours, each from its median to its bright end.
func (v *overview) compose(channels []fluorescence.Channel, light [][]float32) {
	n := v.labels.N[0] * v.labels.N[1]
	all := make([]lit, len(channels))
	for k, c := range channels {
		lamp, ok := lamps[c.Marker]
		if !ok {
			lamp = spares[k%len(spares)]
		}
		ends := rank.Places(light[k], n/2, min(int((1-brightShare)*float64(n)), n-1))
		all[k] = lit{light: light[k], lamp: lamp, low: ends[0], per: 1 / max(ends[1]-ends[0], 1e-9)}
	}
	for i := range n {
		var red, green, blue float32
		for k := range all {
			l := &all[k]
			if x := l.light[i] - l.low; x > 0 {
				t := min(x*l.per, 1)
				red, green, blue = red+t*l.lamp[0], green+t*l.lamp[1], blue+t*l.lamp[2]
			}
		}
		px := v.rgb.Pix[4*i:][:4]
		px[0], px[1], px[2], px[3] = uint8(255*min(red, 1)), uint8(255*min(green, 1)), uint8(255*min(blue, 1)), 255
	}
}

// reduced is the mean of the pixels that each pixel of the overview stands for; counts themselves where it is one.
func (v *overview) reduced(counts []float32) []float32 {
	if v.step == 1 {
		return counts
	}
	out := make([]float32, v.labels.N[0]*v.labels.N[1])
	for y := range v.labels.N[1] {
		for x := range v.labels.N[0] {
			sum, n := 0.0, 0
			for j := y * v.step; j < min((y+1)*v.step, v.size.Y); j++ {
				for i := x * v.step; i < min((x+1)*v.step, v.size.X); i++ {
					sum += float64(counts[j*v.size.X+i])
					n++
				}
			}
			out[y*v.labels.N[0]+x] = float32(sum / float64(n))
		}
	}
	return out
}

// addGrey shows one plane of grey levels from its lowest to its highest but for a thousandth.
func (v *overview) addGrey(grey []float32) {
	small := v.reduced(grey)
	ends := rank.Places(small, len(small)/1000, len(small)-1-len(small)/1000)
	lo, hi := ends[0], ends[1]
	for i, x := range small {
		g := uint8(255 * min(max((x-lo)/max(hi-lo, 1e-9), 0), 1))
		copy(v.rgb.Pix[4*i:], []uint8{g, g, g, 255})
	}
}
