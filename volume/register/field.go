package register

import (
	"context"
	"math"

	"explant/volume/parallel"
)

// Field is a smooth displacement of the fixed volume's points: vectors at the nodes of a coarse lattice,
// linear in between.
type Field struct {
	n      [3]int
	step   float64 // mm between nodes
	origin vec     // mm, the first node
	axes   matrix
	back   matrix
	move   []vec // mm
}

const (
	nodesAlong = 8  // node spacings along the longest side
	leastStep  = 12 // cells between nodes
	rounds     = 6
	sweeps     = 60
	stiffness  = 0.15 // of a node's mean weight: how much neighbours hold each other
	anchoring  = 0.02 // of it: how much nodes are held where the rigid fit puts them
	mostShare  = 0.2  // of the node spacing: the largest displacement
)

func newField(l *level) *Field {
	long := max(l.N[0], l.N[1], l.N[2])
	f := &Field{step: max(float64(long)/nodesAlong, leastStep) * l.h, axes: l.axes, back: l.back}
	for a := range 3 {
		f.n[a] = max(int(math.Ceil(float64(l.N[a])*l.h/f.step)), 1) + 1
	}
	over := vec{}
	for a := range 3 {
		over[a] = (float64(l.N[a]-1)*l.h - float64(f.n[a]-1)*f.step) / 2
	}
	f.origin = l.axes.apply(over).plus(l.origin)
	f.move = make([]vec, f.n[0]*f.n[1]*f.n[2])
	return f
}

// corner gives the node below p and the shares of the way to the next ones; the lattice ends where it
// ends.
func (f *Field) corner(p vec) (at int, share vec) {
	q := f.back.apply(p.minus(f.origin)).times(1 / f.step)
	var i [3]int
	for a := range 3 {
		c := min(max(q[a], 0), float64(f.n[a]-1))
		i[a] = min(int(c), f.n[a]-2)
		share[a] = c - float64(i[a])
	}
	return i[0] + f.n[0]*(i[1]+f.n[1]*i[2]), share
}

// eachNode visits the eight nodes around a place.
func (f *Field) eachNode(at int, share vec, visit func(node int, w float64)) {
	for k := range 8 {
		w, node := 1.0, at
		for a, step := range [3]int{1, f.n[0], f.n[0] * f.n[1]} {
			if k>>a&1 == 1 {
				w, node = w*share[a], node+step
			} else {
				w *= 1 - share[a]
			}
		}
		visit(node, w)
	}
}

// Move is the displacement of a point of the fixed volume, mm; none of a nil field.
func (f *Field) Move(p [3]float64) [3]float64 {
	if f == nil {
		return [3]float64{}
	}
	var sum vec
	at, share := f.corner(p)
	f.eachNode(at, share, func(node int, w float64) { sum = sum.plus(f.move[node].times(w)) })
	return sum
}

// Size is the root mean square and the largest displacement of the nodes, mm; 0 of a nil field.
func (f *Field) Size() (rms, most float64) {
	if f == nil {
		return 0, 0
	}
	for _, m := range f.move {
		rms += m.dot(m) / float64(len(f.move))
		most = max(most, m.length())
	}
	return math.Sqrt(rms), most
}

// pull is what the samples about a node want: the normal equations of its displacement.
type pull struct {
	a [6]float64 // xx, yy, zz, xy, xz, yz
	b vec
}

func (u *pull) add(g vec, r, w float64) {
	for i, f := range [6]float64{g[0] * g[0], g[1] * g[1], g[2] * g[2], g[0] * g[1], g[0] * g[2], g[1] * g[2]} {
		u.a[i] += w * f
	}
	u.b = u.b.plus(g.times(w * r))
}

// solve gives the x of (a + k)x = c.
func (u *pull) solve(k float64, c vec) vec {
	m := matrix{{u.a[0] + k, u.a[3], u.a[4]}, {u.a[3], u.a[1] + k, u.a[5]}, {u.a[4], u.a[5], u.a[2] + k}}
	d := m.determinant()
	if !(d > 0) {
		return vec{}
	}
	x, y, z := cross(vec(m[1]), vec(m[2])), cross(vec(m[2]), vec(m[0])), cross(vec(m[0]), vec(m[1]))
	return vec{x.dot(c), y.dot(c), z.dot(c)}.times(1 / d) // m is symmetric
}

// bend fits a field on top of the rigid motion r.
func (pr *pair) bend(ctx context.Context, r Rigid, o parallel.Options, p parallel.Progress) (*Field, error) {
	f := newField(pr.fixed)
	p.Stage("bend locally", rounds)
	for range rounds {
		pulls, err := pr.pulls(ctx, f, r, o)
		if err != nil {
			return nil, err
		}
		f.settle(pulls)
		p.Add(1)
	}
	return f, nil
}

// pulls sums over the edges, each at the eight nodes about it.
func (pr *pair) pulls(ctx context.Context, f *Field, r Rigid, o parallel.Options) ([]pull, error) {
	res, err := misfits(ctx, pr.moving, pr.edges, motion{r, f}, o)
	if err != nil {
		return nil, err
	}
	sd := spreadOf(res)
	out := make([]pull, len(f.move))
	for i, e := range res {
		w := weight(e, sd)
		if w == 0 {
			continue
		}
		s := &pr.edges[i]
		at, share := f.corner(s.at)
		f.eachNode(at, share, func(node int, part float64) { out[node].add(s.slope, e, w*part) })
	}
	return out, nil
}

// settle moves the nodes to where the pulls, their neighbours and the rigid fit balance (Gauss-Seidel).
func (f *Field) settle(pulls []pull) {
	total := 0.0
	for i := range pulls {
		total += (pulls[i].a[0] + pulls[i].a[1] + pulls[i].a[2]) / 3
	}
	typical := total / float64(len(pulls))
	if !(typical > 0) {
		return
	}
	was := append([]vec(nil), f.move...)
	for range sweeps {
		for i := range f.move {
			f.settleNode(i, &pulls[i], was[i], typical)
		}
	}
	for i, m := range f.move {
		if size, most := m.length(), mostShare*f.step; size > most {
			f.move[i] = m.times(most / size)
		}
	}
}

func (f *Field) settleNode(i int, u *pull, was vec, typical float64) {
	at := [3]int{i % f.n[0], i / f.n[0] % f.n[1], i / (f.n[0] * f.n[1])}
	near, n := vec{}, 0.0
	for a, step := range [3]int{1, f.n[0], f.n[0] * f.n[1]} {
		if at[a] > 0 {
			near, n = near.plus(f.move[i-step]), n+1
		}
		if at[a] < f.n[a]-1 {
			near, n = near.plus(f.move[i+step]), n+1
		}
	}
	hold := stiffness * typical
	// The samples want the node at was - b/a, its neighbours at their mean, the rigid fit at 0.
	c := vec{
		u.a[0]*was[0] + u.a[3]*was[1] + u.a[4]*was[2],
		u.a[3]*was[0] + u.a[1]*was[1] + u.a[5]*was[2],
		u.a[4]*was[0] + u.a[5]*was[1] + u.a[2]*was[2],
	}.minus(u.b).plus(near.times(hold))
	f.move[i] = u.solve(n*hold+anchoring*typical, c)
}
