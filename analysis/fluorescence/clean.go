package fluorescence

import (
	"math"

	"explant/volume/filter"
	"explant/volume/parallel"
)

// cleaned is a channel without background and haze: 0 where there is nothing.
type cleaned struct {
	*Channel
	light []float32
	plane [3]float64 // of the background, counts: at the first pixel, and its rise over the width and the height
	level float64    // of the background above the plane
	noise float64    // SD of the background, counts
	// smoothNoise is that of the smoothed light, to which thresholds by the noise are put; 0 where nothing is.
	smoothNoise float64
	haze        float64 // share of all light
}

// cleaner holds what all channels of a field share.
type cleaner struct {
	Field
	p  Params
	um float64 // side of a pixel; 1 where no rule needs it
	o  parallel.Options
	of []spot // where on a slide its parts are; nil for a field that is the whole
	// given tells whether the threshold of a marker is set by something else than the noise; nil: none is.
	given func(marker string) bool
}

// clean takes background and haze off a channel.
func (k cleaner) clean(c *Channel) (cleaned, error) {
	out := cleaned{Channel: c, light: planes.clone(c.Counts)}
	if k.p.BlockUM > 0 {
		out.plane = k.plane0(c.Counts)
		out.subtract(k.spots(), k.Grid.N[0], k.area())
		out.level = crest(out.light)
		out.center()
		out.noise = lowerSD(out.light)
	} else {
		out.noise = lowerSD(out.light)
	}
	if k.p.HazeUM > 0 && !k.deep() { // what lies out of focus is in a plane of its own
		if err := k.findHaze(&out); err != nil {
			return out, err
		}
	}
	if k.given == nil || !k.given(c.Marker) {
		smooth, err := k.gaussian(out.light, k.p.SmoothUM)
		if err != nil {
			return out, err
		}
		out.smoothNoise = max(k.smoothedNoise(out.light, smooth, k.p.SmoothUM), c.quantum())
		planes.give(smooth)
	}
	if k.deep() {
		out.noise = k.grain(out.light)
	}
	out.noise = max(out.noise, c.quantum())
	return out, nil
}

// quantum is the noise that whole counts have at least: the SD of what rounding takes away. A background of nothing
// but zeros is no background without noise.
func (c *Channel) quantum() float64 {
	if c.Full == 0 {
		return 0
	}
	return 1 / math.Sqrt(12)
}

// subtract takes off the plane of background from pixels of spots in rows of w, of every focal plane of so many pixels.
func (c *cleaned) subtract(spots []spot, w, plane int) {
	b := c.plane
	for z := 0; z < len(c.light); z += plane {
		for _, s := range spots {
			rise := make([]float64, s.in.Dx())
			for x := range rise {
				rise[x] = b[1] * (float64(s.from.X+x) + 0.5) / float64(s.slide.X)
			}
			for y := range s.in.Dy() {
				at := b[0] + b[2]*(float64(s.from.Y+y)+0.5)/float64(s.slide.Y)
				row := c.light[z+(s.in.Min.Y+y)*w+s.in.Min.X:][:len(rise)]
				for x, r := range rise {
					row[x] -= float32(at + r)
				}
			}
		}
	}
}

// center moves the most frequent value to 0.
func (c *cleaned) center() {
	for i := range c.light {
		c.light[i] -= float32(c.level)
	}
}

// lowerSD is the SD of the values below 0, as of a distribution that is symmetric about it.
func lowerSD(v []float32) float64 {
	sum, n := filter.LowerSquares(v)
	if n == 0 {
		return 0
	}
	return math.Sqrt(sum / float64(n))
}

// gaussian is a smoothed plane, sigma in µm; a copy for 0.
func (k cleaner) gaussian(data []float32, um float64) ([]float32, error) {
	if um <= 0 {
		return planes.clone(data), nil
	}
	if k.deep() {
		return k.deepGaussian(data, um)
	}
	return k.convolved(data, filter.GaussianHalf(um/k.um))
}

// brightest is the largest value within um along each axis.
func (k cleaner) brightest(data []float32, um float64) ([]float32, error) {
	if k.deep() {
		return k.deepBrightest(data, um)
	}
	out := planes.take(len(data))
	return out, filter.Highest(out, data, k.Grid.N[0], k.Grid.N[1], int(math.Round(um/k.um)))
}

// convolved is a plane convolved with a symmetric kernel along x and y.
func (k cleaner) convolved(data, half []float32) ([]float32, error) {
	out := planes.take(len(data))
	return out, filter.Separable(out, data, k.Grid.N[0], k.Grid.N[1], half)
}
