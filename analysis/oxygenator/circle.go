package oxygenator

import (
	"math"

	"gonum.org/v1/gonum/spatial/r3"

	"explant/volume"
)

const (
	rays     = 24   // a plane
	rayStep  = 0.5  // voxels
	fewest   = 8    // rays that must meet a wall
	rayReach = 2.5  // voxels beyond the widest lumen
	gone     = -1.0 // a ray that left the image
	missed   = -2.0 // a ray that met no wall
)

// finder looks for lumens in a lightly smoothed scan.
type finder struct {
	shape
	smooth *volume.Volume[float32]
	air    float64 // rough grey of air
	cut    float64 // grey between air and polymer
	sign   float64 // 1, or -1 to look for bright tubes in dark: greys and cut are then negative
}

// ring is a circle fitted to the wall around a lumen in the plane across dir.
type ring struct {
	at     r3.Vec
	dir    r3.Vec
	radius float64
	rms    float64 // of the wall about the circle, voxels
	share  float64 // of the rays that stay in the image, those that met the circle
	arc    int     // rays that met the circle
}

// ringAt fits a circle to the walls seen from p in the plane across d, moving the centre as it goes.
func (f *finder) ringAt(p, d r3.Vec) (ring, bool) {
	u, w := across(d)
	r := ring{at: p, dir: d}
	for range 4 {
		hit := f.walls(r.at, u, w)
		next, ok := fitCircle(hit)
		if !ok {
			return ring{}, false
		}
		r.at = along(along(r.at, u, next.x), w, next.y)
		r.radius, r.rms, r.share, r.arc = next.r, next.rms, next.share, next.arc
		if math.Hypot(next.x, next.y) < 0.05 {
			break
		}
	}
	return r, true
}

// walls gives the distance from p at which each ray first leaves the air.
func (f *finder) walls(p, u, w r3.Vec) [rays]float64 {
	var hit [rays]float64
	reach := f.innerHi + rayReach
	for k := range hit {
		s, c := math.Sincos(2 * math.Pi * float64(k) / rays)
		way := r3.Add(r3.Scale(c, u), r3.Scale(s, w))
		hit[k] = missed
		before := f.cut - 1
		for t := 0.0; t <= reach; t += rayStep {
			v, in := trilinear(f.smooth, along(p, way, t))
			if !in && t > 0 {
				hit[k] = gone
				break
			}
			v *= f.sign
			if in && v > f.cut {
				if t > 0 {
					t -= rayStep * (v - f.cut) / (v - before)
				}
				hit[k] = t
				break
			}
			if in {
				before = v
			}
		}
	}
	return hit
}

type circle struct {
	x, y, r, rms, share float64
	arc                 int
}

// fitCircle fits a circle to wall distances by Gauss-Newton, the outliers left out after a first
// round. The centre is relative to where the rays start.
func fitCircle(hit [rays]float64) (circle, bool) {
	var xs, ys []float64
	inImage, sum := 0, 0.0
	for k, t := range hit {
		if t == gone {
			continue
		}
		inImage++
		if t != missed {
			s, c := math.Sincos(2 * math.Pi * float64(k) / rays)
			xs, ys = append(xs, t*c), append(ys, t*s)
			sum += t
		}
	}
	if len(xs) < fewest {
		return circle{}, false
	}
	c := circle{r: sum / float64(len(xs))}
	limit := math.Inf(1)
	for round := range 6 {
		if !c.step(xs, ys, limit) {
			return circle{}, false
		}
		if round >= 2 {
			limit = max(2.5*c.rms, 0.5)
		}
	}
	c.share = float64(c.arc) / float64(inImage)
	return c, c.arc >= fewest
}

// step is one Gauss-Newton step with the points nearer than limit to the circle.
func (c *circle) step(xs, ys []float64, limit float64) bool {
	var n [6]float64 // upper triangle of the normal matrix
	var b [3]float64
	sq := 0.0
	c.arc = 0
	for i := range xs {
		dx, dy := xs[i]-c.x, ys[i]-c.y
		d := math.Hypot(dx, dy)
		if e := d - c.r; d > 0 && math.Abs(e) <= limit {
			jx, jy := dx/d, dy/d
			n[0], n[1], n[2] = n[0]+jx*jx, n[1]+jx*jy, n[2]+jx
			n[3], n[4], n[5] = n[3]+jy*jy, n[4]+jy, n[5]+1
			b[0], b[1], b[2] = b[0]+jx*e, b[1]+jy*e, b[2]+e
			sq += e * e
			c.arc++
		}
	}
	if c.arc < 4 {
		return false
	}
	c.rms = math.Sqrt(sq / float64(c.arc))
	const ridge = 1e-6 // keeps a short arc solvable
	p, q := r3.Vec{X: n[0] + ridge, Y: n[1], Z: n[2]}, r3.Vec{X: n[1], Y: n[3] + ridge, Z: n[4]}
	s, e := r3.Vec{X: n[2], Y: n[4], Z: n[5] + ridge}, r3.Vec{X: b[0], Y: b[1], Z: b[2]}
	det := r3.Dot(p, r3.Cross(q, s)) // Cramer's rule
	if !(abs(det) > 0) {
		return false
	}
	c.x += r3.Dot(e, r3.Cross(q, s)) / det
	c.y += r3.Dot(p, r3.Cross(e, s)) / det
	c.r += r3.Dot(p, r3.Cross(q, e)) / det
	return math.Abs(c.x)+math.Abs(c.y)+math.Abs(c.r) < 1e3
}
