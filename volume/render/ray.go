package render

import (
	"image/color"
	"math"
)

// ray is a line of sight: positions in cells are start + t*way, t in the unit of length of the scene,
// defined from near to far.
type ray struct {
	start, way [3]float64
	near, far  float64
}

// ray is the line of sight x pixels to the right of the centre of the view and y above it. Its first
// sample is at a whole number of steps, so that neighbours sample the same planes.
func (c *camera) ray(x, y float64) ray {
	var r ray
	for a := range 3 {
		from := c.pixel*(x*c.right[a]+y*c.up[a]) - c.reach*c.forward[a] + c.extent[a]/2
		r.start[a] = from/c.cell[a] + 0.5 // the centre of the first cell of the volume is at 1
		r.way[a] = c.forward[a] / c.cell[a]
	}
	r.near, r.far = c.inside(r.start, r.way)
	r.near = math.Ceil(r.near/c.step) * c.step
	return r
}

func (r *ray) at(t float64) [3]float64 {
	return [3]float64{r.start[0] + t*r.way[0], r.start[1] + t*r.way[1], r.start[2] + t*r.way[2]}
}

// solid finds the first opaque surface on r, leaping where the next one is known to be far.
func (c *camera) solid(r ray) hit {
	if c.clear == nil {
		return hit{t: math.Inf(1)}
	}
	steps := 1 / (c.fine * max(math.Abs(r.way[0]), math.Abs(r.way[1]), math.Abs(r.way[2]))) // a cell at least
	for t := r.near; t < r.far; t += c.fine {
		p := r.at(t)
		i := int(p[0]) + c.n[0]*(int(p[1])+c.n[1]*int(p[2]))
		if away := c.clear[i]; away > 0 {
			t += c.fine * max(math.Floor(float64(away-1)*steps)-1, 0)
			continue
		}
		for k := range c.layers {
			l := &c.layers[k]
			if !l.Ghost && l.body.sample(p[0], p[1], p[2]) >= half {
				return c.surface(l, r, t)
			}
		}
	}
	return hit{t: math.Inf(1)}
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
func (c *camera) surface(l *layer, r ray, t float64) hit {
	out, in := t-c.fine, t
	for range 5 {
		mid := (out + in) / 2
		if p := r.at(mid); !c.within(p) || l.body.sample(p[0], p[1], p[2]) < half {
			out = mid
		} else {
			in = mid
		}
	}
	p := r.at(in)
	shade := c.shade(c.normal(l, p), p) * (1 - 0.35*in/(2*c.reach))
	return hit{t: in, light: lit(l.colorAt(p, c.n), shade)}
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
	near := c.crowd.sample(q[0], q[1], q[2]) / 255
	return light * (1 - 0.75*min(max(near-0.08, 0), 0.8))
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
