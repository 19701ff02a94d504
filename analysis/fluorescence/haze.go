package fluorescence

import "math"

const (
	hazeBright = 10   // noises above background that a pixel near which haze is not measured has
	hazeNearUM = 1.3  // how near
	hazeShare  = 0.05 // of the field that must be dark to measure haze
	mostHaze   = 0.5
	hazeTurns  = 3
)

// findHaze takes off the light from out of focus: a share of all light, spread by a wide Gaussian. The share
// is the slope of the dark pixels' light on the spread light of the whole channel, by least squares;
// where nothing shines, or nothing is dark, there is none.
func (k cleaner) findHaze(c *cleaned) error {
	b, means := k.hazeBins(c)
	spread, err := b.spread(means, k.p.HazeUM/k.um)
	if err != nil {
		return err
	}
	near, err := k.brightest(c.light, hazeNearUM)
	if err != nil {
		return err
	}
	c.haze = hazeSlope(c, near, b, spread)
	planes.give(near)
	return k.dehazeBy(c, b, means, spread)
}

// hazeBins are the means of the bins in which haze is computed.
func (k cleaner) hazeBins(c *cleaned) (bins, []float32) {
	b := newBins(k.Grid.N[0], k.Grid.N[1], int(hazeBin*k.p.HazeUM/k.um))
	return b, b.means(c.light)
}

// dehaze takes a share of haze off that is known.
func (k cleaner) dehaze(c *cleaned) error {
	b, seen := k.hazeBins(c)
	spread, err := b.spread(seen, k.p.HazeUM/k.um)
	if err != nil {
		return err
	}
	return k.dehazeBy(c, b, seen, spread)
}

// dehazeBy takes the share of haze off light whose bins have the means seen, which were spread once.
func (k cleaner) dehazeBy(c *cleaned, b bins, seen, spread []float32) error {
	if c.haze == 0 {
		return nil
	}
	share := float32(c.haze)
	for range hazeTurns - 1 {
		clear, err := b.remeans(spread)
		if err != nil {
			return err
		}
		for i, v := range clear {
			clear[i] = seen[i] - share*v
		}
		if spread, err = b.spread(clear, k.p.HazeUM/k.um); err != nil {
			return err
		}
	}
	line := make([]float32, b.w)
	for y := range b.h {
		b.row(line, spread, y)
		row := c.light[y*b.w:][:b.w]
		for x, v := range line {
			row[x] -= share * v
		}
	}
	return nil
}

// hazePixels are about as many as the share of haze is taken from, in evenly spread rows.
const hazePixels = 1 << 20

// hazeSlope is the share of haze, 0 where it is not determined to 0.02. spread is on bins.
func hazeSlope(c *cleaned, near []float32, b bins, spread []float32) float64 {
	var n, x, y, xx, xy float64
	dark, line := float32(hazeBright*c.noise), make([]float32, b.w)
	step, rows := max(len(near)/hazePixels, 1), 0
	for at := 0; at < b.h; at += step {
		b.row(line, spread, at)
		rows++
		light := c.light[at*b.w:][:b.w]
		for i, v := range near[at*b.w:][:b.w] {
			if v < dark {
				g, v := float64(line[i]), float64(light[i])
				n++
				x += g
				y += v
				xx += g * g
				xy += g * v
			}
		}
	}
	if n < hazeShare*float64(rows*b.w) {
		return 0
	}
	variance := xx/n - x/n*x/n
	if !(variance > 0) || c.noise/math.Sqrt(n*variance) > 0.02/2 {
		return 0
	}
	return min(max((xy/n-x/n*y/n)/variance, 0), mostHaze)
}
