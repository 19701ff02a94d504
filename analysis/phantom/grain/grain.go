// Package grain gives the randomness of phantoms: numbers and smooth noise that depend on a seed, a stream
// and a position alone, so that a pixel does not depend on who computes it when.
//
// A stream is one purpose of a phantom (the noise of a camera, the texture of nuclei); two streams of one
// seed have nothing in common.
//
// Source: Steele, Lea, Flood, Fast splittable pseudorandom number generators, OOPSLA 2014,
// doi:10.1145/2660193.2660195.
package grain

import "math"

// Mix is the output function of SplitMix64: it turns neighbouring numbers into unrelated ones.
func Mix(h uint64) uint64 {
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}

// Key is the key of one stream of a seed.
func Key(seed uint64, stream int) uint64 { return Mix(seed + uint64(stream)*0x9e3779b97f4a7c15) }

// Uniform is a number in [0, 1) of the stream with that key.
func Uniform(key uint64, x, y int) float64 {
	return float64(Mix(key^(uint64(uint32(x))|uint64(uint32(y))<<32))>>11) / (1 << 53)
}

// Normal is a standard normal number of a position: SplitMix64, then Box and Muller.
func Normal(seed uint64, stream, x, y, z int) float64 {
	h := Key(seed, stream)
	h = Mix(h ^ (uint64(uint32(x)) | uint64(uint32(y))<<32))
	h = Mix(h + uint64(z)*0xd1342543de82ef95)
	u := (float64(h>>40) + 0.5) / (1 << 24)
	v := float64(h&(1<<40-1)) / (1 << 40)
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*v)
}
