package render

import (
	"image/color"
	"math"
	"math/bits"
)

// ray is the colour of the pixel x to the right and y above the centre of the view.
func (c *camera) ray(x, y float64) color.NRGBA {
	var start, way [3]float64 // in cells, and cells a unit of length
	for a := range 3 {
		from := c.pixel*(x*c.right[a]+y*c.up[a]) - c.reach*c.forward[a] + c.extent[a]/2
		start[a] = from/c.cell[a] + 0.5 // the centre of the first cell of the volume is at 1
		way[a] = c.forward[a] / c.cell[a]
	}
	near, far := c.inside(start, way)
	seen := pixelColor{left: 1}
	for t := math.Ceil(near/c.step) * c.step; t < far && seen.left > 0.01; t += c.step {
		p := along(start, way, t)
		held := c.held.at(p)
		if held == 0 {
			t += math.Floor(leap(p, way)/c.step) * c.step
			continue
		}
		for ghosts := held & c.ghosts; ghosts != 0; ghosts &= ghosts - 1 {
			c.ghost(&seen, &c.layers[bits.TrailingZeros64(ghosts)], p)
		}
		for solids := held &^ c.ghosts; solids != 0; solids &= solids - 1 {
			l := &c.layers[bits.TrailingZeros64(solids)]
			if l.body.sample(p[0], p[1], p[2]) >= half {
				c.surface(&seen, l, start, way, t)
				break
			}
		}
	}
	return seen.nrgba()
}

// inside is the part of a ray that lies where all samples are defined.
func (c *camera) inside(start, way [3]float64) (near, far float64) {
	near, far = 0, 2*c.reach
	for a := range 3 {
		top := float64(c.n[a]-1) - 1e-6
		if way[a] == 0 {
			if start[a] < 0 || start[a] > top {
				return 0, -1
			}
			continue
		}
		lo, hi := -start[a]/way[a], (top-start[a])/way[a]
		near, far = max(near, min(lo, hi)+1e-9), min(far, max(lo, hi)-1e-9)
	}
	return near, far
}

// half is the share of a cell, of 255, at which a surface lies.
const half = 127.5

// surface shades an opaque layer where the ray enters it, between the last sample and t.
func (c *camera) surface(seen *pixelColor, l *layer, start, way [3]float64, t float64) {
	out, in := t-c.step, t
	for range 5 {
		mid := (out + in) / 2
		if p := along(start, way, mid); !c.within(p) || l.body.sample(p[0], p[1], p[2]) < half {
			out = mid
		} else {
			in = mid
		}
	}
	p := along(start, way, in)
	n := c.normal(l, p)
	shade := c.shade(n, p) * (1 - 0.35*in/(2*c.reach))
	seen.add(l.colorAt(p, c.n), shade, 1)
}

func (c *camera) within(p [3]float64) bool {
	return p[0] >= 0 && p[1] >= 0 && p[2] >= 0 &&
		p[0] < float64(c.n[0]-1) && p[1] < float64(c.n[1]-1) && p[2] < float64(c.n[2]-1)
}

// shade is the brightness of an opaque surface with unit normal n at p: Lambert's law for a light from
// the upper left and a weaker one from the eye, darkened in hollows.
func (c *camera) shade(n, p [3]float64) float64 {
	eye := max(-dot(n, c.forward), 0)
	if c.frontal {
		return 0.15 + 0.85*eye
	}
	light := 0.3 + 0.75*max(dot(n, c.light), 0) + 0.35*eye
	const away = 3 // cells above the surface
	var q [3]float64
	for a := range 3 {
		q[a] = p[a] + away*n[a]
	}
	if !c.within(q) {
		return light
	}
	crowd := c.solid.sample(q[0], q[1], q[2]) / 255
	return light * (1 - 0.75*min(max(crowd-0.08, 0), 0.8))
}

// normal is the unit vector out of layer l at p, from the slope of its smoothed body.
func (c *camera) normal(l *layer, p [3]float64) [3]float64 {
	var n [3]float64
	for a := range 3 {
		lo, hi := p, p
		lo[a] = max(lo[a]-1, 0)
		hi[a] = min(hi[a]+1, float64(c.n[a]-1)-1e-6)
		n[a] = (l.smooth.sample(lo[0], lo[1], lo[2]) - l.smooth.sample(hi[0], hi[1], hi[2])) / c.cell[a]
	}
	length := math.Sqrt(dot(n, n))
	if length == 0 {
		return [3]float64{-c.forward[0], -c.forward[1], -c.forward[2]}
	}
	return [3]float64{n[0] / length, n[1] / length, n[2] / length}
}

// colorAt is the layer's colour, or that of its ramp at p.
func (l *layer) colorAt(p [3]float64, n [3]int) color.NRGBA {
	if len(l.Ramp) == 0 {
		return l.Color
	}
	return RampColor(l.Ramp, (p[l.Along]-0.5)/float64(n[l.Along]-2))
}

func along(start, way [3]float64, t float64) [3]float64 {
	return [3]float64{start[0] + t*way[0], start[1] + t*way[1], start[2] + t*way[2]}
}
