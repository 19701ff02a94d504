package register

import (
	"cmp"
	"context"
	"math"
	"slices"

	"explant/volume/parallel"
)

// candidate is a pose and how well it fits.
type candidate struct {
	Rigid
	score float64
}

const (
	peaks    = 3   // of the correlation, for each way to lay the device
	wanted   = 10  // candidates that go on from the search
	mostMove = 0.3 // of the cube's side: the largest shift that is looked for
)

// orientations are the rotations that take the fixed volume's axes to those of the moving one, one way
// or the other: the 24 ways to lay a box.
func (pr *pair) orientations() (all []matrix) {
	for _, p := range [][3]int{{0, 1, 2}, {1, 2, 0}, {2, 0, 1}, {0, 2, 1}, {2, 1, 0}, {1, 0, 2}} {
		for signs := range 8 {
			var q matrix
			for i, j := range p {
				q[i][j] = 1 - 2*float64(signs>>i&1)
			}
			turn := pr.moving.axes.by(&q)
			if turn = turn.by(&pr.fixed.back); turn.determinant() > 0 {
				all = append(all, turn)
			}
		}
	}
	return all
}

// search gives the best poses, best first.
func (pr *pair) search(ctx context.Context, o parallel.Options, p parallel.Progress) ([]candidate, error) {
	n := pr.side()
	fixed := newCube(n)
	lattice(fixed, pr.fixed, func(i vec) vec { return i.plus(pr.fixed.centreIndex()) })
	if err := fixed.transform(ctx, false, o); err != nil {
		return nil, err
	}
	turns := pr.orientations()
	p.Stage("ways to lay the device", len(turns))
	var all []candidate
	for _, turn := range turns {
		found, err := pr.shifts(ctx, fixed, turn, o)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
		p.Add(1)
	}
	return best(all, wanted, pr.fixed.h), nil
}

// side of the cube that holds both volumes in any pose, a product of small primes.
func (pr *pair) side() int {
	least := 0.0
	for _, l := range []*level{pr.fixed, pr.moving} {
		least = max(least, math.Sqrt(float64(l.N[0]*l.N[0]+l.N[1]*l.N[1]+l.N[2]*l.N[2])))
	}
	n := 16
	for _, next := range []int{24, 32, 40, 48, 54, 60, 64, 72, 80, 96, 128} {
		if float64(n) < 1.15*least {
			n = next
		}
	}
	return n
}

func (l *level) centreIndex() vec {
	return vec{float64(l.N[0]-1) / 2, float64(l.N[1]-1) / 2, float64(l.N[2]-1) / 2}
}

// lattice fills c with l less its mean at the places that where gives to cells counted from the middle
// of c; 0 outside.
func lattice(c *cube, l *level, where func(vec) vec) {
	half := float64(c.n / 2)
	seen, sum, n := make([]bool, len(c.data)), 0.0, 0
	for i := range c.data {
		c.data[i] = 0
		at := vec{float64(i%c.n) - half, float64(i/c.n%c.n) - half, float64(i/(c.n*c.n)) - half}
		if v, ok := l.at(where(at)); ok {
			c.data[i], seen[i] = complex(v, 0), true
			sum, n = sum+v, n+1
		}
	}
	for i, ok := range seen {
		if ok {
			c.data[i] -= complex(sum/float64(n), 0)
		}
	}
}

// shifts gives the poses of one orientation at the highest peaks of the correlation.
func (pr *pair) shifts(ctx context.Context, fixed *cube, turn matrix, o parallel.Options) ([]candidate, error) {
	c, step := newCube(fixed.n), pr.fixed.h
	middle := pr.moving.middle()
	way := turn.by(&pr.fixed.axes)
	lattice(c, pr.moving, func(i vec) vec { return pr.moving.index(way.apply(i.times(step)).plus(middle)) })
	if err := c.transform(ctx, false, o); err != nil {
		return nil, err
	}
	if err := c.correlate(ctx, fixed, o); err != nil {
		return nil, err
	}
	var all []candidate
	for _, d := range c.peaks() {
		r := Rigid{Turn: turn, Centre: pr.fixed.middle(), To: way.apply(d.times(step)).plus(middle)}
		score, _, err := pr.score(ctx, motion{Rigid: r}, o)
		if err != nil {
			return nil, err
		}
		all = append(all, candidate{r, score})
	}
	return all, nil
}

// peaks are the shifts at the highest local maxima, in cells.
func (c *cube) peaks() []vec {
	most := int(mostMove * float64(c.n))
	type peak struct {
		at     vec
		height float64
	}
	var all []peak
	for z := -most; z <= most; z++ {
		for y := -most; y <= most; y++ {
			for x := -most; x <= most; x++ {
				if h := c.wrapped(x, y, z); c.tops(x, y, z, h) {
					all = append(all, peak{vec{float64(x), float64(y), float64(z)}, h})
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b peak) int { return cmp.Compare(b.height, a.height) })
	var out []vec
	for _, p := range all[:min(len(all), peaks)] {
		out = append(out, p.at)
	}
	return out
}

func (c *cube) wrapped(x, y, z int) float64 {
	w := func(i int) int { return (i + c.n) % c.n }
	return real(c.data[w(x)+c.n*(w(y)+c.n*w(z))])
}

// tops reports whether no neighbour is higher than h.
func (c *cube) tops(x, y, z int, h float64) bool {
	for k := range 27 {
		if c.wrapped(x+k%3-1, y+k/3%3-1, z+k/9-1) > h {
			return false
		}
	}
	return true
}

// best gives at most n of the candidates, best first, each further than a cell from better ones.
func best(all []candidate, n int, h float64) []candidate {
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
	var out []candidate
	for _, c := range all {
		apart := func(d candidate) bool { return c.apart(&d.Rigid, h) }
		if len(out) < n && c.score > 0 && !slices.ContainsFunc(out, func(d candidate) bool { return !apart(d) }) {
			out = append(out, c)
		}
	}
	return out
}

// apart reports whether two poses differ by more than h at some of the points 20 h from the centre.
func (r *Rigid) apart(q *Rigid, h float64) bool {
	for a := range 4 {
		p := vec(r.Centre)
		if a < 3 {
			p[a] += 20 * h
		}
		if vec(r.Map(p)).minus(q.Map(p)).length() > h {
			return true
		}
	}
	return false
}
