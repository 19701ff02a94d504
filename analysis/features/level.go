package features

import "math"

// level writes the features of one level, whose taps are h apart, from w.smoothed.
func (b Bank) level(dst [][]uint16, h int, n [3]int, w *Work) {
	s := &w.smoothed
	for z := range n[2] {
		for y := range n[1] {
			row := inner(s, n, 0, 0, y, z)
			out := dst[0][n[0]*(y+n[1]*z):][:n[0]]
			for x := range out {
				out[x] = unsigned(row[x])
			}
		}
	}
	w.differentiate(n, h, b.axes())
	w.products(h, b.axes())
	if b.Volume {
		w.volumeRows(dst, n, h)
		return
	}
	w.planeRows(dst, n, h)
}

// differentiate writes half the difference over h pixels on both sides along each axis, in a box wider than n by
// 2h on every side of these axes.
func (w *Work) differentiate(n [3]int, h, axes int) {
	wide := n
	for a := range axes {
		wide[a] += 4 * h
	}
	for a := range axes {
		g := &w.gradient[a]
		g.resize(wide)
		d := [3]int{}
		d[a] = h
		for z := range wide[2] {
			for y := range wide[1] {
				hi := inner(&w.smoothed, wide, 0, d[0], y+d[1], z+d[2])
				lo := inner(&w.smoothed, wide, 0, -d[0], y-d[1], z-d[2])
				difference(g.row(y, z), hi, lo)
			}
		}
	}
}

func difference(dst, hi, lo []float32) {
	hi, lo = hi[:len(dst)], lo[:len(dst)]
	for i := range dst {
		dst[i] = (hi[i] - lo[i]) * 0.5
	}
}

// pairs are the products of the gradient's components that make the structure tensor, in the order of
// Work.tensor; a plane has the first three.
var pairs = [6][2]int{{0, 0}, {1, 1}, {0, 1}, {2, 2}, {0, 2}, {1, 2}}

// products smooths the products of the gradient's components.
func (w *Work) products(h, axes int) {
	for k := range axes * (axes + 1) / 2 {
		a, b := &w.gradient[pairs[k][0]], &w.gradient[pairs[k][1]]
		w.next.resize(a.n)
		for i, v := range a.data {
			w.next.data[i] = v * b.data[i]
		}
		smooth(&w.tensor[k], &w.next, &w.free, h, axes)
	}
}

// planeRows writes gradient, Laplacian and eigenvalues of a picture.
func (w *Work) planeRows(dst [][]uint16, n [3]int, h int) {
	s := &w.smoothed
	for z := range n[2] {
		for y := range n[1] {
			at, to := n[0]*(y+n[1]*z), n[0]*(y+n[1]*z)+n[0]
			gx, gy := inner(&w.gradient[0], n, 0, 0, y, z), inner(&w.gradient[1], n, 0, 0, y, z)
			xx, yy, xy := w.tensor[0].row(y, z), w.tensor[1].row(y, z), w.tensor[2].row(y, z)
			up, mid, down := inner(s, n, h, 0, y-h, z), inner(s, n, h, 0, y, z), inner(s, n, h, 0, y+h, z)
			gradient, laplacian := dst[1][at:to], dst[2][at:to]
			t1, t2, h1, h2 := dst[3][at:to], dst[4][at:to], dst[5][at:to], dst[6][at:to]
			for x := range gradient {
				gradient[x] = unsigned(root(float32(gx[x]*gx[x]) + float32(gy[x]*gy[x])))
				hi, lo := eigen2(xx[x], xy[x], yy[x])
				t1[x], t2[x] = unsigned(root(hi)), unsigned(root(lo))
				twice := float32(2 * mid[x+h])
				hxx, hyy := mid[x]+mid[x+2*h]-twice, up[x+h]+down[x+h]-twice
				hxy := float32(((up[x] + down[x+2*h]) - (up[x+2*h] + down[x])) * 0.25)
				laplacian[x] = signed(hxx + hyy)
				hi, lo = eigen2(hxx, hxy, hyy)
				h1[x], h2[x] = signed(hi), signed(lo)
			}
		}
	}
}

// root is the square root of what rounding may have made negative.
func root(v float32) float32 { return float32(math.Sqrt(float64(max(v, 0)))) }
