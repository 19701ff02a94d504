package micrograph

import "math"

// Brightness where an object is thickest, in electrons, and sizes in µm.
const (
	monoE, lobedE, crushedE, pyknoticE = 4200, 5600, 8500, 36_000
	smearE                             = 2200
	citrullinatedE, granuleE           = 2600, 1500
	lobeUM                             = 1.75 // radius of a lobe
)

// placeNuclei puts intact nuclei with their cells: most alone, every eighth with a partner that touches it
// and every eighth with one that overlaps it.
func (s *ifScene) placeNuclei() {
	for s.nuclei.Intact < s.numberOf(s.Nuclei) {
		r := s.px(s.vary(3.9, 0.2))
		at, ok := s.alone(r)
		if !ok {
			return
		}
		s.nucleus(disc{at, r})
		partner := s.rng.IntN(8)
		if partner > 1 || s.nuclei.Intact >= s.numberOf(s.Nuclei) {
			continue
		}
		r2 := s.px(s.vary(3.7, 0.2))
		reach := r + r2 // touching
		if partner == 1 {
			reach *= 0.72
		}
		next := disc{at.along(2*math.Pi*s.rng.Float64(), reach), r2}
		if !s.clear(next) || !s.apart(next, 1) {
			continue
		}
		s.nucleus(next)
		if partner == 1 {
			s.nuclei.OverlappingPairs++
		} else {
			s.nuclei.TouchingPairs++
		}
	}
}

// alone draws a place for a nucleus of r pixels beside all others.
func (s *ifScene) alone(r float64) (point, bool) {
	for range 40 {
		if p, ok := s.crowded(r, 0.6); ok && s.apart(disc{p, r}, 0) {
			return p, true
		}
	}
	return point{}, false
}

// apart tells whether a disc keeps 1 µm from all nuclei but the last n.
func (s *ifScene) apart(d disc, n int) bool {
	for _, o := range s.taken[:len(s.taken)-n] {
		if o.to(d.point) < o.r+d.r+s.px(1) {
			return false
		}
	}
	return true
}

// nucleus adds an intact nucleus that fits the disc: lobed in a neutrophil, else round or oval. Every
// twelfth round one is citrullinated in a living cell, which makes it no NET.
func (s *ifScene) nucleus(d disc) {
	s.taken = append(s.taken, d)
	s.nuclei.Intact++
	id := uint16(s.nuclei.Intact)
	lobed := s.rng.Float64() < 0.55
	s.cell(d, id, lobed)
	var b *body
	if lobed {
		s.nuclei.Lobed++
		b = newBody([]part{{ifNucleus, id}}, s.lobes(d)...)
		b.amount[DNA] = s.vary(lobedE, 0.25)
	} else {
		s.nuclei.Mononuclear++
		oval := newBlob(d.point, d.r, d.r*s.vary(0.85, 0.12), math.Pi*s.rng.Float64())
		oval.wave, oval.phase = []float64{0.03, 0.03, 0.015}, s.phases(3)
		b = newBody([]part{{ifNucleus, id}}, oval)
		b.amount[DNA] = s.vary(monoE, 0.25)
		if s.rng.IntN(12) == 0 {
			s.nuclei.H3CitPositive++
			b.parts = append(b.parts, part{ifH3Cit, 1})
			b.amount[H3Cit] = s.vary(citrullinatedE, 0.3)
		}
	}
	b.grain, b.grainPX, b.stream = 0.35, s.px(0.9), ifStreamChromatin
	s.bodies = append(s.bodies, b)
}

// lobes are three or four lobes on an arc within the disc, joined by thin bridges.
func (s *ifScene) lobes(d disc) (all []shape) {
	n := 3 + s.rng.IntN(2)
	r := min(s.px(lobeUM), 0.45*d.r)
	start, step := 2*math.Pi*s.rng.Float64(), s.vary(1.7, 0.15)
	arc := d.r - 1.2*r
	var last point
	for k := range n {
		here := d.point.along(start+step*float64(k), s.vary(arc, 0.08))
		lobe := newBlob(here, s.vary(1.15, 0.1)*r, s.vary(0.95, 0.1)*r, math.Pi*s.rng.Float64())
		all = append(all, lobe)
		if k > 0 {
			all = append(all, &link{last, here, 0.35 * r, 0.35 * r})
		}
		last = here
	}
	return all
}

