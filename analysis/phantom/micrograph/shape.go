package micrograph

import "math"

// point is a place in pixels.
type point struct{ x, y float64 }

func (p point) along(angle, length float64) point {
	sin, cos := math.Sincos(angle)
	return point{p.x + length*cos, p.y + length*sin}
}

func (p point) to(q point) float64 { return math.Hypot(q.x-p.x, q.y-p.y) }

// box is a rectangle in pixels.
type box struct{ lo, hi point }

func (b box) join(o box) box {
	return box{point{min(b.lo.x, o.lo.x), min(b.lo.y, o.lo.y)}, point{max(b.hi.x, o.hi.x), max(b.hi.y, o.hi.y)}}
}

// shape is a closed region with a thickness.
type shape interface {
	bounds() box
	// at gives how far inside the outline a point lies in pixels, negative outside and never more than the
	// true distance, and the thickness there, 0 at the outline and 1 where it is thickest.
	at(p point) (inside, thick float64)
}

// link is a piece of a strand: all points nearer to a segment than a radius that goes linearly from ra at
// a to rb at b. It is thick like a cylinder.
type link struct {
	a, b   point
	ra, rb float64
}

func (l *link) bounds() box {
	r := max(l.ra, l.rb)
	return box{
		point{min(l.a.x, l.b.x) - r, min(l.a.y, l.b.y) - r},
		point{max(l.a.x, l.b.x) + r, max(l.a.y, l.b.y) + r},
	}
}

// nearest is the place of the segment nearest to p, 0 at a and 1 at b, and its distance.
func (l *link) nearest(p point) (t, distance float64) {
	dx, dy := l.b.x-l.a.x, l.b.y-l.a.y
	if square := dx*dx + dy*dy; square > 0 {
		t = min(max(((p.x-l.a.x)*dx+(p.y-l.a.y)*dy)/square, 0), 1)
	}
	return t, math.Hypot(p.x-l.a.x-t*dx, p.y-l.a.y-t*dy)
}

func (l *link) at(p point) (inside, thick float64) {
	t, d := l.nearest(p)
	r := l.ra + t*(l.rb-l.ra)
	if d >= r {
		return r - d, 0
	}
	return r - d, math.Sqrt(1 - d*d/(r*r))
}

// blob is an ellipse with a wavy outline: its radius is scaled by 1 + the sum over k of wave[k] times
// cos((k+2)·angle + phase[k]). hollow in [0, 1) makes the middle that much thinner than the rim.
type blob struct {
	at0    point
	a, b   float64 // semi-axes
	sin    float64 // of the direction of a
	cos    float64
	wave   []float64
	phase  []float64
	hollow float64
}

func newBlob(at point, a, b, angle float64) *blob {
	s := &blob{at0: at, a: a, b: b}
	s.sin, s.cos = math.Sincos(angle)
	return s
}

// swell is the largest factor of the radius.
func (s *blob) swell() float64 {
	f := 1.0
	for _, w := range s.wave {
		f += math.Abs(w)
	}
	return f
}

func (s *blob) bounds() box {
	f := s.swell()
	w, h := f*math.Hypot(s.a*s.cos, s.b*s.sin), f*math.Hypot(s.a*s.sin, s.b*s.cos)
	if len(s.wave) > 0 { // the tip of a wavy outline may lie beside those of the ellipse
		w, h = f*max(s.a, s.b), f*max(s.a, s.b)
	}
	return box{point{s.at0.x - w, s.at0.y - h}, point{s.at0.x + w, s.at0.y + h}}
}

func (s *blob) at(p point) (inside, thick float64) {
	x, y := p.x-s.at0.x, p.y-s.at0.y
	u, v := (x*s.cos+y*s.sin)/s.a, (y*s.cos-x*s.sin)/s.b
	rho := math.Hypot(u, v)
	if len(s.wave) > 0 && rho > 0 {
		angle, f := math.Atan2(v, u), 1.0
		for k, w := range s.wave {
			f += w * math.Cos(float64(k+2)*angle+s.phase[k])
		}
		rho /= f
	}
	// 0.5: the outline of a wavy blob may come nearer from the side than along the radius
	inside = 0.5 * (1 - rho) * min(s.a, s.b)
	if rho >= 1 {
		return inside, 0
	}
	return inside, math.Sqrt(1-rho*rho) * (1 - s.hollow*(1-rho*rho))
}

// area is that of a blob without waves, in px².
func (s *blob) area() float64 { return math.Pi * s.a * s.b }
