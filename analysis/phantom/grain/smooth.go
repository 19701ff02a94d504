package grain

import "math"

// Smooth is value noise in [-1, 1] with features of unit size: random values at integer points, joined by
// a smooth step.
func Smooth(seed uint64, stream int, x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	return 2*plane(Key(seed, stream), int(fx), int(fy), Step(x-fx), Step(y-fy)) - 1
}

// Smooth3 is Smooth in space.
func Smooth3(seed uint64, stream int, x, y, z float64) float64 {
	fx, fy, fz := math.Floor(x), math.Floor(y), math.Floor(z)
	ix, iy, sx, sy := int(fx), int(fy), Step(x-fx), Step(y-fy)
	low := plane(Key(seed, stream+int(fz)<<20), ix, iy, sx, sy)
	top := plane(Key(seed, stream+(int(fz)+1)<<20), ix, iy, sx, sy)
	t := Step(z - fz)
	return 2*(low*(1-t)+top*t) - 1
}

// plane joins the four random values around a point of a plane, in [0, 1].
func plane(key uint64, ix, iy int, sx, sy float64) float64 {
	top := Uniform(key, ix, iy)*(1-sx) + Uniform(key, ix+1, iy)*sx
	low := Uniform(key, ix, iy+1)*(1-sx) + Uniform(key, ix+1, iy+1)*sx
	return top*(1-sy) + low*sy
}

// Step is the smooth step 6t⁵ - 15t⁴ + 10t³ from 0 at 0 to 1 at 1.
//
// Source: Perlin, Improving noise, ACM Trans. Graph. 21(3):681-682, 2002, doi:10.1145/566654.566636.
func Step(t float64) float64 { return t * t * t * (t*(6*t-15) + 10) }

// Cloud is fractal noise, within about [-1, 1]: octaves of Smooth, each of half the size and half the
// height of the one before, and turned against it so that the lattice does not show.
func Cloud(seed uint64, stream int, x, y float64, octaves int) float64 {
	sum, height, total := 0.0, 1.0, 0.0
	for k := range octaves {
		x, y = 0.8*x-0.6*y+17.3, 0.6*x+0.8*y+5.7
		sum += height * Smooth(seed, stream*16+k, x, y)
		total += height
		x, y, height = 2*x, 2*y, height/2
	}
	return sum / total * 1.4 // octaves partly cancel
}

// Cloud3 is Cloud in space.
func Cloud3(seed uint64, stream int, x, y, z float64, octaves int) float64 {
	sum, height, total := 0.0, 1.0, 0.0
	for k := range octaves {
		x, y = 0.8*x-0.6*y+17.3, 0.6*x+0.8*y+5.7
		y, z = 0.8*y-0.6*z+3.1, 0.6*y+0.8*z+11.9
		sum += height * Smooth3(seed, stream*16+k, x, y, z)
		total += height
		x, y, z, height = 2*x, 2*y, 2*z, height/2
	}
	return sum / total * 1.6
}
