package coloc

import (
	"math/rand/v2"
	"testing"
)

// Vector instructions and plain Go give the same bits.
func TestProductEqualsPlainGo(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	for _, n := range []int{1, 4, 9, 16, 36} {
		p := Blocked{A: make([]float32, 50*n), B: make([]float32, 50*n), N: n}
		for i := range p.A {
			p.A[i], p.B[i] = r.Float32()-0.2, 100*r.Float32()
		}
		order := r.Perm(50)
		var want [4]float64
		productPlain(&want, p, order)
		if got := product(p, order); got != want[0]+want[1]+want[2]+want[3] {
			t.Errorf("blocks of %d: %v, want %v", n, got, want)
		}
	}
}
