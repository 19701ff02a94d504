package thickness

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
)

// ball is centred on voxel (x, y) of its slice; lengths in mm. Its reach is the distance to the centre
// of the nearest voxel outside, which the ball may not hold, its radius that to the interface.
type ball struct {
	x, y          int32
	reach, radius float32
}

// open2 is the square below which the centres of an open ball lie; a centre at the rim is outside,
// whatever the rounding.
func open2(reach float32) float64 { return float64(reach) * float64(reach) * (1 - 1e-6) }

// ridge lists, slice by slice and by their reach, the balls whose centres do not all lie in the ball
// of one of the 26 neighbours that is no smaller: the distance ridge of Dougherty and Kunzelmann, for
// any spacing. It holds all that reach slices [z0, z1).
//
// Distances change by no more than one goes: where no ball k slices away reaches as far, none farther away does.
func ridge(ctx context.Context, l *volume.Labels, outside *label.Set, z0, z1 int, o parallel.Options, p parallel.Progress) ([][]ball, error) {
	f, err := distance.NewField(ctx, l, outside, o, p)
	if err != nil {
		return nil, err
	}
	defer f.Drop(ctx)
	r := &ridges{balls: make([][]ball, l.N[2]), farthest: make([]float32, l.N[2]), ts: &templates{spacing: l.Spacing}}
	r.free.New = func() any { return newWindow(l.N) }
	if err := r.find(ctx, f, z0, z1, o, p); err != nil {
		return nil, err
	}
	step := l.Spacing[2]
	for lo := z0; lo > 0 && float64(r.farthest[lo]) > float64(z0-lo)*step; {
		next := max(lo-beyond, 0)
		if err := r.find(ctx, f, next, lo, o, nil); err != nil {
			return nil, err
		}
		lo = next
	}
	for hi := z1; hi < l.N[2] && float64(r.farthest[hi-1]) > float64(hi-z1)*step; {
		next := min(hi+beyond, l.N[2])
		if err := r.find(ctx, f, hi, next, o, nil); err != nil {
			return nil, err
		}
		hi = next
	}
	return r.balls, nil
}

// beyond is how many slices more are searched at once.
const beyond = 16

// ridges are the balls found so far, and the farthest distance in each slice that was searched.
type ridges struct {
	balls    [][]ball
	farthest []float32
	ts       *templates
	free     sync.Pool // of windows
}

// find lists the balls of slices [z0, z1).
func (r *ridges) find(ctx context.Context, f *distance.Field, z0, z1 int, o parallel.Options, p parallel.Progress) error {
	return f.Range(ctx, z0, z1, o, p, func(ctx context.Context, s *distance.Slab) error {
		w := r.free.Get().(*window)
		defer r.free.Put(w)
		if s.Z0 > 0 {
			s.Slice(w.at(s.Z0-1), s.Z0-1)
		}
		s.Slice(w.at(s.Z0), s.Z0)
		for z := s.Z0; z < s.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			if z+1 < len(r.balls) {
				s.Slice(w.at(z+1), z+1)
			}
			r.balls[z], r.farthest[z] = w.balls(r.ts, z)
		}
		return nil
	})
}

// window is the distances of three slices in a row.
type window struct {
	n    [3]int
	ring [3][]distance.Distance
}

func newWindow(n [3]int) *window {
	w := &window{n: n}
	for i := range w.ring {
		w.ring[i] = make([]distance.Distance, n[0]*n[1])
	}
	return w
}

func (w *window) at(z int) []distance.Distance { return w.ring[z%3] }

// balls lists the balls of slice z that no neighbour covers, and the farthest distance there.
func (w *window) balls(ts *templates, z int) (out []ball, farthest float32) {
	for _, d := range w.at(z) {
		if d.Center > farthest {
			farthest = d.Center
		}
	}
	t := ts.upTo(farthest)
	for i, d := range w.at(z) {
		if d.Center == 0 {
			continue
		}
		x, y := i%w.n[0], i/w.n[0]
		if !w.covered(t, x, y, z) {
			out = append(out, ball{int32(x), int32(y), d.Center, d.Interface})
		}
	}
	slices.SortStableFunc(out, func(a, b ball) int { return cmp.Compare(a.reach, b.reach) })
	return out, farthest
}

