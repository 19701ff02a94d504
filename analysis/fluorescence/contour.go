package fluorescence

import "math"

// peaks is what a channel's contours are drawn on: sharpened light, and the brightest of it within reach.
type peaks struct {
	smooth, top []float32
	noise       float64 // SD of the sharpened light where there is nothing
}

// topSmooth is how much wider than the light the light of nuclei is smoothed, so that a single grain of
// texture does not rule its neighbourhood.
const topSmooth = 2

// peaks sharpens the light of a channel and finds its brightest within reach, by its marker's rules.
func (k cleaner) peaks(light []float32, m Marker) (p peaks, err error) {
	if p.smooth, err = k.sharpened(light); err != nil {
		return p, err
	}
	p.noise = lowerSD(p.smooth, 0)
	if m.ContourShare == 0 {
		return p, nil
	}
	reach := max(math.Round(m.ContourReachUM/k.um), 1)
	if p.top, err = k.brightest(p.smooth, reach*k.um); err != nil {
		return p, err
	}
	p.top, err = k.gaussian(p.top, sharpenCalm)
	return p, err
}

// mask is where the light reaches the threshold and the share of the brightest light within reach.
func (p peaks) mask(threshold, share float64, in []bool) []bool {
	out := make([]bool, len(p.smooth))
	t, s := float32(max(threshold, sharpNoise*p.noise)), float32(share)
	for i, v := range p.smooth {
		out[i] = v >= t && (in == nil || in[i]) && (p.top == nil || v >= s*p.top[i])
	}
	return out
}

func count(m []bool) (n int) {
	for _, in := range m {
		if in {
			n++
		}
	}
	return n
}
