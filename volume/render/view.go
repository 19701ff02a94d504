package render

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"math"

	"explant/volume/parallel"
)

// View is where a Scene is looked at from. At azimuth 0 and elevation 0 x points to the right and z
// upwards; a rising azimuth walks around z, a rising elevation looks down from above.
type View struct {
	Azimuth   float64 // degrees
	Elevation float64 // degrees, -90 to 90
	Width     int     // pixels; the height follows, the same for all azimuths
	Frontal   bool    // light from the eye alone, instead of from the upper left as well
}

// Size is the width and height in pixels of a view, and the length that its width shows, in mm (in
// voxels where the spacing is unknown). A view is orthographic: the scale is the same everywhere.
func (s *Scene) Size(v View) (width, height int, length float64) {
	around := math.Hypot(s.extent[0], s.extent[1])
	sin, cos := math.Sincos(v.Elevation * math.Pi / 180)
	tall := math.Abs(cos)*s.extent[2] + math.Abs(sin)*around
	const margin = 1.04
	length = around * margin
	return v.Width, max(int(float64(v.Width)*tall/around+0.5), 1), length
}

// Draw casts one ray a pixel, front to back. Where nothing is hit the picture is transparent; ghosts
// are partly so. Rows are drawn at once by as many goroutines as the Scene has workers.
func (s *Scene) Draw(ctx context.Context, v View, p parallel.Progress) (*image.NRGBA, error) {
	if v.Width < 1 || v.Width > 1<<14 || v.Elevation < -90 || v.Elevation > 90 {
		return nil, fmt.Errorf("3D view of %d pixels at elevation %g degrees: want 1 to 16384 pixels and -90 to 90 degrees", v.Width, v.Elevation)
	}
	width, height, length := s.Size(v)
	c := s.camera(v, length/float64(width))
	out := image.NewNRGBA(image.Rect(0, 0, width, height))
	o := s.o
	o.Depth = 8
	err := parallel.Slabs(ctx, height, o, p, func(ctx context.Context, rows parallel.Slab) error {
		for y := rows.Z0; y < rows.Z1 && ctx.Err() == nil; y++ {
			for x := range width {
				out.SetNRGBA(x, y, c.ray(float64(x)+0.5-float64(width)/2, float64(height)/2-float64(y)-0.5))
			}
		}
		return ctx.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("draw 3D view: %w", err)
	}
	return out, nil
}

// camera holds what the rays of one view share. Lengths are in the unit of the scene's cells, positions
// in cells.
type camera struct {
	*Scene
	right, up, forward [3]float64 // unit vectors
	light              [3]float64 // towards the light
	pixel              float64    // size of a pixel
	step               float64    // between samples
	reach              float64    // half the way across the volume
	frontal            bool
}

func (s *Scene) camera(v View, pixel float64) camera {
	sa, ca := math.Sincos(v.Azimuth * math.Pi / 180)
	se, ce := math.Sincos(v.Elevation * math.Pi / 180)
	c := camera{
		Scene: s, pixel: pixel, frontal: v.Frontal,
		right:   [3]float64{ca, sa, 0},
		up:      [3]float64{-sa * se, ca * se, ce},
		forward: [3]float64{-sa * ce, ca * ce, -se},
		step:    0.8 * min(s.cell[0], s.cell[1], s.cell[2]),
		reach:   math.Sqrt(dot(s.extent, s.extent)) / 2,
	}
	for a := range 3 {
		c.light[a] = -0.55*c.right[a] + 0.6*c.up[a] - 0.58*c.forward[a]
	}
	return c
}

// pixelColor gathers light front to back: what is seen so far, and how much of what follows still is.
type pixelColor struct {
	r, g, b float64
	left    float64
}

func (p *pixelColor) add(c color.NRGBA, shade, alpha float64) {
	w := p.left * alpha * shade
	p.r += w * float64(c.R)
	p.g += w * float64(c.G)
	p.b += w * float64(c.B)
	p.left *= 1 - alpha
}

func (p *pixelColor) nrgba() color.NRGBA {
	alpha := 1 - p.left
	if alpha < 1.0/512 {
		return color.NRGBA{}
	}
	clamp := func(v float64) uint8 { return uint8(min(v/alpha+0.5, 255)) }
	return color.NRGBA{clamp(p.r), clamp(p.g), clamp(p.b), uint8(alpha*255 + 0.5)}
}

func dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
