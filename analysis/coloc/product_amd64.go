package coloc

import "golang.org/x/sys/cpu"

// products adds the products of len pixels of n blocks to four sums, the pixels of each block taking turns.
//
//go:noescape
func products(sum *float64, a, b *float32, order *int, n, len int)

// productWide is productPlain by vector instructions; false where the processor has none or blocks do not fit them.
func productWide(sum *[4]float64, p Blocked, order []int) bool {
	if !cpu.X86.HasAVX2 || p.N%4 != 0 || len(order) == 0 {
		return false
	}
	products(&sum[0], &p.A[0], &p.B[0], &order[0], len(order), p.N)
	return true
}
