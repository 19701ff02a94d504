package stain

// What the factorisation is steered by.
const (
	sparsity      = 0.02 // weight of the sum of amounts against the square of what is not explained, OD
	sparseRounds  = 60   // of amounts and directions in turn
	amountSweeps  = 6    // through the stains of a pixel in each round
	vectorSweeps  = 3    // through the stains in each round
	leastSquareOD = 1e-9 // sum of squared amounts below which a stain is taken as absent
)

// Sparse estimates the directions of stains from the optical densities of stained pixels by sparse non-negative
// factorisation: the directions and amounts, none negative, that leave the least squares of density unexplained
// plus [sparsity] times the sum of all amounts, so that a pixel holds few stains. start gives a direction for each
// stain, and keeps their order; what no pixel holds stays as it starts. Nothing is drawn at random. It returns
// ErrFew for fewer than [FewPixels] pixels.
//
// Source: Vahadane et al., Structure-preserving color normalization and sparse stain separation for histological
// images, IEEE Trans. Med. Imaging 35(8):1962-1971, 2016, doi:10.1109/TMI.2016.2529665; block coordinate descent
// on the directions: Mairal et al., J. Mach. Learn. Res. 11:19-60, 2010.
func Sparse(ods [][3]float64, start [][3]float64) ([][3]float64, error) {
	if len(ods) < FewPixels {
		return nil, ErrFew
	}
	w := append([][3]float64(nil), start...)
	amounts := make([][]float64, len(w))
	for k := range amounts {
		amounts[k] = make([]float64, len(ods))
	}
	for range sparseRounds {
		encode(ods, w, amounts)
		if err := learn(ods, w, amounts); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// encode improves the amounts of every pixel, one stain after the other.
func encode(ods, w [][3]float64, amounts [][]float64) {
	for i, od := range ods {
		rest := od // what the stains do not explain
		for k, d := range w {
			for c := range rest {
				rest[c] -= amounts[k][i] * d[c]
			}
		}
		for range amountSweeps {
			for k, d := range w {
				old := amounts[k][i]
				now := max(old+dot(d, rest)-sparsity, 0) // d has length 1
				for c := range rest {
					rest[c] += (old - now) * d[c]
				}
				amounts[k][i] = now
			}
		}
	}
}

// learn improves the directions for the given amounts.
func learn(ods, w [][3]float64, amounts [][]float64) error {
	n := len(w)
	square, cross := make([][]float64, n), make([][3]float64, n)
	for k := range n {
		square[k] = make([]float64, n)
		for i, od := range ods {
			for c := range od {
				cross[k][c] += amounts[k][i] * od[c]
			}
			for j := range n {
				square[k][j] += amounts[k][i] * amounts[j][i]
			}
		}
	}
	for range vectorSweeps {
		for k := range n {
			if square[k][k] < leastSquareOD {
				continue
			}
			next := w[k]
			for c := range next {
				step := cross[k][c]
				for j := range n {
					step -= square[k][j] * w[j][c]
				}
				next[c] = max(next[c]+step/square[k][k], 0)
			}
			var err error
			if w[k], err = unit(next); err != nil {
				return err
			}
		}
	}
	return nil
}
