package coloc

// Sums are what the coefficients of a pair are made of; those of the parts of a field add up.
type Sums struct {
	moments
	lights
}

// Sums of the pair, for Manders' coefficients with thresholds as in [Pair.Manders].
func (p Pair) Sums(ta, tb float64) (s Sums, err error) {
	if err := p.Check(); err != nil {
		return s, err
	}
	p.each(func(a, b float64) {
		s.moments.add(a, b)
		s.lights.add(a, b, ta, tb)
	})
	return s, nil
}

// Add takes another part in.
func (s *Sums) Add(o Sums) {
	s.moments.join(o.moments)
	s.allA += o.allA
	s.allB += o.allB
	s.overA += o.overA
	s.overB += o.overB
	s.hitA += o.hitA
	s.hitB += o.hitB
	s.bothA += o.bothA
	s.bothB += o.bothB
	s.above1 += o.above1
	s.above2 += o.above2
}

// join takes the moments of another part in, about the origin of the first.
func (m *moments) join(o moments) {
	if m.n == 0 {
		*m = o
		return
	}
	n, a, b := float64(o.n), o.a0-m.a0, o.b0-m.b0
	m.n += o.n
	m.aa += o.aa + 2*a*o.a + n*a*a
	m.bb += o.bb + 2*b*o.b + n*b*b
	m.ab += o.ab + a*o.b + b*o.a + n*a*b
	m.a += o.a + n*a
	m.b += o.b + n*b
}

// Pearson is as [Pair.Pearson].
func (s Sums) Pearson() (float64, error) { return s.correlation() }

// Manders is as [Pair.Manders].
func (s Sums) Manders() (Manders, error) { return s.manders() }
