package features

import "math"

// eigen2 are the eigenvalues of the symmetric matrix (a b; b c), the largest first.
func eigen2(a, b, c float32) (hi, lo float32) {
	mean := float32((a + c) * 0.5)
	half := float32((a - c) * 0.5)
	r := float32(math.Sqrt(float64(float32(half*half) + float32(b*b))))
	return mean + r, mean - r
}

// eigen3 are the eigenvalues of the symmetric matrix (a d e; d b f; e f c), the largest first. With the mean q
// taken off and scaled by p the roots are cosines of a third of an angle (Smith, Commun. ACM 4(4):168, 1961,
// doi:10.1145/355578.366316); the cosine is found by Newton's method from whichever end has a simple root.
func eigen3(a, b, c, d, e, f float64) (hi, mid, lo float64) {
	q := float64((a + b + c) / 3)
	a, b, c = a-q, b-q, c-q
	off := float64(d*d) + float64(e*e) + float64(f*f)
	p := math.Sqrt(float64((float64(a*a) + float64(b*b) + float64(c*c) + float64(2*off)) / 6))
	if p == 0 {
		return q, q, q
	}
	a, b, c, d, e, f = a/p, b/p, c/p, d/p, e/p, f/p
	det := float64(a*(float64(b*c)-float64(f*f))) - float64(d*(float64(d*c)-float64(e*f))) + float64(e*(float64(d*f)-float64(e*b)))
	r := min(max(det/2, -1), 1)
	cos := thirdCosine(math.Abs(r))
	far := float64(2 * cos)
	side := float64(1.7320508075688772 * math.Sqrt(max(1-float64(cos*cos), 0)))
	one, two, three := far, side-cos, -side-cos
	if r < 0 {
		one, two, three = -three, -two, -one
	}
	return q + float64(p*one), q + float64(p*two), q + float64(p*three)
}

// thirdCosine is cos(acos(r)/3) for r in [0, 1]: the largest root of 4x³ - 3x = r, which is simple there.
func thirdCosine(r float64) float64 {
	x := 0.8660254037844386 + float64(0.1339745962155614*r) // exact at both ends
	for range 3 {
		square := float64(x * x)
		x -= (float64(float64(4*square)*x) - float64(3*x) - r) / (float64(12*square) - 3)
	}
	return x
}
