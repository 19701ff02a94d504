package render

import (
	"context"
	"fmt"
	"image"
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

// Draw casts one ray a pixel, front to back, and one every second pixel for the ghosts, whose veil is
// interpolated. Where nothing is hit the picture is transparent; ghosts are partly so. Rows are drawn
// at once by as many goroutines as the Scene has workers.
func (s *Scene) Draw(ctx context.Context, v View, p parallel.Progress) (*image.NRGBA, error) {
	if v.Width < 1 || v.Width > 1<<14 || v.Elevation < -90 || v.Elevation > 90 {
		return nil, fmt.Errorf("3D view of %d pixels at elevation %g degrees: want 1 to 16384 pixels and -90 to 90 degrees", v.Width, v.Elevation)
	}
	width, height, length := s.Size(v)
	d := &drawing{camera: s.camera(v, length/float64(width)), width: width, height: height}
	for _, pass := range []func(context.Context, parallel.Progress) error{d.castSolids, d.castGhosts} {
		if err := pass(ctx, p); err != nil {
			return nil, fmt.Errorf("draw 3D view: %w", err)
		}
	}
	return d.compose(), nil
}

// camera holds what the rays of one view share. Lengths are in the unit of the scene's cells, positions
// in cells.
type camera struct {
	*Scene
	right, up, forward [3]float64 // unit vectors
	light              [3]float64 // towards the light
	pixel              float64    // size of a pixel
	step, fine         float64    // between samples of ghosts, and of opaque layers
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
		fine:    0.4 * min(s.cell[0], s.cell[1], s.cell[2]),
		reach:   math.Sqrt(dot(s.extent, s.extent)) / 2,
	}
	for a := range 3 {
		c.light[a] = -0.55*c.right[a] + 0.6*c.up[a] - 0.58*c.forward[a]
	}
	return c
}

func dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }
