package oxygenator

import (
	"context"
	"slices"

	"gonum.org/v1/gonum/spatial/r3"

	"explant/volume"
)

const (
	trackStep   = 2.0 // voxels
	trackShare  = 0.5
	trackRMS    = 1.0
	trackShift  = 1.2 // voxels that a centre may lie off its prediction
	radiusDrift = 0.9 // voxels that a radius may differ from those before
	patience    = 10  // steps without a lumen before a track ends
	memory      = 12  // steps whose centres give the direction
	shortest    = 8   // rings that make a fibre
)

// track is the chain of rings along one lumen, in order.
type track []ring

// tracks follows the seeds, each along its lumen both ways, and skips those in lumens already known.
// Tracks of fewer than least rings are dropped.
func (f *finder) tracks(ctx context.Context, seeds []ring, known *volume.Labels, least int) ([]track, error) {
	var all []track
	for _, s := range seeds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if taken(known, s.at) {
			continue
		}
		t := f.follow(s, known)
		if len(t) >= least {
			all = append(all, t)
			t.mark(known)
		}
	}
	return all, nil
}

// follow walks from s both ways.
func (f *finder) follow(s ring, known *volume.Labels) track {
	ahead := f.walk(s, 1, known)
	behind := f.walk(s, -1, known)
	slices.Reverse(behind)
	return append(append(behind, s), ahead...)
}

// walk steps along the lumen until it is lost for some steps or runs into a known one.
func (f *finder) walk(s ring, sign float64, known *volume.Labels) track {
	d, at, radius := r3.Scale(sign, s.dir), s.at, s.radius
	chain, lost := track{s}, 0
	for lost < patience {
		at = along(at, d, trackStep)
		if !inside(f.smooth, at) && lost > 2 {
			break
		}
		r, ok := f.ringAt(at, d)
		good := ok && f.fits(r, trackShare, trackRMS) && r3.Norm(r3.Sub(r.at, at)) < trackShift && abs(r.radius-radius) < radiusDrift
		if !good {
			lost++
			continue
		}
		if taken(known, r.at) {
			break
		}
		lost = 0
		chain = append(chain, r)
		at = r.at
		radius += 0.2 * (r.radius - radius)
		if back := chain[max(len(chain)-memory, 0)]; r3.Norm(r3.Sub(at, back.at)) > 3*trackStep {
			d = r3.Unit(r3.Sub(at, back.at))
		}
	}
	return chain[1:]
}

func abs(v float64) float64 { return max(v, -v) }

func inside(v *volume.Volume[float32], p r3.Vec) bool {
	return p.X >= 0 && p.Y >= 0 && p.Z >= 0 && p.X <= float64(v.N[0]-1) && p.Y <= float64(v.N[1]-1) && p.Z <= float64(v.N[2]-1)
}

// nearest clamps p to the voxels of g.
func nearest(g volume.Grid, p r3.Vec) (x, y, z int) {
	clamp := func(v float64, n int) int { return min(max(int(v+0.5), 0), n-1) }
	return clamp(p.X, g.N[0]), clamp(p.Y, g.N[1]), clamp(p.Z, g.N[2])
}

func taken(known *volume.Labels, p r3.Vec) bool {
	return known.At(nearest(known.Grid, p)) != 0
}

// mark enters the inside of the lumen in known, out to most of its radius.
func (t track) mark(known *volume.Labels) {
	for _, r := range t {
		reach := 0.75 * r.radius
		x0, x1 := span(r.at.X, reach, known.N[0])
		y0, y1 := span(r.at.Y, reach, known.N[1])
		z0, z1 := span(r.at.Z, reach, known.N[2])
		for z := z0 - 1; z <= z1; z++ {
			for y := y0 - 1; y <= y1; y++ {
				for x := x0 - 1; x <= x1; x++ {
					d := r3.Sub(r3.Vec{X: float64(x), Y: float64(y), Z: float64(z)}, r.at)
					if z >= 0 && y >= 0 && x >= 0 && z < known.N[2] && y < known.N[1] && x < known.N[0] && r3.Norm2(d) <= reach*reach {
						known.Data[known.Offset(x, y, z)] = 1
					}
				}
			}
		}
	}
}
