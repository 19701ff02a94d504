package oxygenator

// window is a brick of the scan with a margin on which its solution hangs. Rows run along x.
type window struct {
	n     [3]int // voxels with the margin
	lo    [3]int // first voxel in the scan
	core  [2][3]int
	live  []bool    // rows that hold a voxel whose density is looked for
	wide  []bool    // rows that a live one needs after smoothing along x and y
	free  []float32 // share of blood side, 0 where the density is not looked for
	want  []float32 // right side of the normal equations
	x, y  []float32 // density, and its extrapolation
	t     [2][]float32
	out   []float32 // smoothed density, then the gradient
	aux   []float32
	ties  []float32 // face neighbours where density is looked for
	line  []float32
	zeros []float32
}

func grow(s []float32, n int) []float32 {
	if cap(s) < n {
		return make([]float32, n)
	}
	return s[:n]
}

// lay sizes the window for a brick of core [c0, c1) in a scan of n voxels.
func (w *window) lay(n, c0, c1 [3]int, margin int) {
	size := 1
	for a := range 3 {
		w.lo[a] = max(c0[a]-margin, 0)
		w.n[a] = min(c1[a]+margin, n[a]) - w.lo[a]
		w.core[0][a], w.core[1][a] = c0[a]-w.lo[a], c1[a]-w.lo[a]
		size *= w.n[a]
	}
	for _, s := range []*[]float32{&w.free, &w.want, &w.x, &w.y, &w.t[0], &w.t[1], &w.out, &w.aux, &w.ties} {
		*s = grow(*s, size)
	}
	w.line = grow(w.line, w.n[0]+2*taps)
	w.zeros = grow(w.zeros, w.n[0])
	rows := w.n[1] * w.n[2]
	if cap(w.live) < rows {
		w.live, w.wide = make([]bool, rows), make([]bool, rows)
	}
	w.live, w.wide = w.live[:rows], w.wide[:rows]
}

func (w *window) row(s []float32, r int) []float32 { return s[r*w.n[0] : (r+1)*w.n[0]] }

// smooth convolves src along the three axes, the edge going on beyond the edges, and leaves the
// result in dst where all is asked for or rows are live. src is 0 in rows that are not live unless all.
func (w *window) smooth(dst, src []float32, k *symmetric, all bool) {
	ny, nz := w.n[1], w.n[2]
	var rows [2*taps + 1][]float32
	for r := range ny * nz {
		if !all && !w.live[r] {
			copy(w.row(w.t[0], r), w.zeros)
			continue
		}
		w.alongX(w.row(w.t[0], r), w.row(src, r), k)
	}
	for z := range nz {
		for y := range ny {
			r := z*ny + y
			if !all && !w.wide[r] {
				continue
			}
			for d := range rows {
				rows[d] = w.row(w.t[0], z*ny+min(max(y+d-taps, 0), ny-1))
			}
			k.weigh(w.row(w.t[1], r), &rows)
		}
	}
	for z := range nz {
		for y := range ny {
			r := z*ny + y
			if !all && !w.live[r] {
				continue
			}
			for d := range rows {
				rows[d] = w.row(w.t[1], min(max(z+d-taps, 0), nz-1)*ny+y)
			}
			k.weigh(w.row(dst, r), &rows)
		}
	}
}

func (w *window) alongX(dst, src []float32, k *symmetric) {
	n := len(src)
	copy(w.line[taps:], src)
	for i := range taps {
		w.line[i], w.line[taps+n+i] = src[0], src[n-1]
	}
	var rows [2*taps + 1][]float32
	for d := range rows {
		rows[d] = w.line[d : d+n]
	}
	k.weigh(dst, &rows)
}

// widen finds the rows that live ones need along z.
func (w *window) widen() {
	ny, nz := w.n[1], w.n[2]
	for z := range nz {
		for y := range ny {
			r := z*ny + y
			w.wide[r] = false
			for k := max(z-taps, 0); k <= min(z+taps, nz-1) && !w.wide[r]; k++ {
				w.wide[r] = w.live[k*ny+y]
			}
		}
	}
}
