package filter

// sortTriples puts lo, mid and hi of every x in order.
func sortTriples[K key](r triples[K]) {
	lo, mid, hi := r.lo, r.mid[:len(r.lo)], r.hi[:len(r.lo)]
	for x := range lo {
		lo[x], mid[x], hi[x] = sort3(lo[x], mid[x], hi[x])
	}
}

// mergeNines sorts the nine values of three triples at every x into nines[0] <= … <= nines[8].
func mergeNines[K key](nines *[9][]K, p, q, r triples[K]) {
	for x := range p.lo {
		a, d, g := sort3(p.lo[x], q.lo[x], r.lo[x])
		b, e, h := sort3(p.mid[x], q.mid[x], r.mid[x])
		c, f, i := sort3(p.hi[x], q.hi[x], r.hi[x])
		// a b c / d e f / g h i rises along rows and columns; seven comparators remain.
		b, d = min(b, d), max(b, d)
		f, h = min(f, h), max(f, h)
		c, g = min(c, g), max(c, g)
		e, g = min(e, g), max(e, g)
		c, e = min(c, e), max(c, e)
		c, d = min(c, d), max(c, d)
		f, g = min(f, g), max(f, g)
		nines[0][x], nines[1][x], nines[2][x] = a, b, c
		nines[3][x], nines[4][x], nines[5][x] = d, e, f
		nines[6][x], nines[7][x], nines[8][x] = g, h, i
	}
}

// selectMedians gives the 14th of the 27 values of the nines at x-1, x and x+1.
//
// Sorting the three nines against each other rank by rank leaves a 9x3 table that rises along rows
// and columns. Only 13 of its entries can be 14th: the lowest column from rank 5, the middle from 2
// to 6, the highest up to 3; the 14th of all is the seventh of these.
func selectMedians[K key](dst []K, s *[9][]K) {
	last := len(dst) - 1
	for x := range dst {
		l, r := max(x-1, 0), min(x+1, last)
		c0 := max(s[0][l], s[0][x], s[0][r])
		c1 := max(s[1][l], s[1][x], s[1][r])
		_, b2, c2 := sort3(s[2][l], s[2][x], s[2][r])
		_, b3, c3 := sort3(s[3][l], s[3][x], s[3][r])
		_, b4, _ := sort3(s[4][l], s[4][x], s[4][r])
		a5, b5, _ := sort3(s[5][l], s[5][x], s[5][r])
		a6, b6, _ := sort3(s[6][l], s[6][x], s[6][r])
		a7 := min(s[7][l], s[7][x], s[7][r])
		a8 := min(s[8][l], s[8][x], s[8][r])
		// Odd-even merge of a5..a8 with c0..c3; its first and last are never the seventh.
		p0, q0 := max(a5, c0), min(a7, c2)
		e1, e2 := min(p0, q0), max(p0, q0)
		e3 := max(a7, c2)
		r0, t0 := max(a6, c1), min(a8, c3)
		o0, o1, o2 := min(a6, c1), min(r0, t0), max(r0, t0)
		x2, x3 := min(o0, e1), max(o0, e1)
		x4, x5 := min(o1, e2), max(o1, e2)
		x6, x7 := min(o2, e3), max(o2, e3)
		// Seventh of the merged eight and the sorted five.
		dst[x] = min(x7, max(x6, b2), max(x5, b3), max(x4, b4), max(x3, b5), max(x2, b6))
	}
}

func sort3[K key](a, b, c K) (lo, mid, hi K) {
	a, b = min(a, b), max(a, b)
	b, c = min(b, c), max(b, c)
	a, b = min(a, b), max(a, b)
	return a, b, c
}
