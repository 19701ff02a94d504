package phantom

import (
	"math"
	"math/rand/v2"
)

// vec is a point or direction in voxels; a struct, which the compiler keeps in registers.
type vec struct{ x, y, z float64 }

func (a vec) dot(b vec) float64 { return a.x*b.x + a.y*b.y + a.z*b.z }
func (a vec) add(b vec, f float64) vec {
	return vec{a.x + f*b.x, a.y + f*b.y, a.z + f*b.z}
}

// tube is one fibre, or a knitting thread when inner is 0. Lengths are in voxels.
type tube struct {
	at, dir, side, up  vec        // a point of the axis; unit vectors along it, in the mat's plane, across the mat
	outer, inner       float64    // mean radii
	squeeze            float64    // half the ovality: radius along the oval's long axis is outer*(1+squeeze)
	tilt               [2]float64 // cosine and sine of the long axis against side
	shift              [2]float64 // lumen centre against the fibre's centre, along side and up
	wave, waveK, wave0 float64    // in-plane wave: amplitude, 2π/length, phase
	fill               uint8      // what the lumen holds, by grey: 0 gas, 1 liquid, 2 clot
	mat                int
}

const (
	fillGas = iota
	fillLiquid
	fillClot
)

// local gives the position along the axis and the offset from it along side and up.
func (t *tube) local(p vec) (s, a, b float64) {
	q := p.add(t.at, -1)
	s, a, b = q.dot(t.dir), q.dot(t.side), q.dot(t.up)
	if t.wave != 0 {
		a -= t.wave * math.Sin(t.waveK*s+t.wave0)
	}
	return s, a, b
}

// round is the distance from the axis, scaled so that the oval outline lies at a constant value.
func (t *tube) round(a, b float64) float64 {
	if t.squeeze != 0 {
		u, v := a*t.tilt[0]+b*t.tilt[1], b*t.tilt[0]-a*t.tilt[1]
		a, b = u/(1+t.squeeze), v/(1-t.squeeze)
	}
	return math.Sqrt(a*a + b*b)
}

// point is the inverse of local.
func (t *tube) point(s, a, b float64) vec {
	if t.wave != 0 {
		a += t.wave * math.Sin(t.waveK*s+t.wave0)
	}
	return t.at.add(t.dir, s).add(t.side, a).add(t.up, b)
}

// class is lumen, polymer, or void outside.
func (t *tube) class(p vec) uint8 {
	_, a, b := t.local(p)
	reach := t.outer * (1 + t.squeeze)
	if a > reach || a < -reach || b > reach || b < -reach || t.round(a, b) >= t.outer {
		return classVoid
	}
	if t.inner > 0 && t.round(a-t.shift[0], b-t.shift[1]) < t.inner {
		return classLumen
	}
	return classPolymer
}

// fibres lays the mats. Distances are in voxels, the middle of the image is the middle of the stack.
func (o Oxygenator) fibres(rng *rand.Rand) []tube {
	d := o.Imperfection
	mid := o.middle()
	tilt := (2*rng.Float64() - 1) * d.TiltDeg * math.Pi / 180
	pitch := o.MatPitchUM / o.SpacingUM
	span := math.Hypot(float64(o.N[0]), float64(o.N[1]))
	half := (float64(o.N[2]) + span*math.Sin(math.Abs(tilt))) / 2
	count := int(half/pitch) + 1
	lay := func(rng *rand.Rand, k int) []tube {
		angle := o.MatAngleDeg * math.Pi / 180
		if k&1 != 0 {
			angle = -angle
		}
		return o.mat(rng, mid, float64(k)*pitch, angle, tilt, k+count)
	}
	var all []tube
	for k := -count; k <= count; k++ {
		all = append(all, lay(rng, k)...)
	}
	for k := count + 1; k <= int((half+o.reach())/pitch)+1; k++ { // mats that only a posed device shows
		all = append(all, lay(rand.New(rand.NewPCG(o.Seed, uint64(k))), k)...)
		all = append(all, lay(rand.New(rand.NewPCG(o.Seed, uint64(k)<<32)), -k)...)
	}
	return all
}

