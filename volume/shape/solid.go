package shape

import "math"

// Point is a place or a direction in mm.
type Point = [3]float64

// Solid is a body. Distance is negative inside; its magnitude is at most the distance to the
// surface, so that a voxel farther than its half diagonal is known to be whole.
type Solid interface {
	Distance(p Point) float64 // mm
	Volume() float64          // mm³; +Inf for a body without end
	Area() float64            // mm², all of its surface; +Inf for a body without end
}

// Sphere is a ball.
type Sphere struct {
	Center Point
	Radius float64
}

// Distance to the surface is exact.
func (s Sphere) Distance(p Point) float64 { return norm(sub(p, s.Center)) - s.Radius }

// Volume is 4/3·πr³.
func (s Sphere) Volume() float64 { return 4 * math.Pi / 3 * s.Radius * s.Radius * s.Radius }

// Area is 4πr².
func (s Sphere) Area() float64 { return 4 * math.Pi * s.Radius * s.Radius }

// Shell is what lies between two concentric spheres.
type Shell struct {
	Center       Point
	Inner, Outer float64
}

// Distance to the nearer of the two surfaces is exact.
func (s Shell) Distance(p Point) float64 {
	r := norm(sub(p, s.Center))
	return math.Max(r-s.Outer, s.Inner-r)
}

// Volume is 4/3·π(R³-r³).
func (s Shell) Volume() float64 {
	return Sphere{s.Center, s.Outer}.Volume() - Sphere{s.Center, s.Inner}.Volume()
}

// Area is that of both surfaces.
func (s Shell) Area() float64 {
	return Sphere{s.Center, s.Outer}.Area() + Sphere{s.Center, s.Inner}.Area()
}

// Cylinder has a centre, an axis of any length but 0, and flat ends; Length +Inf means no ends.
// With Bore > 0 it is a tube of that inner radius.
type Cylinder struct {
	Center Point
	Axis   Point
	Radius float64
	Bore   float64
	Length float64
}

// Distance is exact inside and beside the cylinder and a bound beyond its rims.
func (c Cylinder) Distance(p Point) float64 {
	d := sub(p, c.Center)
	along := dot(d, c.Axis) / norm(c.Axis)
	across := math.Sqrt(math.Max(dot(d, d)-along*along, 0))
	wall := across - c.Radius
	if c.Bore > 0 {
		wall = math.Max(wall, c.Bore-across)
	}
	return math.Max(wall, math.Abs(along)-c.Length/2)
}

// Volume is π(R²-r²)·length.
func (c Cylinder) Volume() float64 {
	return math.Pi * (c.Radius*c.Radius - c.Bore*c.Bore) * c.Length
}

// Area is that of the outer and inner walls and both ends.
func (c Cylinder) Area() float64 {
	return 2*math.Pi*(c.Radius+c.Bore)*c.Length + 2*math.Pi*(c.Radius*c.Radius-c.Bore*c.Bore)
}

// Box is a cuboid along the axes from Min to Max.
type Box struct{ Min, Max Point }

// Distance is exact inside and across the faces and a bound beyond edges and corners.
func (b Box) Distance(p Point) float64 {
	d := math.Inf(-1)
	for a := range 3 {
		d = max(d, b.Min[a]-p[a], p[a]-b.Max[a])
	}
	return d
}

// Volume is the product of the edges.
func (b Box) Volume() float64 {
	e := sub(b.Max, b.Min)
	return e[0] * e[1] * e[2]
}

// Area is that of the six faces.
func (b Box) Area() float64 {
	e := sub(b.Max, b.Min)
	return 2 * (e[0]*e[1] + e[1]*e[2] + e[2]*e[0])
}

// Ellipsoid has its half axes along x, y and z.
type Ellipsoid struct {
	Center Point
	Half   [3]float64
}

// Distance is a bound: the shortest half axis times the excess of the normalised radius over 1,
// whose gradient is at most 1.
func (e Ellipsoid) Distance(p Point) float64 {
	d := sub(p, e.Center)
	for a := range 3 {
		d[a] /= e.Half[a]
	}
	return (norm(d) - 1) * min(e.Half[0], e.Half[1], e.Half[2])
}

// Volume is 4/3·πabc.
func (e Ellipsoid) Volume() float64 { return 4 * math.Pi / 3 * e.Half[0] * e.Half[1] * e.Half[2] }

// Area is the surface integral over cosθ and φ by the midpoint rule at 512 x 512 points, to a
// relative error below 1e-5 for half axes within a factor of 5.
func (e Ellipsoid) Area() float64 {
	const n = 512
	a, b, c := e.Half[0], e.Half[1], e.Half[2]
	sum := 0.0
	for i := range n {
		u := -1 + (float64(i)+0.5)*2/n // cos θ
		w := 1 - u*u
		for j := range n {
			s, k := math.Sincos((float64(j) + 0.5) * 2 * math.Pi / n)
			sum += math.Sqrt(w*(b*c*k)*(b*c*k) + w*(a*c*s)*(a*c*s) + (a*b*u)*(a*b*u))
		}
	}
	return sum * 2 / n * 2 * math.Pi / n
}

func sub(a, b Point) Point { return Point{a[0] - b[0], a[1] - b[1], a[2] - b[2]} }

func dot(a, b Point) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

func norm(a Point) float64 { return math.Sqrt(dot(a, a)) }
