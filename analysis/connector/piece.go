package connector

import (
	"math"
	"slices"
)

// piece is a stretch of the axis with one bore: tube, connector, recess of a gap.
type piece struct {
	runs     [][2]int // planes [from, to) on which the bore is seen free
	x, y, r  line     // the bore's middle and radius along the axis
	from, to float64  // where it begins and ends, units
	wall     float64  // grey behind the free wall
	recess   bool     // wider than its neighbours, and short: a gap
}

func (p *piece) at(s float64) circle { return circle{p.x.of(s), p.y.of(s), p.r.of(s)} }

const (
	freeShare  = 0.45 // of the rays must end on one circle where a bore is taken to be free
	steepest   = 0.04 // change of radius or place along the axis of a free bore
	shortest   = 0.15 // length of a free stretch, in radii
	sameBore   = 0.5  // voxels by which two stretches of one bore may differ
	recessLong = 0.3  // radii: length of a recess at most
	recessMore = 1.5  // voxels by which a recess is wider than its neighbours
)

// pieces finds the stretches of free bore and joins those that go on behind a clot.
func pieces(all []plane, h float64) []piece {
	var free []piece
	for _, run := range stretches(all, h) {
		p := piece{runs: [][2]int{run}}
		p.fit(all)
		free = append(free, p)
	}
	var out []piece
	for _, next := range free {
		if len(out) > 0 {
			last := &out[len(out)-1]
			if r, ok := recessBetween(all, last, &next, h); ok {
				out = append(out, r)
			} else if last.same(&next, all, h) {
				last.runs = append(last.runs, next.runs...)
				last.fit(all)
				continue
			}
		}
		out = append(out, next)
	}
	for i := 1; i+1 < len(out); i++ {
		p := &out[i]
		mid := all[(p.runs[0][0]+p.last())/2].s
		wider := p.r.of(mid) - max(out[i-1].r.of(mid), out[i+1].r.of(mid))
		p.recess = wider > recessMore*h && float64(p.last()-p.runs[0][0])*h < recessLong*p.r.of(mid)
	}
	return out
}

// stretches are the runs of planes on which one circle holds most ends of rays and changes slowly.
func stretches(all []plane, h float64) (runs [][2]int) {
	from := -1
	for k := range len(all) + 1 {
		if k < len(all) && steady(all, k, h) {
			if from < 0 {
				from = k
			}
			continue
		}
		if from >= 0 && float64(k-from)*h >= shortest*all[from].found.r && k-from >= 5 {
			runs = append(runs, [2]int{from, k})
		}
		from = -1
	}
	return runs
}

func steady(all []plane, k int, h float64) bool {
	a, b := max(k-2, 0), min(k+2, len(all)-1)
	for i := a; i <= b; i++ {
		if all[i].share < freeShare {
			return false
		}
	}
	d := float64(b-a) * h * steepest
	p, q := all[a].found, all[b].found
	return math.Abs(p.r-q.r) < d && math.Abs(p.x-q.x) < 1.5*d && math.Abs(p.y-q.y) < 1.5*d
}

func (p *piece) last() int { return p.runs[len(p.runs)-1][1] }

// fit draws the lines of middle and radius through the piece's free planes.
func (p *piece) fit(all []plane) {
	var s, x, y, r, wall []float64
	for _, run := range p.runs {
		for k := run[0]; k < run[1]; k++ {
			q := &all[k]
			s, x, y, r = append(s, q.s), append(x, q.found.x), append(y, q.found.y), append(r, q.found.r)
			wall = append(wall, median(q.behind[:]))
		}
	}
	p.x, p.y, p.r, p.wall = robustLine(s, x), robustLine(s, y), robustLine(s, r), median(wall)
	if s[len(s)-1]-s[0] < p.r.at/2 {
		p.x, p.y, p.r = line{at: median(x)}, line{at: median(y)}, line{at: median(r)} // too short to tell a slope
	}
}

// same reports whether q goes on where p ends, as one bore with a clot between.
func (p *piece) same(q *piece, all []plane, h float64) bool {
	mid := (all[p.last()-1].s + all[q.runs[0][0]].s) / 2
	a, b := p.at(mid), q.at(mid)
	return max(math.Abs(a.r-b.r), math.Hypot(a.x-b.x, a.y-b.y)) < sameBore*h
}

// recessBetween is the wider stretch between two bores, if there is one.
func recessBetween(all []plane, p, q *piece, h float64) (piece, bool) {
	from, to := -1, -1
	for k := p.last(); k < q.runs[0][0]; k++ {
		a := &all[k]
		if a.share >= 0.8*freeShare && a.found.r > max(p.r.of(a.s), q.r.of(a.s))+recessMore*h {
			if from < 0 {
				from = k
			}
			to = k + 1
		}
	}
	if to-from < 2 || float64(to-from)*h > recessLong*all[from].found.r {
		return piece{}, false
	}
	r := piece{}
	widest := 0.0
	for k := from; k < to; k++ {
		widest = max(widest, all[k].found.r)
	}
	for k := from; k < to; k++ {
		if all[k].found.r > widest-h {
			r.runs = append(r.runs, [2]int{k, k + 1})
		}
	}
	r.fit(all)
	return r, true
}

// lean is the slope of the bores' middles along x and y, each piece with its own middle: what is left of the
// axis's direction.
func lean(all []plane, ps []piece) (dx, dy float64) {
	var ss, sx, sy float64
	for i := range ps {
		var s, x, y []float64
		for _, run := range ps[i].runs {
			for k := run[0]; k < run[1]; k++ {
				s, x, y = append(s, all[k].s), append(x, all[k].found.x), append(y, all[k].found.y)
			}
		}
		if len(s) < 5 {
			continue
		}
		ms, lx, ly := mean(s), robustLine(s, x), robustLine(s, y)
		for _, v := range s {
			d := (v - ms) * (v - ms)
			ss, sx, sy = ss+d, sx+d*lx.slope, sy+d*ly.slope
		}
	}
	if ss == 0 {
		return 0, 0
	}
	return sx / ss, sy / ss
}

// depositLevel is the median grey of what is bright well inside the free bores; false where there is too
// little of it to say.
func (s *scan) depositLevel(f *frame, all []plane, ps []piece, cut float64) (float64, bool) {
	var greys []float64
	g := make([]float64, 0, 4096)
	for k := range all {
		p := &all[k]
		wall := enclosing(ps, p.s)
		if math.IsInf(wall.r, 1) {
			continue
		}
		for i := 0; i < rays; i += 4 {
			dir := directions[i]
			reach := wall.ray(p.ref.x, p.ref.y, dir[0], dir[1]) - 2.5*s.h
			if p.free[i] > reach-2.5*s.h {
				continue
			}
			g = g[:int(reach/(fine*s.h))]
			s.profile(f, p.ref.x, p.ref.y, p.s, dir, g)
			for j := int(p.free[i]/(fine*s.h)) + 4; j < len(g); j += 3 {
				if g[j] > cut {
					greys = append(greys, g[j])
				}
			}
		}
	}
	if len(greys) < 100 {
		return 0, false
	}
	slices.Sort(greys)
	return greys[len(greys)/2], true
}

// enclosing is the narrowest of the bores whose stretch, up to its neighbours' free planes, may hold s.
func enclosing(ps []piece, s float64) circle {
	best := circle{r: math.Inf(1)}
	for i := range ps {
		if s < ps[i].from || s > ps[i].to {
			continue
		}
		if c := ps[i].at(s); c.r < best.r {
			best = c
		}
	}
	return best
}
