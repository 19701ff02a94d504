package micrograph

import (
	"image"
	"slices"
)

// Lamp is how a channel shines in a composite.
type Lamp struct {
	Red, Green, Blue float64 // 0 to 1
	White            float64 // share of the pixels that may be clipped at the bright end: 0.002
}

// IFLamps are the colours of the immunofluorescence channels: blue DNA, green H3Cit, red MPO, grey fibrin,
// magenta CD61.
var IFLamps = []Lamp{{0.15, 0.35, 1, 0.002}, {0, 1, 0.2, 0.002}, {1, 0.15, 0, 0.002}, {0.42, 0.40, 0.36, 0.01}, {0.9, 0.1, 0.8, 0.002}}

// Composite adds up the channels in their colours, each stretched from its median to its bright end, and
// makes the picture so small that no side exceeds side.
func Composite(p *Planes, lamps []Lamp, side int) *image.RGBA {
	step := max((max(p.W, p.H)+side-1)/side, 1)
	w, h := (p.W+step-1)/step, (p.H+step-1)/step
	sum := make([][3]float64, w*h)
	for ch, plane := range p.Data {
		small := shrink(plane, p.W, p.H, step, w, h)
		lo, hi := ends(small, lamps[ch].White)
		for i, v := range small {
			t := min(max((v-lo)/(hi-lo), 0), 1)
			sum[i][0] += t * lamps[ch].Red
			sum[i][1] += t * lamps[ch].Green
			sum[i][2] += t * lamps[ch].Blue
		}
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i, v := range sum {
		for c := range v {
			img.Pix[4*i+c] = uint8(255 * min(v[c], 1))
		}
		img.Pix[4*i+3] = 255
	}
	return img
}

// shrink is the mean of blocks of step x step pixels.
func shrink(plane []uint16, w, h, step, sw, sh int) []float64 {
	out := make([]float64, sw*sh)
	for y := range sh {
		for x := range sw {
			sum, n := 0.0, 0
			for j := y * step; j < min((y+1)*step, h); j++ {
				for i := x * step; i < min((x+1)*step, w); i++ {
					sum += float64(plane[j*w+i])
					n++
				}
			}
			out[y*sw+x] = sum / float64(n)
		}
	}
	return out
}

// ends are the grey values that become black, the lower quartile, and full: at least 1 apart.
func ends(values []float64, white float64) (lo, hi float64) {
	sorted := slices.Clone(values)
	slices.Sort(sorted)
	n := len(sorted)
	lo, hi = sorted[n/4], sorted[n-1-int(white*float64(n))]
	return lo, max(hi, lo+1)
}
