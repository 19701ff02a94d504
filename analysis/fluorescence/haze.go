package fluorescence

import (
	"math"

	"explant/analysis/opencv"
)

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
	spread, err := k.spread(c.light, k.p.HazeUM)
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
			if spread, err = k.spread(clear, k.p.HazeUM); err != nil {
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

// hazeBin is how many sigmas of the haze the side of the pixels is on which it is computed.
const hazeBin = 0.4

// spread is the light spread by a wide Gaussian, computed on pixels binned n x n and interpolated.
func (k cleaner) spread(light []float32, um float64) ([]float32, error) {
	n := int(hazeBin * um / k.um)
	if n < 2 {
		return k.gaussian(light, um)
	}
	w, h := k.Grid.N[0], k.Grid.N[1]
	small := binned(opencv.Plane{W: w, H: h, Pix: light}, n)
	// bins and interpolation between them blur by themselves: (n² - 1)/12 and n²/6 pixels² along each axis
	own := (float64(n*n)-1)/12 + float64(n*n)/6
	wide := um / k.um
	spread, err := opencv.Gaussian(small, math.Sqrt(max(wide*wide-own, 0))/float64(n))
	if err != nil {
		return nil, err
	}
	small.Pix = spread
	return between(small, n, w, h), nil
}

// binned is the mean of blocks of n x n pixels, or of what an edge leaves of them.
func binned(p opencv.Plane, n int) opencv.Plane {
	out := opencv.Plane{W: (p.W + n - 1) / n, H: (p.H + n - 1) / n}
	out.Pix = make([]float32, out.W*out.H)
	for by := range out.H {
		rows := min(n, p.H-by*n)
		line := out.Pix[by*out.W:][:out.W]
		for y := range rows {
			row := p.Pix[(by*n+y)*p.W:][:p.W]
			for bx := range line {
				for _, v := range row[bx*n : min((bx+1)*n, p.W)] {
					line[bx] += v
				}
			}
		}
		for bx := range line {
			line[bx] /= float32(rows * (min((bx+1)*n, p.W) - bx*n))
		}
	}
	return out
}

// between interpolates binned pixels linearly at the centres of the w x h pixels they were made of.
func between(p opencv.Plane, n, w, h int) []float32 {
	out := make([]float32, w*h)
	x0, x1, fx := stops(w, n, p.W)
	y0, y1, fy := stops(h, n, p.H)
	line := make([]float32, p.W)
	for y := range h {
		a, b, f := p.Pix[y0[y]*p.W:][:p.W], p.Pix[y1[y]*p.W:][:p.W], fy[y]
		for i := range line {
			line[i] = a[i] + f*(b[i]-a[i])
		}
		row := out[y*w:][:w]
		for x := range row {
			v := line[x0[x]]
			row[x] = v + fx[x]*(line[x1[x]]-v)
		}
	}
	return out
}

// stops are the bins on both sides of each pixel, and how far it is from the first to the second.
func stops(pixels, n, bins int) (lo, hi []int, part []float32) {
	lo, hi, part = make([]int, pixels), make([]int, pixels), make([]float32, pixels)
	for i := range pixels {
		u := (float64(i)+0.5)/float64(n) - 0.5
		b := math.Floor(u)
		part[i] = float32(u - b)
		lo[i], hi[i] = min(max(int(b), 0), bins-1), min(max(int(b)+1, 0), bins-1)
	}
	return lo, hi, part
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
