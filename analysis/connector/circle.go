package connector

import "math"

// circle is an outline on a plane across the axis, in units.
type circle struct{ x, y, r float64 }

// through is the circle through three points; ok is false when they lie on a line.
func through(a, b, c [2]float64) (circle, bool) {
	bx, by, cx, cy := b[0]-a[0], b[1]-a[1], c[0]-a[0], c[1]-a[1]
	d := 2 * (bx*cy - by*cx)
	if math.Abs(d) < 1e-12 {
		return circle{}, false
	}
	b2, c2 := bx*bx+by*by, cx*cx+cy*cy
	x, y := (cy*b2-by*c2)/d, (bx*c2-cx*b2)/d
	return circle{a[0] + x, a[1] + y, math.Hypot(x, y)}, true
}

// off is the distance of a point from the rim, positive outside.
func (c circle) off(p [2]float64) float64 { return math.Hypot(p[0]-c.x, p[1]-c.y) - c.r }

// ray is the distance from a point in the circle to its rim in a direction.
func (c circle) ray(x, y, cos, sin float64) float64 {
	px, py := x-c.x, y-c.y
	b := px*cos + py*sin
	return -b + math.Sqrt(max(b*b-px*px-py*py+c.r*c.r, 0))
}

// envelope fits the circle on which most of the points lie within tol, points outside it counting twice
// against it: clot lies inside the wall only. A crescent of clot leaves an arc as well; of two circles the one nearer
// to the middle of about is preferred. It returns the share of the points on the circle.
func envelope(p [][2]float64, about circle, tol float64) (best circle, share float64) {
	n, top := len(p), -math.MaxFloat64
	const starts = 24
	for k := range starts {
		i := k * n / starts
		for _, span := range []int{6, 4, 3} {
			c, ok := through(p[i], p[(i+n/span)%n], p[(i+2*n/span)%n])
			if !ok {
				continue
			}
			off := math.Hypot(c.x-about.x, c.y-about.y) / (eccentric * c.r)
			if score := rate(p, c, tol) - 0.3*float64(n)*min(off*off, 4); score > top {
				best, top = c, score
			}
		}
	}
	for range 4 {
		var ok bool
		if best, ok = refit(p, best, tol); !ok {
			return best, 0
		}
	}
	on := 0
	for _, q := range p {
		if math.Abs(best.off(q)) < tol {
			on++
		}
	}
	return best, float64(on) / float64(n)
}

// eccentric is the distance of a circle's middle from the expected one, in radii, that costs it 30 % of the points.
const eccentric = 0.1

func rate(p [][2]float64, c circle, tol float64) (score float64) {
	for _, q := range p {
		switch d := c.off(q); {
		case math.Abs(d) < tol:
			score += 1 - d*d/(tol*tol)/2
		case d > 2*tol:
			score -= 2
		}
	}
	return score
}

// refit takes one Gauss-Newton step on the points within tol of the rim.
func refit(p [][2]float64, c circle, tol float64) (circle, bool) {
	var a [3][3]float64
	var b [3]float64
	n := 0
	for _, q := range p {
		d := c.off(q)
		if math.Abs(d) > tol {
			continue
		}
		n++
		dx, dy := q[0]-c.x, q[1]-c.y
		l := math.Hypot(dx, dy)
		j := [3]float64{dx / l, dy / l, 1}
		for i := range 3 {
			b[i] += j[i] * d
			for k := range 3 {
				a[i][k] += j[i] * j[k]
			}
		}
	}
	step, ok := solve3(a, b)
	if n < 6 || !ok {
		return c, false
	}
	return circle{c.x + step[0], c.y + step[1], c.r + step[2]}, true
}

// solve3 solves a 3 by 3 system by Cramer's rule.
func solve3(a [3][3]float64, b [3]float64) (x [3]float64, ok bool) {
	det := func(m [3][3]float64) float64 { return vec(m[0]).dot(vec(m[1]).cross(vec(m[2]))) }
	d := det(a)
	if math.Abs(d) < 1e-9 {
		return x, false
	}
	for k := range 3 {
		m := a
		for i := range 3 {
			m[i][k] = b[i]
		}
		x[k] = det(m) / d
	}
	return x, true
}
