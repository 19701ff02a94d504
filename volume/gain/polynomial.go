package gain

import "math"

// polynomial has places from -1 to 1 along each axis of a volume.
type polynomial struct {
	n      [3]int
	powers [][3]int
	factor []float64
	degree int
}

// newPolynomial has all terms up to the degree, the constant first.
func newPolynomial(n [3]int, degree int, alongZ bool) polynomial {
	p := polynomial{n: n, degree: degree}
	for k := 0; k <= degree; k++ {
		for j := 0; j+k <= degree; j++ {
			for i := 0; i+j+k <= degree; i++ {
				alone := alongZ && i+j > 0
				flat := i > 0 && n[0] < 2 || j > 0 && n[1] < 2 || k > 0 && n[2] < 2
				if !alone && !flat {
					p.powers = append(p.powers, [3]int{i, j, k})
				}
			}
		}
	}
	p.factor = make([]float64, len(p.powers))
	return p
}

func (p *polynomial) place(a int, at float64) float64 {
	if p.n[a] < 2 {
		return 0
	}
	return 2*at/float64(p.n[a]-1) - 1
}

func (p *polynomial) terms(middle [3]float64) []float64 {
	var at [3]float64
	for a := range 3 {
		at[a] = p.place(a, middle[a])
	}
	out := make([]float64, len(p.powers))
	for t, w := range p.powers {
		out[t] = power(at[0], w[0]) * power(at[1], w[1]) * power(at[2], w[2])
	}
	return out
}

func power(x float64, n int) float64 {
	out := 1.0
	for range n {
		out *= x
	}
	return out
}

// of is the value at a place in voxels.
func (p *polynomial) of(middle [3]float64) float64 {
	sum := 0.0
	for t, x := range p.terms(middle) {
		sum += p.factor[t] * x
	}
	return sum
}

func (p *polynomial) at(x, y, z int) float64 {
	return p.of([3]float64{float64(x), float64(y), float64(z)})
}

// row writes the values of a row of voxels: a polynomial of x alone.
func (p *polynomial) row(dst []float64, y, z int) {
	along := make([]float64, p.degree+1)
	v, w := p.place(1, float64(y)), p.place(2, float64(z))
	for t, n := range p.powers {
		along[n[0]] += p.factor[t] * power(v, n[1]) * power(w, n[2])
	}
	for x := range dst {
		u := p.place(0, float64(x))
		sum := 0.0
		for k := p.degree; k >= 0; k-- {
			sum = sum*u + along[k]
		}
		dst[x] = sum
	}
}

// fit makes the polynomial that of least squares through the logarithms of the cells' gains, by their
// weights, less its mean over the cells. Terms that the cells cannot tell stay 0.
func (p *polynomial) fit(cells []cell) {
	k := len(p.powers)
	m := make([][]float64, k) // the normal equations and their right sides
	for i := range m {
		m[i] = make([]float64, k+1)
	}
	most := 0.0
	for _, c := range cells {
		most = math.Max(most, c.weight)
	}
	for _, c := range cells {
		w := c.weight / math.Max(most, math.SmallestNonzeroFloat64)
		x := p.terms(c.middle)
		for i := range k {
			for j := range k {
				m[i][j] += w * x[i] * x[j]
			}
			m[i][k] += w * x[i] * c.log
		}
	}
	p.factor = solve(m)
	mean := 0.0
	for _, c := range cells {
		mean += p.of(c.middle) / float64(len(cells))
	}
	p.factor[0] -= mean
}

// solve solves linear equations, each with its right side last, by elimination with pivots; what they do
// not tell is 0.
func solve(m [][]float64) []float64 {
	n := len(m)
	out, told := make([]float64, n), make([]bool, n)
	for c := range n {
		best := c
		for r := c + 1; r < n; r++ {
			if math.Abs(m[r][c]) > math.Abs(m[best][c]) {
				best = r
			}
		}
		m[c], m[best] = m[best], m[c]
		if told[c] = math.Abs(m[c][c]) > 1e-10; !told[c] {
			continue
		}
		for r := c + 1; r < n; r++ {
			f := m[r][c] / m[c][c]
			for k := c; k <= n; k++ {
				m[r][k] -= f * m[c][k]
			}
		}
	}
	for c := n - 1; c >= 0; c-- {
		if !told[c] {
			continue
		}
		sum := m[c][n]
		for k := c + 1; k < n; k++ {
			sum -= m[c][k] * out[k]
		}
		out[c] = sum / m[c][c]
	}
	return out
}
