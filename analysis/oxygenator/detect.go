package oxygenator

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/spatial/r3"

	"explant/volume"
	"explant/volume/parallel"
)

const (
	seedPitch   = 5    // voxels between the points where a lumen is looked for
	seedShare   = 0.8  // of the rays of a seed that must meet the circle
	seedRMS     = 0.7  // voxels about the circle
	radiusSlack = 0.8  // voxels by which a lumen may leave the stated range of radii
	flatness    = 0.35 // most that the gradients along a tube may be of those across
)

// lumens tracks the lumens through the seeds of a coarse lattice, and then through those of a fine one that lie in
// none of them: most of the time goes into seeds, and a lumen needs but one.
func (f *finder) lumens(ctx context.Context, o parallel.Options, p parallel.Progress) (all []track, err error) {
	known := volume.New[uint8](f.smooth.Grid)
	for _, coarse := range []bool{true, false} {
		seeds, err := f.seeds(ctx, coarse, known, o, p)
		if err != nil {
			return nil, err
		}
		tracks, err := f.tracks(ctx, seeds, known, shortest)
		if err != nil {
			return nil, err
		}
		all = append(all, tracks...)
	}
	return all, nil
}

// seeds are the points of a lattice, outside of what is known, around which the scan looks like the inside of a
// fibre, in the order of their position: of every second one along each axis, or of the others.
func (f *finder) seeds(ctx context.Context, coarse bool, known *volume.Labels, o parallel.Options, p parallel.Progress) ([]ring, error) {
	return f.scanLattice(ctx, func(x, y, z int) (ring, bool) {
		second := (x/seedPitch|y/seedPitch|z/seedPitch)%2 == 0
		if second != coarse || known.At(x, y, z) != 0 {
			return ring{}, false
		}
		return f.seed(r3.Vec{X: float64(x), Y: float64(y), Z: float64(z)})
	}, o, p)
}

// scanLattice tries the points of the lattice that are on the near side of the cut.
func (f *finder) scanLattice(ctx context.Context, try func(x, y, z int) (ring, bool), o parallel.Options, p parallel.Progress) ([]ring, error) {
	planes := make([][]ring, (f.smooth.N[2]+seedPitch-1)/seedPitch)
	err := parallel.Each(ctx, len(planes), o, p, func(ctx context.Context, k int) error {
		z := min(k*seedPitch+1, f.smooth.N[2]-2)
		for y := 1; y < f.smooth.N[1]-1; y += seedPitch {
			if err := ctx.Err(); err != nil {
				return err
			}
			for x := 1; x < f.smooth.N[0]-1; x += seedPitch {
				if f.sign*float64(f.smooth.At(x, y, z)) > f.cut {
					continue
				}
				if r, ok := try(x, y, z); ok {
					planes[k] = append(planes[k], r)
				}
			}
		}
		return nil
	})
	var all []ring
	for _, p := range planes {
		all = append(all, p...)
	}
	return all, err
}

// seed tests whether p lies in a tube: gradients stand on an axis, and a circle of the right radius
// fits the walls around it, here and a little further on both sides.
func (f *finder) seed(p r3.Vec) (ring, bool) {
	d, ok := f.axis(p)
	if !ok {
		return ring{}, false
	}
	r, ok := f.ringAt(p, d)
	if !ok || !f.fits(r, seedShare, seedRMS) {
		return ring{}, false
	}
	if d, ok = f.axis(r.at); !ok {
		return ring{}, false
	}
	ahead, okA := f.ringAt(along(r.at, d, 4), d)
	behind, okB := f.ringAt(along(r.at, d, -4), d)
	if okA && okB && f.fits(ahead, seedShare, seedRMS) && f.fits(behind, seedShare, seedRMS) {
		if step := r3.Sub(ahead.at, behind.at); r3.Norm(step) > 4 {
			d = r3.Unit(step)
		}
	} else if !okA && !okB {
		return ring{}, false
	}
	r, ok = f.ringAt(r.at, d)
	return r, ok && f.fits(r, seedShare, seedRMS)
}

func (f *finder) fits(r ring, share, rms float64) bool {
	return r.share >= share && r.rms <= rms && r.radius >= f.innerLo-radiusSlack && r.radius <= f.innerHi+radiusSlack
}

// axis is the direction on which the gradients around p stand, from the structure tensor of a ball
// that reaches just beyond the lumen; false where there is no such direction.
func (f *finder) axis(p r3.Vec) (r3.Vec, bool) {
	reach := f.innerHi + 1
	var t [6]float64
	n := f.smooth.N
	x0, x1 := span(p.X, reach, n[0])
	y0, y1 := span(p.Y, reach, n[1])
	z0, z1 := span(p.Z, reach, n[2])
	row, plane := n[0], n[0]*n[1]
	for z := z0; z < z1; z++ {
		for y := y0; y < y1; y++ {
			dy, dz := float64(y)-p.Y, float64(z)-p.Z
			rest := reach*reach - dy*dy - dz*dz
			i := f.smooth.Offset(x0, y, z)
			for x := x0; x < x1; x, i = x+1, i+1 {
				if dx := float64(x) - p.X; dx*dx > rest {
					continue
				}
				d := f.smooth.Data
				gx, gy, gz := float64(d[i+1]-d[i-1]), float64(d[i+row]-d[i-row]), float64(d[i+plane]-d[i-plane])
				t[0], t[1], t[2] = t[0]+gx*gx, t[1]+gx*gy, t[2]+gx*gz
				t[3], t[4], t[5] = t[3]+gy*gy, t[4]+gy*gz, t[5]+gz*gz
			}
		}
	}
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(3, []float64{t[0], t[1], t[2], t[1], t[3], t[4], t[2], t[4], t[5]}), true) {
		return r3.Vec{}, false
	}
	var vectors mat.Dense
	e.VectorsTo(&vectors)
	values := e.Values(nil)
	d := r3.Vec{X: vectors.At(0, 0), Y: vectors.At(1, 0), Z: vectors.At(2, 0)}
	return d, values[0] < flatness*values[1] && !math.IsNaN(d.X)
}

// span is the range of inner voxels within reach of c.
func span(c, reach float64, n int) (lo, hi int) {
	return max(int(math.Ceil(c-reach)), 1), min(int(math.Floor(c+reach))+1, n-1)
}
