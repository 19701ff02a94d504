package phantom

import (
	"math"
	"math/rand/v2"
)

// Pose is how a device lies in the scanner: turned about the middle of the image, about x, then y,
// then z, and shifted after that. The zero value leaves it as it was built.
type Pose struct {
	TurnDeg [3]float64 `json:"turn_deg"`
	ShiftUM [3]float64 `json:"shift_um"`
}

// The furthest that a pose may be from that of the device as built: the fibres of a phantom end some
// mats beyond its image.
const (
	mostTurnDeg = 20
	mostShift   = 0.25 // of the shortest side of the image
)

// placement is a pose on a grid, in voxels.
type placement struct {
	turn       [3]vec // rows of the matrix that turns the device
	mid, shift vec
}

func (o Oxygenator) placement() placement {
	var c, s [3]float64
	for i, deg := range o.Pose.TurnDeg {
		s[i], c[i] = math.Sincos(deg * math.Pi / 180)
	}
	um := 1 / o.SpacingUM
	return placement{
		turn: [3]vec{
			{c[2] * c[1], c[2]*s[1]*s[0] - s[2]*c[0], c[2]*s[1]*c[0] + s[2]*s[0]},
			{s[2] * c[1], s[2]*s[1]*s[0] + c[2]*c[0], s[2]*s[1]*c[0] - c[2]*s[0]},
			{-s[1], c[1] * s[0], c[1] * c[0]},
		},
		mid:   o.middle(),
		shift: vec{o.Pose.ShiftUM[0] * um, o.Pose.ShiftUM[1] * um, o.Pose.ShiftUM[2] * um},
	}
}

// middle of the image, in voxels.
func (o Oxygenator) middle() vec {
	return vec{float64(o.N[0]-1) / 2, float64(o.N[1]-1) / 2, float64(o.N[2]-1) / 2}
}

// device is the place in the device as built of what the scanner sees at p.
func (l *placement) device(p vec) vec {
	q := p.add(l.mid, -1).add(l.shift, -1)
	at := l.mid
	for i, f := range [3]float64{q.x, q.y, q.z} {
		at = at.add(l.turn[i], f) // the transpose undoes the turn
	}
	return at
}

// scanner is the inverse of device.
func (l *placement) scanner(p vec) vec {
	q := p.add(l.mid, -1)
	return l.mid.add(l.shift, 1).add(vec{l.turn[0].dot(q), l.turn[1].dot(q), l.turn[2].dot(q)}, 1)
}

// reach is how far, in voxels, the image of a posed device looks beyond that of the device as built.
func (o Oxygenator) reach() float64 {
	if o.Pose == (Pose{}) {
		return 0
	}
	l, far := o.placement(), 0.0
	for i := range 8 {
		corner := vec{float64(i&1) * float64(o.N[0]), float64(i>>1&1) * float64(o.N[1]), float64(i>>2) * float64(o.N[2])}
		d := l.device(corner).add(corner, -1)
		far = max(far, math.Abs(d.x), math.Abs(d.y), math.Abs(d.z))
	}
	return far + 1
}

// Reference is the same device unused: the same fibres without deposit, turned by up to 2° about each
// axis and shifted by up to 100 µm in the scanner, both drawn from the seed, under noise of its own.
func (o Oxygenator) Reference() Oxygenator {
	rng := rand.New(rand.NewPCG(o.Seed, 0x756e75736564))
	draw := func(most float64) float64 { return math.Round(100*most*(2*rng.Float64()-1)) / 100 }
	o.Unused = true
	o.Pose = Pose{
		TurnDeg: [3]float64{draw(2), draw(2), draw(2)},
		ShiftUM: [3]float64{draw(100), draw(100), draw(100)},
	}
	return o
}

// scanSeed is the seed of noise and rings: another one for a device that is scanned before its use.
func (o Oxygenator) scanSeed() uint64 {
	if o.Unused {
		return o.Seed ^ 0x9e3779b97f4a7c15
	}
	return o.Seed
}
