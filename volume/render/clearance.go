package render

// clearance is, for each cell, how many cells away along any axis (the largest of the three) the
// nearest cell lies in which a ray may meet an opaque surface, at most 255: 0 in such a cell. Two
// sweeps of the chessboard distance; where a row ends its neighbours are those of the next one, so that
// the distance may come out too small there, which costs a leap and hides nothing.
//
// Source: Rosenfeld and Pfaltz, J. ACM
// 13:471-494, 1966, doi:10.1145/321356.321357. Leaping by it: Cohen and Sheffer, The Visual Computer
// 11:27-38, 1994, doi:10.1007/BF01900697.
func clearance(n [3]int, layers []layer) []uint8 {
	f := &field{n: n, data: make([]uint8, n[0]*n[1]*n[2])}
	for i := range f.data {
		f.data[i] = 255
	}
	for _, l := range layers {
		for i, v := range l.most {
			if float64(v) > half {
				f.data[i] = 0
			}
		}
	}
	f.sweep(false)
	f.sweep(true)
	return f.data
}

// sweep lowers each cell to one more than the least of its 13 neighbours that the sweep has passed.
func (f *field) sweep(back bool) {
	row, slice := f.n[0], f.n[0]*f.n[1]
	passed := [13]int{-1}
	for k := range 3 {
		passed[1+k] = -row + k - 1
		for j := range 3 {
			passed[4+3*j+k] = -slice + (j-1)*row + k - 1
		}
	}
	step := 1
	if back {
		step = -1
	}
	for s := range len(f.data) {
		i := s
		if back {
			i = len(f.data) - 1 - s
		}
		f.lower(i, step, passed)
	}
}

func (f *field) lower(i, step int, passed [13]int) {
	v := f.data[i]
	for _, p := range passed {
		if j := i + step*p; j >= 0 && j < len(f.data) {
			v = min(v, f.data[j]+min(1, 255-f.data[j]))
		}
	}
	f.data[i] = v
}
