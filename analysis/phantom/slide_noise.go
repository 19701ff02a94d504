package phantom

import "math"

// streamKey is the key of one stream of hashed numbers.
func streamKey(seed uint64, stream int) uint64 {
	return mix64(seed + uint64(stream)*0x9e3779b97f4a7c15)
}

// hashUniform is a number in [0, 1) that depends on its arguments alone.
func hashUniform(key uint64, x, y int) float64 {
	return float64(mix64(key^(uint64(uint32(x))|uint64(uint32(y))<<32))>>11) / (1 << 53)
}

// smoothNoise is value noise in [-1, 1] with features of unit size: random values at integer points,
// joined by a smooth step.
func smoothNoise(seed uint64, stream int, x, y float64) float64 {
	fx, fy := math.Floor(x), math.Floor(y)
	ix, iy := int(fx), int(fy)
	sx, sy := smoothStep(x-fx), smoothStep(y-fy)
	key := streamKey(seed, stream)
	top := hashUniform(key, ix, iy)*(1-sx) + hashUniform(key, ix+1, iy)*sx
	low := hashUniform(key, ix, iy+1)*(1-sx) + hashUniform(key, ix+1, iy+1)*sx
	return 2*(top*(1-sy)+low*sy) - 1
}

func smoothStep(t float64) float64 { return t * t * t * (t*(6*t-15) + 10) }

// cloud is fractal noise, within about [-1, 1]: octaves of smoothNoise, each of half the size and half the
// height of the one before, and turned against it so that the lattice does not show.
func cloud(seed uint64, stream int, x, y float64, octaves int) float64 {
	sum, height, total := 0.0, 1.0, 0.0
	for k := range octaves {
		x, y = 0.8*x-0.6*y+17.3, 0.6*x+0.8*y+5.7
		sum += height * smoothNoise(seed, stream*16+k, x, y)
		total += height
		x, y, height = 2*x, 2*y, height/2
	}
	return sum / total * 1.4 // octaves partly cancel
}
