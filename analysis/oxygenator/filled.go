package oxygenator

import (
	"context"
	"math"

	"gonum.org/v1/gonum/spatial/r3"

	"explant/volume"
	"explant/volume/parallel"
)

const (
	filledShare    = 0.5  // of the rays from the axis of a filled fibre that must meet its surface
	filledRings    = 16   // that make a filled fibre: longer than a blob
	filledStep     = 6.0  // voxels to both sides where the surface must go on
	sameDirection  = 0.97 // cosine between fibres of one direction
	mostDirections = 8
)

// findFilled looks for fibres whose lumen holds liquid or clot: solid rods of a fibre's outer radius
// that run as the fibres found so far do, where none of those is.
func (f *finder) findFilled(ctx context.Context, fibres []*fibre, o parallel.Options, p parallel.Progress) ([]track, error) {
	axes := directions(fibres)
	if len(axes) == 0 {
		return nil, nil
	}
	rod := &finder{shape: shape{outer: f.outer, innerLo: f.outer, innerHi: f.outer}, smooth: f.smooth, cut: -f.cut, sign: -1}
	known := occupied(f.smooth.Grid, fibres)
	seeds, err := rod.scanLattice(ctx, func(x, y, z int) (ring, bool) {
		if known.At(x, y, z) != 0 {
			return ring{}, false
		}
		return rod.rodSeed(r3.Vec{X: float64(x), Y: float64(y), Z: float64(z)}, axes)
	}, o, p)
	if err != nil {
		return nil, err
	}
	tracks, err := rod.tracks(ctx, seeds, known, filledRings)
	return rod.distinct(tracks), err
}

// directions are the distinct directions of the fibres, the first found first.
func directions(fibres []*fibre) []r3.Vec {
	var out []r3.Vec
	for _, f := range fibres {
		d := r3.Unit(r3.Sub(f.knots[len(f.knots)-1], f.knots[0]))
		fresh := len(out) < mostDirections
		for _, known := range out {
			fresh = fresh && math.Abs(r3.Dot(d, known)) < sameDirection
		}
		if fresh {
			out = append(out, d)
		}
	}
	return out
}

// occupied marks the voxels of the fibres.
func occupied(g volume.Grid, fibres []*fibre) *volume.Labels {
	out := volume.New[uint8](g)
	for _, f := range fibres {
		for k := range len(f.knots) - 1 {
			p := f.piece(k)
			p.each(g, f.outer, 0, g.N[2], func(at int, _, _ float64) { out.Data[at] = 1 })
		}
	}
	return out
}

// rodSeed tests p for each direction and keeps the roundest ring.
func (f *finder) rodSeed(p r3.Vec, axes []r3.Vec) (ring, bool) {
	best, found := ring{rms: math.Inf(1)}, false
	for _, d := range axes {
		r, ok := f.ringAt(p, d)
		if !ok || r.rms >= best.rms || !f.fits(r, filledShare, seedRMS) {
			continue
		}
		goesOn := true
		for _, step := range []float64{-filledStep, filledStep} {
			n, ok := f.ringAt(along(r.at, d, step), d)
			goesOn = goesOn && ok && f.fits(n, filledShare, seedRMS)
		}
		if goesOn {
			best, found = r, true
		}
	}
	return best, found
}

// newRod makes a fibre of a track along the surface of a filled one. Its lumen radius is that of the
// fibres whose lumens are open until it is fitted.
func newRod(t track, outer, inner float64) *fibre {
	b := newFibre(t)
	b.outer, b.inner, b.filled = outer, inner, true
	return b
}

// meanInner is the mean lumen radius of the fibres.
func meanInner(fibres []*fibre) float64 {
	sum := 0.0
	for _, f := range fibres {
		sum += f.inner / float64(len(fibres))
	}
	return sum
}
