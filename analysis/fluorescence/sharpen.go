package fluorescence

import "math"

const (
	sharpenTurns = 6    // of the iteration of van Cittert
	sharpenCalm  = 0.13 // µm, sigma of the smoothing that keeps the noise of sharpening down
	sharpNoise   = 4.0  // noises of the sharpened light that a structure is above, whatever the control says
)

// sharpened takes the point spread off the light, so that a strand as thin as the point spread is not as
// wide as its blur: the iteration of van Cittert, stopped early, along x and along y, and a slight smoothing.
//
// Source: van Cittert, Z. Physik 69:298-308, 1931, doi:10.1007/BF01391351.
func (k cleaner) sharpened(light []float32) ([]float32, error) {
	if k.p.PointSpreadUM <= 0 {
		return k.gaussian(light, k.p.SmoothUM)
	}
	return k.convolved(light, sharpening(math.Hypot(k.p.PointSpreadUM/k.um, pixelSigma), sharpenCalm/k.um, sharpenTurns))
}

// pixelSigma is the SD of a pixel of side 1, over which light is summed.
const pixelSigma = 0.2887

// sharpening is the half, from the middle on, of the kernel whose response to a wave that a Gaussian of sigma pixels keeps the share g of is
// (1 - (1-g)^(turns+1)) / g, times the share that a Gaussian of calm pixels keeps.
func sharpening(sigma, calm float64, turns int) []float32 {
	reach := int(math.Ceil(6*max(sigma, calm))) + 2
	w, sum := make([]float64, reach+1), 0.0
	const steps = 512
	for s := range steps {
		f := (float64(s) + 0.5) / steps / 2 // waves per pixel, 0 to 1/2
		g := math.Exp(-2 * math.Pi * math.Pi * sigma * sigma * f * f)
		h := (1 - math.Pow(1-g, float64(turns+1))) / g * math.Exp(-2*math.Pi*math.Pi*calm*calm*f*f)
		for i := range w {
			w[i] += h * math.Cos(2*math.Pi*f*float64(i))
		}
	}
	for i, v := range w {
		sum += v * float64(1+min(i, 1))
	}
	out := make([]float32, len(w))
	for i, v := range w {
		out[i] = float32(v / sum)
	}
	return out
}
