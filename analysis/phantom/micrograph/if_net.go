package micrograph

import "math"

const (
	minStrandUM, maxStrandUM = 0.5, 5.0 // width of a NET strand
	strandStepUM             = 2.0
	cloudE, strandE          = 1500, 2600 // DNA of a NET; a strand of 2 µm and more has all of it
)

// placeNETs adds NETs: a cloud of decondensed DNA with strands that follow the flow and branch. All of a NET
// carries H3Cit, or MPO where it has no H3Cit; six of ten carry both.
func (s *ifScene) placeNETs() {
	for range s.numberOf(s.NETs) {
		at, ok := s.crowded(s.px(8), 0.5)
		if !ok {
			return
		}
		s.nets.N++
		n := &netMaker{ifScene: s, id: uint16(s.nets.N)}
		n.mark()
		n.cloud(at)
		turn := 0.0
		if s.rng.IntN(3) == 0 {
			turn = math.Pi
		}
		for range 3 + s.rng.IntN(5) {
			angle := s.flow + turn + 0.3*s.rng.NormFloat64()
			if s.rng.IntN(4) == 0 {
				angle += math.Pi
			}
			n.strand(at.along(angle, s.px(3)), angle, s.strandWidth(), s.px(s.vary(75, 0.75)), 0)
		}
	}
}

// strandWidth is spread evenly over the logarithm of the allowed widths, in µm.
func (s *ifScene) strandWidth() float64 {
	return minStrandUM * math.Exp(s.rng.Float64()*math.Log(maxStrandUM/minStrandUM))
}

// netMaker makes one NET.
type netMaker struct {
	*ifScene
	id         uint16
	h3cit, mpo bool
}

// mark decides which markers the NET carries.
func (n *netMaker) mark() {
	n.h3cit, n.mpo = true, true
	switch n.rng.IntN(10) {
	case 0, 1:
		n.mpo = false
		n.nets.H3CitOnly++
	case 2, 3:
		n.h3cit = false
		n.nets.MPOOnly++
	default:
		n.nets.Both++
	}
}

// add puts a piece of the NET into the scene, with its share of the full brightness.
func (n *netMaker) add(dna, share float64, shapes ...shape) {
	b := newBody([]part{{ifNET, n.id}}, shapes...)
	b.amount[DNA] = share * n.vary(dna, 0.2)
	if n.h3cit {
		b.parts = append(b.parts, part{ifH3Cit, 1})
		b.amount[H3Cit] = share * n.vary(2400, 0.25)
	}
	if n.mpo {
		b.parts = append(b.parts, part{ifMPO, 1})
		b.amount[MPO] = share * n.vary(1700, 0.25)
	}
	b.grain, b.grainPX, b.stream = 0.55, n.px(1.3), ifStreamNET
	n.bodies = append(n.bodies, b)
}

// cloud is what is left of the cell: a ragged patch of decondensed DNA.
func (n *netMaker) cloud(at point) {
	r := n.px(n.vary(6.5, 0.4))
	b := newBlob(at, r*n.vary(1.5, 0.2), r*0.8, n.flow+0.3*n.rng.NormFloat64())
	b.wave, b.phase = []float64{0.16, 0.12, 0.1, 0.08, 0.07, 0.05}, n.phases(6)
	n.add(cloudE, 1, b)
}

// strand draws a strand of a width in µm and a length in px that bends, thins out and branches at most twice.
func (n *netMaker) strand(at point, angle, width, length float64, depth int) {
	n.nets.Strands++
	step, bend := n.px(strandStepUM), 0.0
	steps := max(int(length/step), 3)
	var shapes []shape
	r := n.beaded(width)
	for k := range steps {
		bend = 0.85*bend + 0.03*n.rng.NormFloat64()
		angle += bend
		next := at.along(angle, step)
		if !n.clear(disc{next, 0}) {
			break
		}
		r2 := n.beaded(width * (1 - 0.6*float64(k)/float64(steps)))
		shapes = append(shapes, &link{at, next, r, r2})
		n.nets.LengthUM += strandStepUM
		n.widths = append(n.widths, (r+r2)*n.PixelSizeUM)
		at, r = next, r2
		if depth < 2 && k > 2 && n.rng.Float64() < 1.6/float64(steps) {
			side := float64(2*n.rng.IntN(2)-1) * n.vary(0.4, 0.5)
			n.strand(at, angle+side, max(0.7*width, minStrandUM), 0.6*length, depth+1)
		}
	}
	if len(shapes) > 0 {
		n.add(strandE, min(max(width/2, 0.4), 1), shapes...)
	}
}

// beaded is the radius in px of a strand of a width in µm, which swells and narrows.
func (n *netMaker) beaded(width float64) float64 {
	return n.px(min(max(n.vary(width, 0.25), minStrandUM), maxStrandUM)) / 2
}
