package oxygenator

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/spatial/r3"

	"explant/volume/parallel"
)

const (
	roundSteps = 720 // directions in which a round wall is looked for
	roundTerms = 5
)

// tube wall of a round housing about z: its inner radius about the middle of the image is
// c0 + c1 cos a + c2 sin a + z (c3 cos a + c4 sin a), which lets it lie off the middle and lean.
type roundWall struct {
	c    [roundTerms]float64
	mid  [2]float64 // middle of the image, voxels
	high float64    // half the height: z is counted from the middle in these units
	grey float64
}

// basis of the radius in direction (cos, sin) at slice z.
func (w *roundWall) basis(c, s, z float64) [roundTerms]float64 {
	t := (z - w.high) / w.high
	return [roundTerms]float64{1, c, s, t * c, t * s}
}

func (w *roundWall) radius(j [roundTerms]float64) float64 {
	r := 0.0
	for i, v := range j {
		r += w.c[i] * v
	}
	return r
}

// depth of voxel i inside the wall, positive on the bundle's side.
func (w *roundWall) depth(i [3]int) float64 {
	x, y := float64(i[0])-w.mid[0], float64(i[1])-w.mid[1]
	d := math.Hypot(x, y)
	if d == 0 {
		return w.c[0]
	}
	return w.radius(w.basis(x/d, y/d, float64(i[2]))) - d
}

// sighting is a radius at which the bundle begins.
type sighting struct {
	j        [roundTerms]float64
	t, thick float64
}

// findRound looks for a round wall about z, seen from outside.
func (f *finder) findRound(ctx context.Context, o parallel.Options, p parallel.Progress) (*roundWall, error) {
	n := f.smooth.N
	w := &roundWall{mid: [2]float64{float64(n[0]-1) / 2, float64(n[1]-1) / 2}, high: max(float64(n[2]-1)/2, 1)}
	cut := f.cut
	for range 2 {
		rows := make([][]sighting, (n[2]+wallPitch-1)/wallPitch)
		greys := make([][]float64, len(rows))
		err := parallel.Each(ctx, len(rows), o, p, func(_ context.Context, k int) error {
			rows[k], greys[k] = f.sightRound(w, k*wallPitch, cut)
			return nil
		})
		if err != nil {
			return nil, err
		}
		all, grey := slices.Concat(rows...), slices.Concat(greys...)
		if !w.fit(all) || w.thickness(all) < f.outer-f.innerLo+wallThicker {
			return nil, nil
		}
		slices.Sort(grey)
		w.grey = grey[len(grey)/2]
		cut = (f.air + w.grey) / 2
	}
	return w, nil
}

// sightRound looks inwards from the edge of the image in slice z: through air, then solid, to air.
func (f *finder) sightRound(w *roundWall, z int, cut float64) (all []sighting, greys []float64) {
	far := math.Hypot(w.mid[0], w.mid[1])
	for k := range roundSteps {
		s, c := math.Sincos(2 * math.Pi * float64(k) / roundSteps)
		read := func(t float64) (float64, bool) {
			return trilinear(f.smooth, r3.Vec{X: w.mid[0] + t*c, Y: w.mid[1] + t*s, Z: min(float64(z), float64(f.smooth.N[2])-1.001)})
		}
		start, before := math.NaN(), 0.0
		for t := far; t > far/4; t-- {
			v, in := read(t)
			switch {
			case !in:
				continue
			case math.IsNaN(start):
				if v >= cut {
					start = t
				}
			case v < cut:
				g, _ := read((start + t) / 2)
				at := t + (cut-v)/(before-v)
				all = append(all, sighting{w.basis(c, s, float64(z)), at, start - at})
				greys = append(greys, g)
				t = 0
			}
			before = v
		}
	}
	return all, greys
}

// fit puts the wall through the sightings near the commonest radius; too few do: false.
func (w *roundWall) fit(all []sighting) bool {
	if len(all) == 0 {
		return false
	}
	sorted := make([]float64, len(all))
	for i, s := range all {
		sorted[i] = s.t
	}
	slices.Sort(sorted)
	w.c = [roundTerms]float64{sorted[len(sorted)*3/4]}
	for _, near := range []float64{8, 5, 3, 2, wallClose, wallClose} {
		if !w.refit(all, near) {
			return false
		}
	}
	return w.surrounds(all)
}

// surrounds reports that in all but a quarter of the directions enough of the sightings end at the
// wall.
func (w *roundWall) surrounds(all []sighting) bool {
	const parts = 12
	var n, near [parts]float64
	for _, s := range all {
		k := int((math.Atan2(s.j[2], s.j[1])/(2*math.Pi)+1)*parts) % parts
		n[k]++
		if abs(s.t-w.radius(s.j)) <= wallClose {
			near[k]++
		}
	}
	good := 0
	for k := range n {
		if n[k] > 0 && near[k] > wallShare*n[k] {
			good++
		}
	}
	return 4*good >= 3*parts
}

func (w *roundWall) close(all []sighting, near float64) []sighting {
	var out []sighting
	for _, s := range all {
		if abs(s.t-w.radius(s.j)) <= near {
			out = append(out, s)
		}
	}
	return out
}

func (w *roundWall) refit(all []sighting, near float64) bool {
	a, b := mat.NewSymDense(roundTerms, nil), mat.NewVecDense(roundTerms, nil)
	for _, s := range w.close(all, near) {
		for i, v := range s.j {
			b.SetVec(i, b.AtVec(i)+v*s.t)
			for k := i; k < roundTerms; k++ {
				a.SetSym(i, k, a.At(i, k)+v*s.j[k])
			}
		}
	}
	var chol mat.Cholesky
	var x mat.VecDense
	if !chol.Factorize(a) || chol.SolveVecTo(&x, b) != nil {
		return false
	}
	for i := range w.c {
		w.c[i] = x.AtVec(i)
	}
	return w.c[0] > 0
}

func (w *roundWall) thickness(all []sighting) float64 {
	var thick []float64
	for _, s := range w.close(all, wallClose) {
		thick = append(thick, s.thick)
	}
	if len(thick) == 0 {
		return 0
	}
	slices.Sort(thick)
	return thick[len(thick)/2]
}
