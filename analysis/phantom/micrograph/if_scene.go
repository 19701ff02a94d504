package micrograph

import (
	"math"
	"math/rand/v2"

	"explant/analysis/phantom/grain"
)

// Streams of hashed numbers of a field, one a purpose.
const (
	ifStreamCrowd = iota + 300
	ifStreamMesh
	ifStreamWall
	ifStreamFilm
	ifStreamChromatin
	ifStreamGranules
	ifStreamNET
	ifStreamCamera
)

// ifScene is everything that is drawn by one generator before any pixel.
type ifScene struct {
	IF
	rng    *rand.Rand
	bodies []*body
	fibre  point   // axis of the hollow fibre
	outerR float64 // px; 0: none
	free   float64 // mm² outside the fibre
	flow   float64 // direction in which blood flowed, rad: NETs and smears follow it
	taken  []disc  // nuclei so far
	nuclei IFNuclei
	nets   IFNETs
	widths []float64 // of each step of every NET strand, µm
}

type disc struct {
	point
	r float64
}

func newIFScene(f IF) *ifScene {
	batch := rand.New(rand.NewPCG(f.Seed, 0x1f)) // what the slides of a batch share
	section := uint64(0x5ec)
	if f.Control != "" {
		section++
	}
	s := &ifScene{IF: f, rng: rand.New(rand.NewPCG(f.Seed, section))}
	s.placeFibre(batch)
	s.flow = 2 * math.Pi * batch.Float64()
	if f.Control == Blank {
		return s
	}
	s.placeRedCells()
	s.placeNuclei()
	if f.Control == Secondary {
		s.unstain()
		return s
	}
	s.placeMesh()
	s.placeCrushed()
	s.placeNETs()
	s.placePlatelets()
	return s
}

// px turns µm into pixels.
func (s *ifScene) px(um float64) float64 { return um / s.PixelSizeUM }

// placeFibre lets a hollow fibre reach into the field from one corner, by three tenths of the diagonal.
func (s *ifScene) placeFibre(rng *rand.Rand) {
	mm2 := s.PixelSizeUM * s.PixelSizeUM / 1e6
	s.free = float64(s.W) * float64(s.H) * mm2
	corner := rng.IntN(4)
	if s.FibreOuterUM == 0 {
		return
	}
	w, h := float64(s.W), float64(s.H)
	s.outerR = s.px(s.FibreOuterUM) / 2
	from := point{w * float64(corner&1), h * float64(corner>>1)}
	inwards := math.Atan2(h/2-from.y, w/2-from.x)
	s.fibre = from.along(inwards, 0.3*math.Hypot(w, h)-s.outerR)
	s.free -= s.blocked() * mm2
	wall := s.px(s.WallUM)
	lumen := newBody([]part{{ifFibre, 2}}, newBlob(s.fibre, s.outerR-wall, s.outerR-wall, 0))
	ring := newBody([]part{{ifFibre, 1}}, &annulus{s.fibre, s.outerR - wall, s.outerR})
	ring.auto, ring.grain, ring.grainPX, ring.stream = 1, 0.12, s.px(1.1), ifStreamWall
	s.bodies = append(s.bodies, lumen, ring)
}

// blocked is the number of pixels whose centre lies in the fibre.
func (s *ifScene) blocked() (n float64) {
	for y := range s.H {
		for x := range s.W {
			if s.fibre.to(point{float64(x) + 0.5, float64(y) + 0.5}) < s.outerR {
				n++
			}
		}
	}
	return n
}

// annulus is a ring of even thickness.
type annulus struct {
	centre       point
	inner, outer float64
}

func (a *annulus) bounds() box {
	return box{point{a.centre.x - a.outer, a.centre.y - a.outer}, point{a.centre.x + a.outer, a.centre.y + a.outer}}
}

func (a *annulus) at(p point) (inside, thick float64) {
	d := a.centre.to(p)
	if inside = min(d-a.inner, a.outer-d); inside <= 0 {
		return inside, 0
	}
	return inside, 1
}

// clear tells whether a disc lies in the field and off the fibre.
func (s *ifScene) clear(d disc) bool {
	return d.x > 0 && d.y > 0 && d.x < float64(s.W) && d.y < float64(s.H) && (s.outerR == 0 || s.fibre.to(d.point) > s.outerR+d.r)
}

// anywhere draws a place for a disc of r pixels that is clear, false when there is hardly any.
func (s *ifScene) anywhere(r float64) (point, bool) {
	for range 200 {
		p := point{float64(s.W) * s.rng.Float64(), float64(s.H) * s.rng.Float64()}
		if s.clear(disc{p, r}) {
			return p, true
		}
	}
	return point{}, false
}

// crowded draws a place like anywhere, more often where the clot is dense.
func (s *ifScene) crowded(r, contrast float64) (point, bool) {
	scale := s.px(90)
	for range 60 {
		p, ok := s.anywhere(r)
		if !ok {
			return p, false
		}
		if s.rng.Float64() < 0.5+contrast*grain.Cloud(s.Seed, ifStreamCrowd, p.x/scale, p.y/scale, 2) {
			return p, true
		}
	}
	return s.anywhere(r)
}

// vary draws a number around v, within share of it.
func (s *ifScene) vary(v, share float64) float64 { return v * (1 + share*(2*s.rng.Float64()-1)) }

// numberOf is how many objects of a density per mm² the field has.
func (s *ifScene) numberOf(density float64) int { return int(math.Round(density * s.free)) }

// unstain takes the markers off: what secondary antibodies bind by themselves is two hundredths.
func (s *ifScene) unstain() {
	for _, b := range s.bodies {
		for ch := H3Cit; ch < Channels; ch++ {
			b.amount[ch] = 0
		}
		if b.parts[0].structure == ifLeukocyte {
			b.auto += 0.02
		}
		var kept []part
		for _, p := range b.parts {
			if p.structure != ifH3Cit && p.structure != ifMPO {
				kept = append(kept, p)
			}
		}
		b.parts = kept
	}
	s.nuclei.H3CitPositive = 0
}
