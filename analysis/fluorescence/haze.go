package fluorescence

import "math"

const (
	hazeBright = 10   // noises above background that a pixel near which haze is not measured has
	hazeNearUM = 1.3  // how near
	hazeShare  = 0.05 // of the field that must be dark to measure haze
	mostHaze   = 0.5
	hazeTurns  = 3
)

// dehaze takes off the light from out of focus: a share of all light, spread by a wide Gaussian. The share
// is the slope of the dark pixels' light on the spread light of the whole channel, by least squares;
// where nothing shines, or nothing is dark, there is none.
func (k cleaner) dehaze(c *cleaned) error {
	spread, err := k.gaussian(c.light, k.p.HazeUM)
	if err != nil {
		return err
	}
	near, err := k.brightest(c.light, hazeNearUM)
	if err != nil {
		return err
	}
	if c.haze = hazeSlope(c, near, spread); c.haze == 0 {
		return nil
	}
	raw := c.light
	clear := raw
	for turn := range hazeTurns {
		if turn > 0 {
			if spread, err = k.gaussian(clear, k.p.HazeUM); err != nil {
				return err
			}
		}
		next := make([]float32, len(raw))
		for i := range next {
			next[i] = raw[i] - float32(c.haze)*spread[i]
		}
		clear = next
	}
	c.light = clear
	return nil
}

// hazeSlope is the share of haze, 0 where it is not determined to 0.02.
func hazeSlope(c *cleaned, near, spread []float32) float64 {
	var n, x, y, xx, xy float64
	for i, v := range c.light {
		if float64(near[i]) < hazeBright*c.noise {
			g := float64(spread[i])
			n++
			x += g
			y += float64(v)
			xx += g * g
			xy += g * float64(v)
		}
	}
	if n < hazeShare*float64(len(near)) {
		return 0
	}
	variance := xx/n - x/n*x/n
	if !(variance > 0) || c.noise/math.Sqrt(n*variance) > 0.02/2 {
		return 0
	}
	return min(max((xy/n-x/n*y/n)/variance, 0), mostHaze)
}
