// Package coloc tells how two fluorescence channels go together: correlation of Pearson and Spearman, the
// intensity correlation quotient of Li, the coefficients of Manders with or without thresholds, the
// automatic thresholds of Costes and his test against scrambled blocks.
//
// Channels are linear, unsaturated and without background; a [Pair] holds both, and the mask in which they
// are compared. Sums run in the order of the pixels, so that results are the same bytes on every machine.
package coloc

import (
	"errors"
	"fmt"
)

// ErrEmpty is returned where a coefficient has no pixels, or no spread, to be made of.
var ErrEmpty = errors.New("nothing to compare")

// Pair is two channels of W x H pixels (a stack: H rows of all its planes), row by row.
type Pair struct {
	W, H int
	A, B []float32
	In   []bool // the mask; nil: all pixels
}

// Check reports channels that do not belong together.
func (p Pair) Check() error {
	n := p.W * p.H
	if p.W < 1 || p.H < 1 || len(p.A) != n || len(p.B) != n || (p.In != nil && len(p.In) != n) {
		return fmt.Errorf("channels of %d and %d pixels, mask of %d, for %d x %d", len(p.A), len(p.B), len(p.In), p.W, p.H)
	}
	return nil
}

// each calls use with every pair of values in the mask, in order.
func (p Pair) each(use func(a, b float64)) {
	for i, a := range p.A {
		if p.In == nil || p.In[i] {
			use(float64(a), float64(p.B[i]))
		}
	}
}

// Algorithms names the algorithms of this package and their versions, for the method hash.
func Algorithms() map[string]string {
	return map[string]string{"coloc.pearson": "1", "coloc.manders": "1", "coloc.costes": "1"}
}
