package moments

import "math"

// eigen returns the eigenvalues of a symmetric matrix and their unit vectors, by Jacobi's rotations: each
// takes away the largest of the three elements off the diagonal.
//
// Source: Golub, Van Loan, Matrix Computations, 4th ed., Johns Hopkins, 2013, section 8.5.
func eigen(m [3][3]float64) (values [3]float64, vectors [3][3]float64) {
	v := [3][3]float64{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}} // rows are the vectors
	for range 100 {
		p, q := 0, 1
		for _, at := range [][2]int{{0, 2}, {1, 2}} {
			if math.Abs(m[at[0]][at[1]]) > math.Abs(m[p][q]) {
				p, q = at[0], at[1]
			}
		}
		if math.Abs(m[p][q]) <= 1e-16*(math.Abs(m[p][p])+math.Abs(m[q][q])) {
			break
		}
		c, s := rotation(m[p][p], m[q][q], m[p][q])
		for i := range 3 {
			m[i][p], m[i][q] = c*m[i][p]-s*m[i][q], s*m[i][p]+c*m[i][q]
		}
		for i := range 3 {
			m[p][i], m[q][i] = c*m[p][i]-s*m[q][i], s*m[p][i]+c*m[q][i]
			v[p][i], v[q][i] = c*v[p][i]-s*v[q][i], s*v[p][i]+c*v[q][i]
		}
	}
	return [3]float64{m[0][0], m[1][1], m[2][2]}, v
}

// rotation is the cosine and sine of the smaller turn that makes the element off the diagonal 0.
func rotation(pp, qq, pq float64) (c, s float64) {
	theta := (qq - pp) / (2 * pq)
	t := 1 / (math.Abs(theta) + math.Sqrt(theta*theta+1))
	if theta < 0 {
		t = -t
	}
	c = 1 / math.Sqrt(t*t+1)
	return c, t * c
}