// cell is the cytoplasm around a nucleus; a neutrophil's is full of MPO granules.
func (s *ifScene) cell(nucleus disc, id uint16, neutrophil bool) {
	r := nucleus.r + s.px(s.vary(1.5, 0.3))
	outline := newBlob(nucleus.point, r, r*s.vary(0.95, 0.05), math.Pi*s.rng.Float64())
	outline.wave, outline.phase = []float64{0.04, 0.03}, s.phases(2)
	b := newBody([]part{{ifLeukocyte, id}}, outline)
	b.auto = 0.03
	if neutrophil {
		b.parts = append(b.parts, part{ifMPO, 1})
		b.amount[MPO] = s.vary(granuleE, 0.3)
		b.grain, b.grainPX, b.stream = 0.8, s.px(0.6), ifStreamGranules
	}
	s.bodies = append(s.bodies, b)
}

func (s *ifScene) phases(n int) []float64 {
	p := make([]float64, n)
	for i := range p {
		p[i] = 2 * math.Pi * s.rng.Float64()
	}
	return p
}

// placeCrushed adds nuclei that the knife or the flow has flattened, and smears of their DNA: DNA without
// H3Cit or MPO, which a rule by DNA alone takes for NETs. Every tenth is pyknotic and saturates the camera.
func (s *ifScene) placeCrushed() {
	smears := s.numberOf(s.Smears)
	for n := range max(s.numberOf(s.Crushed), smears) {
		at, ok := s.alone(s.px(6))
		if !ok {
			return
		}
		angle := s.flow + 0.5*s.rng.NormFloat64()
		if n < s.numberOf(s.Crushed) {
			s.nuclei.Crushed++
			s.crush(at, angle, uint16(s.nuclei.Crushed))
		}
		if n < smears {
			s.nuclei.Smears++
			s.smear(at, angle, uint16(s.nuclei.Smears))
		}
		s.taken = append(s.taken, disc{at, s.px(6)})
	}
}

func (s *ifScene) crush(at point, angle float64, id uint16) {
	long := s.px(s.vary(5.5, 0.25))
	flat := newBlob(at, long, long*s.vary(0.28, 0.3), angle)
	flat.wave, flat.phase = []float64{0.1, 0.08, 0.06, 0.05}, s.phases(4)
	b := newBody([]part{{ifCrushed, id}}, flat)
	b.amount[DNA] = s.vary(crushedE, 0.3)
	if id%10 == 1 {
		b.amount[DNA] = pyknoticE
	}
	b.grain, b.grainPX, b.stream = 0.3, s.px(1.1), ifStreamChromatin
	s.bodies = append(s.bodies, b)
}

// smear draws DNA out along the flow: a tail that widens and thins out.
func (s *ifScene) smear(at point, angle float64, id uint16) {
	steps, length := 6, s.px(s.vary(26, 0.5))
	r := s.px(s.vary(1.2, 0.3))
	var shapes []shape
	for k := range steps {
		next := at.along(angle, length/float64(steps))
		r2 := r + s.px(0.45*s.rng.Float64())
		if k == steps-1 {
			r2 = s.px(0.5)
		}
		shapes = append(shapes, &link{at, next, r, r2})
		at, r, angle = next, r2, angle+0.12*s.rng.NormFloat64()
	}
	b := newBody([]part{{ifSmear, id}}, shapes...)
	b.amount[DNA] = s.vary(smearE, 0.4)
	b.grain, b.grainPX, b.stream = 0.6, s.px(3), ifStreamChromatin
	s.bodies = append(s.bodies, b)
}
