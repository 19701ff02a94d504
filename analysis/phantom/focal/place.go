package focal

import (
	"math"
	"math/rand/v2"
)

// objects are what a stack holds.
type objects struct {
	nuclei    []nucleus
	nets      [][]strand
	platelets []ball
}

// nucleus is an ellipsoid whose axes are those of turn.
type nucleus struct {
	center point
	half   point
	turn   [3]point // unit vectors
	light  float64
}

// strand is a piece of a NET: all that is within radius of a line.
type strand struct {
	a, b   point
	radius float64
	mpo    bool
}

type ball struct {
	center point
	radius float64
}

// tries is how often a place is looked for.
const tries = 400

// place puts the objects into the stack.
func (s Stack) place() (o objects) {
	stream := uint64(1)
	if s.Control {
		stream = 2
	}
	r := rand.New(rand.NewPCG(s.Seed, stream))
	for range int(math.Round(s.Nuclei * s.volumeUM3() / 1e9)) {
		if n, ok := s.nucleus(r, o.nuclei); ok {
			o.nuclei = append(o.nuclei, n)
		}
	}
	if s.Control {
		return o
	}
	for k := range s.NETs {
		o.nets = append(o.nets, s.net(r, o, k))
	}
	for range int(math.Round(s.Platelets * s.volumeUM3() / 1e9)) {
		b := ball{radius: 0.9 + 0.6*r.Float64()}
		for a, um := range s.size() {
			b.center[a] = b.radius + r.Float64()*(um-2*b.radius)
		}
		if o.clear(b.center, b.radius) {
			o.platelets = append(o.platelets, b)
		}
	}
	return o
}

// nucleus lies wholly in the stack, and many at the side of another one.
func (s Stack) nucleus(r *rand.Rand, others []nucleus) (nucleus, bool) {
	for range tries {
		n := nucleus{light: nucleusE * (0.75 + 0.5*r.Float64()), turn: axes(r)}
		for a := range n.half {
			n.half[a] = s.NucleusUM / 2 * (1 + 0.1*max(min(r.NormFloat64(), 2), -2))
			n.center[a] = r.Float64() * s.size()[a]
		}
		if len(others) > 0 && r.Float64() < s.Touching {
			o := others[r.IntN(len(others))]
			n.center = o.center.plus(direction(r), o.mean()+n.mean())
		}
		if s.inside(n.center, n.reach()) && apart(n, others) {
			return n, true
		}
	}
	return nucleus{}, false
}

func (n nucleus) mean() float64  { return (n.half[0] + n.half[1] + n.half[2]) / 3 }
func (n nucleus) reach() float64 { return max(n.half[0], n.half[1], n.half[2]) }

// apart tells whether a nucleus at most touches the others.
func apart(n nucleus, others []nucleus) bool {
	for _, o := range others {
		if n.center.plus(o.center, -1).length() < 0.97*(n.mean()+o.mean()) {
			return false
		}
	}
	return true
}

func (s Stack) inside(p point, margin float64) bool {
	for a, um := range s.size() {
		if p[a] < margin || p[a] > um-margin {
			return false
		}
	}
	return true
}

// clear tells whether a ball is at least a micrometre away from nuclei and NETs.
func (o objects) clear(p point, radius float64) bool {
	for _, n := range o.nuclei {
		if p.plus(n.center, -1).length() < n.reach()+radius+1 {
			return false
		}
	}
	for _, net := range o.nets {
		for _, t := range net {
			if distance(p, t.a, t.b) < t.radius+radius+1 {
				return false
			}
		}
	}
	return true
}

const (
	stepUM = 2.5 // of the walk of a strand
	bend   = 0.5 // sideways, of a step
)

// net is a bundle of strands that walk from a common place around nuclei, number k of the NETs; NETs keep to their
// own part of the stack, so that none touch.
func (s Stack) net(r *rand.Rand, o objects, k int) (all []strand) {
	lo, hi := s.part(k)
	start, ok := point{}, false
	for range tries {
		for a := range start {
			start[a] = lo[a] + r.Float64()*(hi[a]-lo[a])
		}
		if ok = o.clear(start, 1); ok {
			break
		}
	}
	if !ok {
		return nil
	}
	for range s.Strands {
		at, d := start, direction(r)
		radius, mpo := 0.5+0.6*r.Float64(), r.Float64() < s.MPOShare
		for length := 0.0; length < s.StrandUM; length += stepUM {
			next, step, ok := o.walk(r, at, d, radius, lo, hi)
			if !ok {
				break
			}
			all = append(all, strand{at, next, radius, mpo})
			at, d = next, step
		}
	}
	return all
}

// part is the place of NET number k: a column of the stack.
func (s Stack) part(k int) (lo, hi point) {
	size := s.size()
	const margin = 2
	wide := size[0] / float64(s.NETs)
	return point{float64(k)*wide + margin, margin, margin}, point{float64(k+1)*wide - margin, size[1] - margin, size[2] - margin}
}

// walk is the next step of a strand, and its direction.
func (o objects) walk(r *rand.Rand, at, d point, radius float64, lo, hi point) (next, step point, ok bool) {
	nets := o.nets
	o.nets = nil // its own strands may be crossed
	defer func() { o.nets = nets }()
	for range 60 {
		step = d.plus(direction(r), bend)
		step = point{}.plus(step, 1/step.length())
		next = at.plus(step, stepUM)
		ok = true
		for a := range next {
			ok = ok && next[a] >= lo[a] && next[a] <= hi[a]
		}
		if ok && o.clear(next, radius) {
			return next, step, true
		}
		d = direction(r)
	}
	return next, step, false
}

// direction is a random unit vector.
func direction(r *rand.Rand) point {
	for {
		p := point{r.NormFloat64(), r.NormFloat64(), r.NormFloat64()}
		if l := p.length(); l > 1e-6 {
			return point{}.plus(p, 1/l)
		}
	}
}

// axes are three random unit vectors at right angles.
func axes(r *rand.Rand) [3]point {
	a, b := direction(r), direction(r)
	b = b.plus(a, -(a[0]*b[0] + a[1]*b[1] + a[2]*b[2]))
	b = point{}.plus(b, 1/max(b.length(), 1e-9))
	return [3]point{a, b, {a[1]*b[2] - a[2]*b[1], a[2]*b[0] - a[0]*b[2], a[0]*b[1] - a[1]*b[0]}}
}

// distance of a point to a piece of a line.
func distance(p, a, b point) float64 {
	d, q := b.plus(a, -1), p.plus(a, -1)
	t := (d[0]*q[0] + d[1]*q[1] + d[2]*q[2]) / max(d[0]*d[0]+d[1]*d[1]+d[2]*d[2], 1e-12)
	return q.plus(d, -min(max(t, 0), 1)).length()
}
