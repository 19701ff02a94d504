package phantom

import "explant/analysis/phantom/grain"

// streamKey is the key of one stream of hashed numbers.
func streamKey(seed uint64, stream int) uint64 { return grain.Key(seed, stream) }

// hashUniform is a number in [0, 1) that depends on its arguments alone.
func hashUniform(key uint64, x, y int) float64 { return grain.Uniform(key, x, y) }

// smoothNoise is value noise in [-1, 1] with features of unit size.
func smoothNoise(seed uint64, stream int, x, y float64) float64 {
	return grain.Smooth(seed, stream, x, y)
}

// cloud is fractal noise, within about [-1, 1].
func cloud(seed uint64, stream int, x, y float64, octaves int) float64 {
	return grain.Cloud(seed, stream, x, y, octaves)
}
