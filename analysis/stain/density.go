package stain

import "math"

// Offset is added to a grey level before its logarithm, so that a black pixel has a finite density. At
// 8 bits it bounds the density to log10(I0), about 2.4, and costs a glass pixel log10(1+1/I0), -0.002.
const Offset = 1.0

// Density is the optical density -log10((i + Offset) / i0) of a grey level i in [0, 255], where i0 is the
// level of clear glass in that channel. A pixel brighter than glass has a negative density, which is
// kept: clipping it at 0 would raise the mean amount of every stain.
func Density(i, i0 float64) float64 { return -math.Log10((i + Offset) / i0) }

// Level is the grey level that has the optical density od over glass of level i0: the inverse of [Density].
func Level(od, i0 float64) float64 { return i0*math.Pow(10, -od) - Offset }

// Linear is a linear function of the optical densities of a pixel, tabulated for 8-bit levels: the value
// at (r, g, b) is the sum of the three entries. Unmixed amounts, their sums and differences and the mean
// density are all of this kind.
type Linear [3][256]float32

// NewLinear tabulates w[0]*OD(red) + w[1]*OD(green) + w[2]*OD(blue) for glass levels i0.
func NewLinear(w, i0 [3]float64) *Linear {
	var t Linear
	for c := range t {
		for v := range t[c] {
			t[c][v] = float32(w[c] * Density(float64(v), i0[c]))
		}
	}
	return &t
}

// At is the value at one colour.
func (t *Linear) At(r, g, b uint8) float32 { return t[0][r] + t[1][g] + t[2][b] }

// Map writes the value of each pixel of rgb, interleaved 8-bit red, green, blue, to dst;
// len(rgb) == 3*len(dst).
func (t *Linear) Map(dst []float32, rgb []uint8) {
	rgb = rgb[:3*len(dst)]
	for i := range dst {
		p := rgb[3*i : 3*i+3 : 3*i+3]
		dst[i] = t[0][p[0]] + t[1][p[1]] + t[2][p[2]]
	}
}
