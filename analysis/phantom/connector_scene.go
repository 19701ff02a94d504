package phantom

import (
	"math"
	"math/rand/v2"
)

// connectorScene is a connector in the scanner.
type connectorScene struct {
	Connector
	pieces []piece
	clots  []anchored // none in an unused connector
	pose   pose
	take   uint64 // 0 or 1: a used and an unused connector of one seed differ in pose and noise
}

// pose places the device in the scanner: the tip in mm, and the rows of the rotation that takes x, y and s
// of the device to x, y, z of the scanner.
type pose struct {
	tip [3]float64
	rot [3][3]float64
}

func newConnectorScene(c Connector) *connectorScene {
	s := &connectorScene{Connector: c, pieces: c.pieces()}
	if c.Unused {
		s.take = 1
		s.Clots, s.CreviceFillMM = nil, 0
	}
	s.pose = c.drawPose(s.take)
	for _, k := range s.Clots {
		s.clots = append(s.clots, anchored{k, s.neck(k), polar(1, k.DirectionDeg)})
	}
	return s
}

func (c Connector) drawPose(take uint64) (p pose) {
	rng := rand.New(rand.NewPCG(c.Seed, 0x706f7365+take))
	roll, towards := 2*math.Pi*rng.Float64(), 2*math.Pi*rng.Float64()
	tilt := c.TiltDeg * (0.5 + 0.5*rng.Float64()) * math.Pi / 180
	p.rot = tilted(roll, tilt, towards)
	for a := range 3 {
		middle := float64(c.N[a]-1) / 2 * c.SpacingUM / 1000
		p.tip[a] = middle + c.ShiftMM*(2*rng.Float64()-1)
	}
	return p
}

// tilted turns by roll about z, then by tilt about the axis across z at angle towards: Rodrigues.
func tilted(roll, tilt, towards float64) (r [3][3]float64) {
	ky, kx := math.Sincos(towards)
	st, ct := math.Sincos(tilt)
	sr, cr := math.Sincos(roll)
	lean := [3][3]float64{
		{ct + kx*kx*(1-ct), kx * ky * (1 - ct), ky * st},
		{kx * ky * (1 - ct), ct + ky*ky*(1-ct), -kx * st},
		{-ky * st, kx * st, ct},
	}
	spin := [3][3]float64{{cr, -sr, 0}, {sr, cr, 0}, {0, 0, 1}}
	for i := range 3 {
		for j := range 3 {
			for k := range 3 {
				r[i][j] += lean[i][k] * spin[k][j]
			}
		}
	}
	return r
}

// device gives the place of a scanner point, in mm, across and along the axis.
func (p *pose) device(x, y, z float64) (dx, dy, s float64) {
	x, y, z = x-p.tip[0], y-p.tip[1], z-p.tip[2]
	r := &p.rot
	return r[0][0]*x + r[1][0]*y + r[2][0]*z, r[0][1]*x + r[1][1]*y + r[2][1]*z, r[0][2]*x + r[1][2]*y + r[2][2]*z
}

// matrix takes (x, y, s, 1) of the device to (x, y, z, 1) of the scanner, in mm.
func (p pose) matrix() (m [4][4]float64) {
	for i := range 3 {
		copy(m[i][:3], p.rot[i][:])
		m[i][3] = p.tip[i]
	}
	m[3][3] = 1
	return m
}

// pieceAt is the piece that holds s.
func (c *connectorScene) pieceAt(s float64) *piece {
	lo, hi := 0, len(c.pieces)-1
	for lo < hi {
		if mid := (lo + hi) / 2; s < c.pieces[mid].to {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return &c.pieces[lo]
}

// lumen is the outline of the blood's way through the middle at s.
func (c *connectorScene) lumen(s float64) disc { return c.pieceAt(s).lumen(s) }

// smoothWall is the lumen without the recess of the gap: the bores go on to its middle.
func (c *connectorScene) smoothWall(s float64) disc {
	if g := c.GapMM; s > g[0] && s < g[1] {
		if s < (g[0]+g[1])/2 {
			return c.lumen(g[0] - 1e-9)
		}
		return c.lumen(g[1] + 1e-9)
	}
	return c.lumen(s)
}

// neck is the free disc of a clot at its highest place, before a crescent is made of it.
func (c *connectorScene) neck(k Clot) disc {
	narrow := c.smoothWall(k.AtMM - 1e-6)
	if after := c.smoothWall(k.AtMM + 1e-6); after.r < narrow.r {
		narrow = after
	}
	narrow.r -= k.ProtrusionMM
	return narrow
}

// at is the class and grey at a point of the image, in voxels.
func (c *connectorScene) at(_, _, _ int, p vec) (uint8, float64) {
	mm := c.SpacingUM / 1000
	class := c.class(c.pose.device(p.x*mm, p.y*mm, p.z*mm))
	return class, [classCount]float64{c.AirGrey, c.AirGrey, c.PolymerGrey, c.TubeGrey, c.DepositGrey, c.AirGrey}[class]
}

// class is what lies at a place of the device, in mm.
func (c *connectorScene) class(x, y, s float64) uint8 {
	p := c.pieceAt(s)
	tx, ty := x-p.cx.of(s), y-p.cy.of(s)
	rr, outer, inner := tx*tx+ty*ty, p.outer.of(s), p.inner.of(s)
	switch {
	case rr >= outer*outer:
		return classOutside
	case rr >= inner*inner:
		return classHousing
	case p.body && !p.lumen(s).contains(x, y):
		if skin := p.skin.of(s); x*x+y*y < skin*skin {
			return classPolymer
		}
		if p.behind == classVoid && s < c.CreviceFillMM {
			return classDeposit
		}
		return p.behind
	}
	if c.clotted(x, y, s) {
		return classDeposit
	}
	return classVoid
}

// clotted reports whether a place in the lumen lies in a clot.
func (c *connectorScene) clotted(x, y, s float64) bool {
	if x*x+y*y < coreMM*coreMM/4 {
		return false
	}
	for i := range c.clots {
		k := &c.clots[i]
		if from, to := k.ends(); s <= from || s >= to {
			continue
		}
		if free, ok := k.free(s, c.smoothWall(s)); ok && !free.contains(x, y) {
			return true
		}
	}
	return false
}
