package phantom

import (
	"math"
	"math/rand/v2"
)

// deposit is a solid of clot; where it overlaps a fibre or the housing, those win.
type deposit interface {
	contains(p vec) bool
	bounds() (lo, hi vec)
}

// film is a patch of constant thickness on a fibre, elliptic in length and angle.
type film struct {
	on        *tube
	s, angle  float64 // centre: voxels along the fibre, radians about it
	half, fan float64 // semi-axes: voxels, radians
	thick     float64 // voxels
}

func (f *film) contains(p vec) bool {
	s, a, b := f.on.local(p)
	u := (s - f.s) / f.half
	if u <= -1 || u >= 1 {
		return false
	}
	r := f.on.round(a, b)
	if r < f.on.outer || r >= f.on.outer+f.thick {
		return false
	}
	v := math.Remainder(math.Atan2(b, a)-f.angle, 2*math.Pi) / f.fan
	return u*u+v*v < 1
}

func (f *film) bounds() (lo, hi vec) {
	reach := (f.on.outer+f.thick)*(1+f.on.squeeze) + f.on.wave
	return around([]vec{f.on.at.add(f.on.dir, f.s-f.half), f.on.at.add(f.on.dir, f.s+f.half)}, reach)
}

// area is the surface of the film that touches the fibre, in voxel faces.
func (f *film) area() float64 { return math.Pi * f.half * f.fan * f.on.outer }

// blob is a union of spheres.
type blob struct {
	at []vec
	r  []float64
}

func (b *blob) contains(p vec) bool {
	for i, c := range b.at {
		d := p.add(c, -1)
		if d.dot(d) < b.r[i]*b.r[i] {
			return true
		}
	}
	return false
}

func (b *blob) bounds() (lo, hi vec) {
	most := 0.0
	for _, r := range b.r {
		most = max(most, r)
	}
	return around(b.at, most)
}

// web is a sheet that spans from a fibre to its neighbour in the mat.
type web struct {
	on                 *tube
	s, half            float64 // centre and half length along the fibre
	width, lift, thick float64 // distance to the neighbour's axis, height over the axes, thickness
}

func (w *web) contains(p vec) bool {
	s, a, b := w.on.local(p)
	if a < 0 || a > w.width || math.Abs(b-w.lift) >= w.thick/2 {
		return false
	}
	pull := 0.5 + math.Abs(a/w.width-0.5) // the free edges are drawn in between the fibres
	return math.Abs(s-w.s) < w.half*pull
}

func (w *web) bounds() (lo, hi vec) {
	a, b := w.on.point(w.s-w.half, 0, w.lift), w.on.point(w.s+w.half, 0, w.lift)
	return around([]vec{a, b, a.add(w.on.side, w.width), b.add(w.on.side, w.width)}, w.thick+2*w.on.wave)
}

func around(points []vec, reach float64) (lo, hi vec) {
	lo, hi = points[0], points[0]
	for _, p := range points {
		lo = vec{min(lo.x, p.x), min(lo.y, p.y), min(lo.z, p.z)}
		hi = vec{max(hi.x, p.x), max(hi.y, p.y), max(hi.z, p.z)}
	}
	out := vec{reach, reach, reach}
	return lo.add(out, -1), hi.add(out, 1)
}

func between(rng *rand.Rand, r [2]float64, um float64) float64 {
	return (r[0] + rng.Float64()*(r[1]-r[0])) * um
}

// newFilm, newBlob and newWeb draw a deposit at position s of fibre t.
func (o Oxygenator) newFilm(rng *rand.Rand, t *tube, s float64) *film {
	um := 1 / o.SpacingUM
	return &film{on: t, s: s, angle: 2 * math.Pi * rng.Float64(), thick: between(rng, o.FilmUM, um),
		half: between(rng, [2]float64{150, 700}, um), fan: 0.6 + 1.6*rng.Float64()}
}

func (o Oxygenator) newBlob(rng *rand.Rand, t *tube, s float64) *blob {
	um := 1 / o.SpacingUM
	b := &blob{}
	r, angle := between(rng, o.BlobUM, um), 2*math.Pi*rng.Float64()
	reach := t.outer + r*(0.2+rng.Float64())
	at := t.point(s, reach*math.Cos(angle), reach*math.Sin(angle))
	for range 1 + rng.IntN(5) {
		b.at, b.r = append(b.at, at), append(b.r, r)
		at = at.add(vec{rng.NormFloat64(), rng.NormFloat64(), rng.NormFloat64()}, 0.7*r)
		r = between(rng, o.BlobUM, um)
	}
	return b
}

func (o Oxygenator) newWeb(rng *rand.Rand, t *tube, s float64) *web {
	um := 1 / o.SpacingUM
	return &web{on: t, s: s, half: between(rng, [2]float64{150, 500}, um), width: o.FibrePitchUM * um,
		lift: (2*rng.Float64() - 1) * 0.5 * t.outer, thick: between(rng, o.WebUM, um)}
}