// mat lays one mat of parallel fibres at height z over the middle.
func (o Oxygenator) mat(rng *rand.Rand, mid vec, z, angle, tilt float64, number int) []tube {
	um := 1 / o.SpacingUM
	pitch, outer := o.FibrePitchUM*um, o.FibreOuterUM*um/2
	dir, side, up := frameOfMat(angle, tilt)
	base := mid.add(up, z)
	play := (pitch - 2*outer) / 3 // how far a fibre strays from its place in the mat
	rise := min((o.MatPitchUM*um-2*outer)/4, 1)
	d := o.Imperfection
	wave, phase := rng.Float64()*d.WaveUM*um, 2*math.Pi*rng.Float64()
	offset := pitch * rng.Float64()
	count := int(math.Hypot(float64(o.N[0]), float64(o.N[1]))/2/pitch) + 2
	var mat []tube
	for j := -count; j <= count; j++ {
		at := base.add(side, offset+float64(j)*pitch+(2*rng.Float64()-1)*play/2).add(up, (2*rng.Float64()-1)*rise)
		t := tube{at: at, dir: dir, side: side, up: up, outer: outer, mat: number, wave: wave, wave0: phase}
		t.inner = outer - um*(o.WallUM[0]+rng.Float64()*(o.WallUM[1]-o.WallUM[0]))
		if d.WaveLengthUM > 0 {
			t.waveK = 2 * math.Pi / (d.WaveLengthUM * um)
		}
		if d.spoil(&t, rng) {
			mat = append(mat, t)
		}
	}
	return append(mat, o.threads(base, dir, side, up, outer, number)...)
}

// frameOfMat turns the mat by angle about z and then tilts the stack by tilt about x.
func frameOfMat(angle, tilt float64) (dir, side, up vec) {
	c, s := math.Cos(angle), math.Sin(angle)
	ct, st := math.Cos(tilt), math.Sin(tilt)
	return vec{c, s * ct, s * st}, vec{-s, c * ct, c * st}, vec{0, -st, ct}
}

// spoil gives t the defects of one fibre; false means that it is missing.
func (d Defects) spoil(t *tube, rng *rand.Rand) bool {
	if d == (Defects{}) {
		return true
	}
	wall := t.outer - t.inner
	t.outer *= 1 + d.DiameterSpread*max(-2, min(2, rng.NormFloat64()))
	t.inner = t.outer - wall
	t.squeeze = d.Ovality / 2 * rng.Float64()
	turn := math.Pi * rng.Float64()
	t.tilt = [2]float64{math.Cos(turn), math.Sin(turn)}
	off, way := d.Eccentricity*wall*rng.Float64(), 2*math.Pi*rng.Float64()
	t.shift = [2]float64{off * math.Cos(way), off * math.Sin(way)}
	fate := rng.Float64()
	switch edge := d.MissingShare; {
	case fate < edge:
		return false
	case fate < edge+d.CrushedShare:
		t.squeeze, t.tilt = 0.3, [2]float64{1, 0}
	case fate < edge+d.CrushedShare+d.FilledShare/2:
		t.fill = fillLiquid
	case fate < edge+d.CrushedShare+d.FilledShare:
		t.fill = fillClot
	}
	return true
}

// threads are the knitting threads on the upper side of a mat, across its fibres.
func (o Oxygenator) threads(base, dir, side, up vec, outer float64, number int) []tube {
	d := o.Imperfection
	if d.ThreadUM <= 0 || d.ThreadPitchUM <= 0 {
		return nil
	}
	r, pitch := d.ThreadUM/o.SpacingUM/2, d.ThreadPitchUM/o.SpacingUM
	count := int(math.Hypot(float64(o.N[0]), float64(o.N[1])) / 2 / pitch)
	var all []tube
	for j := -count; j <= count; j++ {
		at := base.add(dir, (float64(j)+0.5)*pitch).add(up, outer+r)
		all = append(all, tube{at: at, dir: side, side: dir, up: up, outer: r, mat: number})
	}
	return all
}
