package micrograph

import (
	"math"

	"explant/analysis/phantom/grain"
)

const (
	meshE, filmE = 2300, 1900 // fibrin strands, film on the fibre
	plateletE    = 2600
)

// placeMesh adds strands of fibrin, dense in patches, and a film of fibrinogen on the fibre.
func (s *ifScene) placeMesh() {
	s.film()
	scale := s.px(70)
	var nodes []point // where strands may branch off
	for range s.numberOf(s.Mesh) {
		at, ok := s.anywhere(0)
		if !ok {
			return
		}
		if grain.Cloud(s.Seed, ifStreamMesh, at.x/scale, at.y/scale, 3) < s.rng.Float64()-0.3 {
			continue
		}
		if len(nodes) > 0 && s.rng.IntN(2) == 0 {
			at = nodes[s.rng.IntN(len(nodes))]
		}
		nodes = append(nodes, s.meshStrand(at))
	}
}

// meshStrand adds a strand of fibrin, 0.3 to 1 µm wide, and returns its middle.
func (s *ifScene) meshStrand(at point) (middle point) {
	angle, r := 2*math.Pi*s.rng.Float64(), s.px(0.15+0.35*s.rng.Float64()*s.rng.Float64())
	step, steps := s.px(s.vary(4, 0.5)), 4+s.rng.IntN(9)
	var shapes []shape
	for k := range steps {
		next := at.along(angle, step)
		shapes = append(shapes, &link{at, next, r, r})
		if at, angle = next, angle+0.09*s.rng.NormFloat64(); k == steps/2 {
			middle = at
		}
	}
	b := newBody([]part{{ifFibrin, 1}}, shapes...)
	b.amount[Fibrin] = s.vary(meshE, 0.35)
	s.bodies = append(s.bodies, b)
	return middle
}

// film coats parts of the fibre, 1 to 5 µm thick.
func (s *ifScene) film() {
	if s.outerR == 0 {
		return
	}
	step := s.px(3) / s.outerR
	var pieces []shape
	for angle := 0.0; angle < 2*math.Pi; angle += step {
		there := func(a float64) float64 { return 1 + grain.Cloud(s.Seed, ifStreamFilm, 9*math.Cos(a), 9*math.Sin(a), 2) }
		r, r2 := s.px(1.8*there(angle)), s.px(1.8*there(angle+step))
		if min(r, r2) < s.px(0.6) {
			continue
		}
		pieces = append(pieces, &link{s.fibre.along(angle, s.outerR), s.fibre.along(angle+step, s.outerR), r, r2})
	}
	if len(pieces) > 0 {
		b := newBody([]part{{ifFibrin, 1}}, pieces...)
		b.amount[Fibrin] = filmE
		s.bodies = append(s.bodies, b)
	}
}

// placePlatelets adds clusters of platelets, every third of them on the fibre, and as many single ones.
func (s *ifScene) placePlatelets() {
	for n := range s.numberOf(s.Clusters) {
		at, ok := s.crowded(0, 0.7)
		if !ok {
			return
		}
		if n%3 == 0 && s.outerR > 0 {
			at = s.fibre.along(math.Atan2(at.y-s.fibre.y, at.x-s.fibre.x), s.outerR+s.px(2))
		}
		spread, number := s.px(s.vary(3.2, 0.5)), 8+s.rng.IntN(45)
		stretch, angle := s.vary(1.6, 0.3), math.Pi*s.rng.Float64()
		for range number {
			u, v := spread*stretch*s.rng.NormFloat64(), spread*0.7*s.rng.NormFloat64()
			s.platelet(at.along(angle, u).along(angle+math.Pi/2, v), uint16(n+1))
		}
		if lone, ok := s.anywhere(s.px(1.5)); ok {
			s.platelet(lone, uint16(n+1))
		}
	}
}

// platelet is a disc whose membrane, seen from above, is brighter at the rim.
func (s *ifScene) platelet(at point, cluster uint16) {
	r := s.px(s.vary(1.25, 0.25))
	if !s.clear(disc{at, 0}) {
		return
	}
	p := newBlob(at, r, r*s.vary(0.8, 0.2), math.Pi*s.rng.Float64())
	p.hollow = 0.45
	b := newBody([]part{{ifPlatelet, cluster}}, p)
	b.amount[CD61] = s.vary(plateletE, 0.35)
	s.bodies = append(s.bodies, b)
}

// placeRedCells adds red cells, which shine weakly in every channel.
func (s *ifScene) placeRedCells() {
	for n := range s.numberOf(s.RedCells) {
		at, ok := s.crowded(s.px(3), 0.9)
		if !ok {
			return
		}
		r := s.px(s.vary(3.3, 0.12))
		cell := newBlob(at, r, r*s.vary(0.85, 0.15), math.Pi*s.rng.Float64())
		cell.hollow = 0.5
		b := newBody([]part{{ifRBC, uint16(n + 1)}}, cell)
		b.auto = s.vary(0.12, 0.4)
		s.bodies = append(s.bodies, b)
	}
}
