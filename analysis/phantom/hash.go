package phantom

import "math"

// hashNormal is a standard normal number that depends on its arguments alone, so that a pixel does
// not depend on who computes it when: SplitMix64 of the position, then Box-Muller.
//
// Source: Steele, Lea, Flood, Fast splittable pseudorandom number generators, OOPSLA 2014,
// doi:10.1145/2660193.2660195.
func hashNormal(seed uint64, stream, x, y, z int) float64 {
	h := mix64(seed + uint64(stream)*0x9e3779b97f4a7c15)
	h = mix64(h ^ (uint64(uint32(x)) | uint64(uint32(y))<<32))
	h = mix64(h + uint64(z)*0xd1342543de82ef95)
	u := (float64(h>>40) + 0.5) / (1 << 24)
	v := float64(h&(1<<40-1)) / (1 << 40)
	return math.Sqrt(-2*math.Log(u)) * math.Cos(2*math.Pi*v)
}

func mix64(h uint64) uint64 {
	h += 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
