package render

import (
	"context"
	"image"
	"image/color"
	"math"
	"slices"

	"explant/volume/parallel"
)

// drawing is one view in the making.
type drawing struct {
	camera
	width, height int
	hits          []hit     // a pixel each
	nodes         [][2]veil // at every second corner of the pixels: before the surfaces near it, and in all
	across        int       // nodes a row; 0 without ghosts
}

// light is red, green and blue, 0 to 255, not rounded.
type light [3]float64

func lit(c color.NRGBA, shade float64) light {
	return light{shade * float64(c.R), shade * float64(c.G), shade * float64(c.B)}
}

// hit is the first opaque surface that a ray meets; t is infinite where there is none.
type hit struct {
	t     float64
	light light
}

// veil gathers light front to back: what is seen so far, and how much of what follows still is.
type veil struct {
	light light
	left  float64
}

func (v *veil) add(l light, alpha float64) {
	w := v.left * alpha
	for i := range l {
		v.light[i] += w * l[i]
	}
	v.left *= 1 - alpha
}

func (v veil) nrgba() color.NRGBA {
	alpha := 1 - v.left
	if alpha < 1.0/512 {
		return color.NRGBA{}
	}
	clamp := func(l float64) uint8 { return uint8(min(l/alpha+0.5, 255)) }
	return color.NRGBA{clamp(v.light[0]), clamp(v.light[1]), clamp(v.light[2]), uint8(alpha*255 + 0.5)}
}

// rows calls fn for the rows of a picture of the given height.
func (d *drawing) rows(ctx context.Context, height int, p parallel.Progress, fn func(y int)) error {
	o := d.o
	o.Depth = 8
	return parallel.Slabs(ctx, height, o, p, func(ctx context.Context, s parallel.Slab) error {
		for y := s.Z0; y < s.Z1 && ctx.Err() == nil; y++ {
			fn(y)
		}
		return ctx.Err()
	})
}

// towards is the ray through a point of the picture, in pixels from its upper left corner.
func (d *drawing) towards(x, y float64) ray {
	return d.ray(x-float64(d.width)/2, float64(d.height)/2-y)
}

func (d *drawing) castSolids(ctx context.Context, p parallel.Progress) error {
	d.hits = make([]hit, d.width*d.height)
	return d.rows(ctx, d.height, p, func(y int) {
		for x := range d.width {
			d.hits[x+d.width*y] = d.solid(d.towards(float64(x)+0.5, float64(y)+0.5))
		}
	})
}

func (d *drawing) castGhosts(ctx context.Context, _ parallel.Progress) error {
	if !d.veiled() {
		return nil
	}
	d.across = (d.width+1)/2 + 1
	down := (d.height+1)/2 + 1
	d.nodes = make([][2]veil, d.across*down)
	return d.rows(ctx, down, nil, func(j int) {
		for i := range d.across {
			n := &d.nodes[i+d.across*j]
			n[0], n[1] = d.veils(d.towards(float64(2*i), float64(2*j)), d.nearest(2*i, 2*j))
		}
	})
}

// veiled reports whether there is any ghost.
func (d *drawing) veiled() bool {
	return slices.ContainsFunc(d.layers, func(l layer) bool { return l.Ghost })
}

// nearest is the depth of the nearest surface in the pixels whose veil a node at (x, y) has a share in.
func (d *drawing) nearest(x, y int) float64 {
	depth := math.Inf(1)
	for py := max(y-2, 0); py < min(y+2, d.height); py++ {
		for px := max(x-2, 0); px < min(x+2, d.width); px++ {
			depth = min(depth, d.hits[px+d.width*py].t)
		}
	}
	return depth
}

// compose lays the veils over the surfaces.
func (d *drawing) compose() *image.NRGBA {
	out := image.NewNRGBA(image.Rect(0, 0, d.width, d.height))
	for y := range d.height {
		for x := range d.width {
			h := d.hits[x+d.width*y]
			solid := !math.IsInf(h.t, 1)
			v := d.veilAt(x, y, solid)
			if solid {
				v.add(h.light, 1)
			}
			out.SetNRGBA(x, y, v.nrgba())
		}
	}
	return out
}

// veilAt interpolates the veil of the pixel (x, y) between the four nodes around it.
func (d *drawing) veilAt(x, y int, solid bool) veil {
	if d.across == 0 {
		return veil{left: 1}
	}
	which := 1
	if solid {
		which = 0
	}
	var v veil
	fx, fy := 0.25+0.5*float64(x&1), 0.25+0.5*float64(y&1)
	for k, w := range [4]float64{(1 - fx) * (1 - fy), fx * (1 - fy), (1 - fx) * fy, fx * fy} {
		n := &d.nodes[x/2+k&1+d.across*(y/2+k>>1)][which]
		for i := range v.light {
			v.light[i] += w * n.light[i]
		}
		v.left += w * n.left
	}
	return v
}
