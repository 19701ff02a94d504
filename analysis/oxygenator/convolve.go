package oxygenator

import "math"

// taps is the most that a kernel of the deposit solve reaches to each side, in voxels.
const taps = 4

// symmetric is half of an odd kernel that is its own mirror image: the weight of the middle, then of each distance.
type symmetric [taps + 1]float32

// gaussTaps is a sampled Gaussian of standard deviation sigma voxels, scaled to sum 1.
func gaussTaps(sigma float64) [2*taps + 1]float64 {
	var k [2*taps + 1]float64
	sum := 0.0
	for i := range k {
		d := float64(i - taps)
		k[i] = math.Exp(-d * d / (2 * max(sigma*sigma, 1e-12)))
		sum += k[i]
	}
	for i := range k {
		k[i] /= sum
	}
	return k
}

// half gives the half of k.
func half(k [2*taps + 1]float64) (h symmetric) {
	for i := range h {
		h[i] = float32(k[taps+i])
	}
	return h
}

// convolved gives the half of the convolution of two kernels, cut off at taps and scaled to sum 1.
func convolved(a, b [2*taps + 1]float64) symmetric {
	var out [2*taps + 1]float64
	sum := 0.0
	for i := range out {
		for j, v := range b {
			if k := i - (j - taps); k >= 0 && k < len(a) {
				out[i] += v * a[k]
			}
		}
		sum += out[i]
	}
	for i := range out {
		out[i] /= sum
	}
	return half(out)
}

// weigh writes the weighted sum of nine rows: rows[taps] is the middle one.
func (k *symmetric) weigh(dst []float32, rows *[2*taps + 1][]float32) {
	n := len(dst)
	k0, k1, k2, k3, k4 := k[0], k[1], k[2], k[3], k[4]
	m, a1, b1, a2, b2 := rows[4][:n], rows[3][:n], rows[5][:n], rows[2][:n], rows[6][:n]
	a3, b3, a4, b4 := rows[1][:n], rows[7][:n], rows[0][:n], rows[8][:n]
	for i := range dst {
		dst[i] = float32(k0*m[i]) + float32(k1*(a1[i]+b1[i])) + float32(k2*(a2[i]+b2[i])) +
			float32(k3*(a3[i]+b3[i])) + float32(k4*(a4[i]+b4[i]))
	}
}
