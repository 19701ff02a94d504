package serial

import "gonum.org/v1/gonum/mat"

// affineNormal are the normal equations of the affine maps of all sections, in square pixels of their error: unknowns
// 3k, 3k+1 and 3k+2 of section k are its factors of x and of y, times side, and its shift; the columns of b are those
// of the frame's x and y.
type affineNormal struct {
	side float64 // of the sections, pixels
	h    *mat.SymDense
	b    *mat.Dense
}

// newAffineNormal takes what the pairs say at the nodes of their fixed section. Each pair counts as one observation,
// however many nodes it has, and less by the square of its distance: what structures go on by goes on.
func newAffineNormal(places []Placement, pairs []Pair, at []float64) *affineNormal {
	n := 3 * len(places)
	e := &affineNormal{h: mat.NewSymDense(n, nil), b: mat.NewDense(n, 2, nil)}
	for _, p := range places {
		e.side = max(e.side, p.Field.W, p.Field.H)
	}
	row := func(p [2]float64) [3]float64 { return [3]float64{p[0] / e.side, p[1] / e.side, 1} }
	common := typical(pairs)
	for _, pair := range pairs {
		d := at[pair.Moving] - at[pair.Fixed]
		w := pair.weight() / common / square2(d*pairSD*e.side) / float64(len(pair.Field.Move))
		for k := range pair.Field.Move {
			p := pair.Field.place(k)
			f, m := row(p), row(pair.Map(p))
			for i := range 3 {
				for j := range 3 {
					e.add(3*pair.Fixed+i, 3*pair.Fixed+j, w*f[i]*f[j])
					e.add(3*pair.Moving+i, 3*pair.Moving+j, w*m[i]*m[j])
					e.add(3*pair.Fixed+i, 3*pair.Moving+j, -w*f[i]*m[j])
					e.add(3*pair.Moving+i, 3*pair.Fixed+j, -w*m[i]*f[j])
				}
			}
		}
	}
	return e
}

// add fills the upper triangle.
func (e *affineNormal) add(i, j int, v float64) {
	if i <= j {
		e.h.SetSym(i, j, e.h.At(i, j)+v)
	}
}

// believe adds that an unknown is want, as strongly as the inverse of its variance.
func (e *affineNormal) believe(i int, want [2]float64, strength float64) {
	e.add(i, i, strength)
	for axis, v := range want {
		e.b.Set(i, axis, e.b.At(i, axis)+strength*v)
	}
}

// holding is a copy in which the shift of a section is known, and with n = 3 its shape too.
func (e *affineNormal) holding(section, n int) *affineNormal {
	const hold = 1e6
	out := &affineNormal{side: e.side, h: mat.NewSymDense(e.h.SymmetricDim(), nil), b: mat.DenseCopyOf(e.b)}
	out.h.CopySym(e.h)
	for i := range 3 {
		if want := [3][2]float64{{e.side, 0}, {0, e.side}, {0, 0}}; i >= 3-n {
			out.believe(3*section+i, want[i], hold)
		}
	}
	return out
}

// solve writes the affine maps.
func (e *affineNormal) solve(places []Placement) error {
	var chol mat.Cholesky
	var s mat.Dense
	if !chol.Factorize(e.h) || chol.SolveTo(&s, e.b) != nil {
		return ErrApart
	}
	for k := range places {
		for axis := range 2 {
			places[k].Affine[axis] = [3]float64{s.At(3*k, axis) / e.side, s.At(3*k+1, axis) / e.side, s.At(3*k+2, axis)}
		}
	}
	return nil
}
