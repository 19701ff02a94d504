package fluorescence

// peaks is what a channel's contours are drawn on: light smoothed, and the brightest of it within reach.
type peaks struct {
	smooth, top []float32
}

// topSmooth is how much wider than the light the brightest light is smoothed, so that a single grain of
// texture does not rule its neighbourhood.
const topSmooth = 2

// peaks smooths the light of a channel by its marker's rules.
func (k cleaner) peaks(light []float32, m Marker) (p peaks, err error) {
	if p.smooth, err = k.gaussian(light, k.p.SmoothUM); err != nil || m.ContourShare == 0 {
		return p, err
	}
	wide, err := k.gaussian(light, topSmooth*k.p.SmoothUM)
	if err != nil {
		return p, err
	}
	top, err := k.brightest(wide, m.ContourReachUM)
	if err != nil {
		return p, err
	}
	p.top, err = k.gaussian(top, topSmooth*k.p.SmoothUM)
	return p, err
}

// mask is where the light reaches the threshold and the share of the brightest light within reach.
func (p peaks) mask(threshold, share float64, in []bool) []bool {
	out := make([]bool, len(p.smooth))
	t, s := float32(threshold), float32(share)
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