// step leads to one of the 26 neighbours; class is that of [template].
type step struct{ x, y, z, class int }

// around are the neighbours, those that share a face first: they cover most of what is covered.
var around = func() (out []step) {
	for n := 1; n <= 3; n++ {
		for z := -1; z <= 1; z++ {
			for y := -1; y <= 1; y++ {
				for x := -1; x <= 1; x++ {
					if x*x+y*y+z*z == n {
						out = append(out, step{x, y, z, x*x + 2*y*y + 4*z*z})
					}
				}
			}
		}
	}
	return out
}()

// covered reports whether the ball of a neighbour holds that of voxel (x, y, z) and is no smaller.
func (w *window) covered(t *template, x, y, z int) bool {
	nx, ny, nz := w.n[0], w.n[1], w.n[2]
	at := x + nx*y
	here := w.at(z)[at]
	inner := x > 0 && y > 0 && z > 0 && x < nx-1 && y < ny-1 && z < nz-1
	slices := [3][]distance.Distance{w.ring[(z+2)%3], w.ring[z%3], w.ring[(z+1)%3]}
	var needed *[8]float64
	for i := range around {
		s := &around[i]
		if !inner && (uint(x+s.x) >= uint(nx) || uint(y+s.y) >= uint(ny) || uint(z+s.z) >= uint(nz)) {
			continue
		}
		there := slices[s.z+1][at+s.x+nx*s.y]
		if there.Interface < here.Interface {
			continue
		}
		if needed == nil {
			needed = t.needed(here.Center)
		}
		if open2(there.Center) > needed[s.class] {
			return true
		}
	}
	return false
}

// templates makes templates as large as they are needed. The entries of a larger one are those of a
// smaller one and more, so that nothing depends on which slab asked first.
type templates struct {
	spacing [3]float64
	mu      sync.Mutex
	reach   float32
	largest *template
}

// upTo returns a template for balls of at most the given reach.
func (ts *templates) upTo(reach float32) *template {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	if ts.largest == nil || reach > ts.reach {
		ts.reach = 1.1 * reach
		ts.largest = newTemplate(ts.spacing, ts.reach)
	}
	return ts.largest
}

// template knows how far the centres of a ball are from a neighbour of its own centre. Neighbours
// that differ in sign alone are of one class: bit 0 for a step along x, 1 along y, 2 along z.
type template struct {
	inside   []float64    // squared distances of centres from the ball's own, rising; mm²
	farthest [][8]float64 // of the first i of these and their mirror images, from each class; mm²
}

func newTemplate(spacing [3]float64, reach float32) *template {
	type offset struct {
		d2   float64
		from [8]float64
	}
	var all []offset
	limit := float64(reach) * float64(reach)
	for z := 0; square(z, spacing[2]) < limit; z++ {
		for y := 0; square(y, spacing[1])+square(z, spacing[2]) < limit; y++ {
			for x := 0; square(x, spacing[0])+square(y, spacing[1])+square(z, spacing[2]) < limit; x++ {
				v := offset{d2: square(x, spacing[0]) + square(y, spacing[1]) + square(z, spacing[2])}
				for c := range v.from { // the mirror image on the far side of the neighbour
					v.from[c] = square(x+c&1, spacing[0]) + square(y+c>>1&1, spacing[1]) + square(z+c>>2, spacing[2])
				}
				all = append(all, v)
			}
		}
	}
	slices.SortFunc(all, func(a, b offset) int { return cmp.Compare(a.d2, b.d2) })
	t := &template{farthest: make([][8]float64, 1)}
	for _, v := range all {
		if n := len(t.inside); n == 0 || v.d2 > t.inside[n-1]*(1+1e-9) { // equal ones share an entry
			t.inside = append(t.inside, v.d2)
			t.farthest = append(t.farthest, t.farthest[n])
		}
		last := &t.farthest[len(t.inside)]
		for c := range v.from {
			last[c] = math.Max(last[c], v.from[c])
		}
	}
	return t
}

// needed is, for each class of neighbour, the squared distance that its ball must exceed to hold
// the open ball of the given reach.
func (t *template) needed(reach float32) *[8]float64 {
	n, _ := slices.BinarySearch(t.inside, open2(reach))
	return &t.farthest[n]
}

func square(n int, step float64) float64 { return float64(n) * step * float64(n) * step }
