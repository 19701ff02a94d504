package measure

import (
	"math"
)

// cornerShare is how near to a wall, as a share of the width, a side is; a corner is a side of two walls.
const cornerShare = 0.2

// arcs is the number of bins of the angle.
const arcs = 12

// across gives what depends on the place across the flow: the distance to the walls, corners and sides of a
// device that has walls, the distance from the axis and the angle of one that is round.
func (j *job) across() {
	switch k := j.places.frame.Kind; {
	case k.Square():
		j.walls()
		const why = "the device has walls and corners: distances to the wall and corner zones are given instead of a radius and an angle"
		j.withhold("prof.radial", "", why)
		j.withhold("prof.angular", "", why)
	case k.Round():
		j.radial()
		j.angular()
	}
}

// section is where the walls lie, in mm from the axis.
type section struct{ v, w [2]float64 }

// section takes the walls from the frame's width, or from the scan: where along v and along w half of the
// most that is inside the housing is.
func (p *places) section() section {
	if wd := p.frame.Width; wd != nil {
		return section{[2]float64{-wd[0] / 2, wd[0] / 2}, [2]float64{-wd[1] / 2, wd[1] / 2}}
	}
	v, w := make([]int64, p.acrossV.n), make([]int64, p.acrossW.n)
	for i, a := range p.Across {
		v[i%p.acrossV.n] += a.inside()
		w[i/p.acrossV.n] += a.inside()
	}
	return section{halves(v, p.acrossV), halves(w, p.acrossW)}
}

// halves is the first and the last place where half of the most is reached, between the bins where it is not
// and where it is in proportion; the ends where it is everywhere.
func halves(n []int64, s scale) [2]float64 {
	var most int64
	for _, v := range n {
		most = max(most, v)
	}
	half := float64(most) / 2
	first, last := 0, len(n)-1
	for first < last && float64(n[first]) < half {
		first++
	}
	for last > first && float64(n[last]) < half {
		last--
	}
	edge := func(bin, beyond int) float64 {
		if beyond < 0 || beyond >= len(n) {
			return 0
		}
		return float64(n[beyond]) / float64(max(n[bin], 1)) // the part of that bin that is inside
	}
	return [2]float64{
		s.from + (float64(first)-edge(first, first-1))*s.step,
		s.from + (float64(last+1)+edge(last, last+1))*s.step,
	}
}

// each visits the cells across the flow with their middle.
func (p *places) each(visit func(v, w float64, a Amount)) {
	for i, a := range p.Across {
		visit(p.acrossV.middle(i%p.acrossV.n), p.acrossW.middle(i/p.acrossV.n), a)
	}
}

// walls gives prof.wall and the zones corners, sides and core.
func (j *job) walls() {
	p := j.places
	s := p.section()
	near := func(at float64, wall [2]float64) float64 { return max(0, min(at-wall[0], wall[1]-at)) }
	far := min(s.v[1]-s.v[0], s.w[1]-s.w[0]) / 2
	bins := j.bins(far, max(p.vox.Pace(1), p.vox.Pace(2)))
	all := make([]holding, max(bins, 1))
	var corner, side, core holding
	p.each(func(v, w float64, a Amount) {
		dv, dw := near(v, s.v), near(w, s.w)
		all[max(0, min(int(min(dv, dw)/far*float64(len(all))), len(all)-1))].add(a, 1, j.rule())
		nearV, nearW := dv < cornerShare*(s.v[1]-s.v[0]), dw < cornerShare*(s.w[1]-s.w[0])
		switch {
		case nearV && nearW:
			corner.add(a, 1, j.rule())
		case nearV || nearW:
			side.add(a, 1, j.rule())
		default:
			core.add(a, 1, j.rule())
		}
	})
	j.placed("prof.zone", "corners", corner)
	j.placed("prof.zone", "sides", side)
	j.placed("prof.zone", "core", core)
	if bins == 0 {
		j.withhold("prof.wall", "", tooFew)
		return
	}
	for i, h := range all {
		j.placed("prof.wall", span(float64(i)*far/float64(bins), float64(i+1)*far/float64(bins), "mm"), h)
	}
}

// radial gives prof.radial, the burden by the distance from the axis. What lies beyond the last bin counts
// to it.
func (j *job) radial() {
	p := j.places
	far := p.radius()
	bins := j.bins(far, max(p.vox.Pace(1), p.vox.Pace(2)))
	if bins == 0 {
		j.withhold("prof.radial", "", tooFew)
		return
	}
	all := make([]holding, bins)
	p.each(func(v, w float64, a Amount) {
		all[min(int(math.Hypot(v, w)/far*float64(bins)), bins-1)].add(a, 1, j.rule())
	})
	for i, h := range all {
		j.placed("prof.radial", span(float64(i)*far/float64(bins), float64(i+1)*far/float64(bins), "mm"), h)
	}
}

// within is the share of what is inside the housing that lies within the radius of a round device.
const within = 0.999

// radius of the device in whole voxels: half its width, or that within which nearly all of its inside lies.
func (p *places) radius() float64 {
	if wd := p.frame.Width; wd != nil {
		return max(wd[0], wd[1]) / 2
	}
	pace := max(p.vox.Pace(1), p.vox.Pace(2))
	var inside []int64
	var all int64
	p.each(func(v, w float64, a Amount) {
		k := int(math.Round(math.Hypot(v, w) / pace))
		for len(inside) <= k {
			inside = append(inside, 0)
		}
		inside[k] += a.inside()
		all += a.inside()
	})
	held := int64(0)
	for k, n := range inside {
		if held += n; float64(held) >= within*float64(all) {
			return max(float64(k), 1) * pace
		}
	}
	return pace
}

// angular gives prof.angular, the burden by the angle about the axis from v towards w.
func (j *job) angular() {
	p := j.places
	if arc := 2 * math.Pi / arcs * p.radius() / 2; arc < thinnest*max(p.vox.Pace(1), p.vox.Pace(2)) {
		j.withhold("prof.angular", "", tooFew)
		return
	}
	all := make([]holding, arcs)
	p.each(func(v, w float64, a Amount) {
		turn := math.Atan2(w, v) / (2 * math.Pi)
		all[min(int((turn-math.Floor(turn))*arcs), arcs-1)].add(a, 1, j.rule())
	})
	for i, h := range all {
		j.placed("prof.angular", span(float64(i)*360/arcs, float64(i+1)*360/arcs, "deg"), h)
	}
}

// tooFew is why a profile is withheld whose bins would be too thin.
const tooFew = "a bin would be thinner than 10 voxels"

// bins is the number of bins of a profile over a length, none where even one would be too thin.
func (j *job) bins(length, pace float64) int {
	return min(j.par.profileBins(), int(length/(thinnest*pace)+1e-9))
}
