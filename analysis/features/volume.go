package features

import "math"

// volumeRows writes gradient, Laplacian and eigenvalues of a volume.
func (w *Work) volumeRows(dst [][]uint16, n [3]int, h int) {
	for z := range n[2] {
		for y := range n[1] {
			at, to := n[0]*(y+n[1]*z), n[0]*(y+n[1]*z)+n[0]
			var row [9][]uint16
			for k := 1; k < len(row); k++ {
				row[k] = dst[k][at:to]
			}
			w.steepness(row[1], row[3:6], n, y, z)
			w.curvature(row[2], row[6:9], n, h, y, z)
		}
	}
}

// steepness writes the length of the gradient and the square roots of the structure tensor's eigenvalues.
func (w *Work) steepness(gradient []uint16, eigen [][]uint16, n [3]int, y, z int) {
	gx, gy, gz := inner(&w.gradient[0], n, 0, 0, y, z), inner(&w.gradient[1], n, 0, 0, y, z), inner(&w.gradient[2], n, 0, 0, y, z)
	var t [6][]float32
	for k := range t {
		t[k] = w.tensor[k].row(y, z)
	}
	for x := range gradient {
		gradient[x] = unsigned(root(float32(gx[x]*gx[x]) + float32(gy[x]*gy[x]) + float32(gz[x]*gz[x])))
		hi, mid, lo := eigen3(float64(t[0][x]), float64(t[1][x]), float64(t[3][x]), float64(t[2][x]), float64(t[4][x]), float64(t[5][x]))
		for k, v := range [3]float64{hi, mid, lo} {
			eigen[k][x] = unsigned(float32(math.Sqrt(max(v, 0))))
		}
	}
}

// curvature writes the Laplacian and the eigenvalues of the Hessian.
func (w *Work) curvature(laplacian []uint16, eigen [][]uint16, n [3]int, h, y, z int) {
	var r [3][3][]float32 // rows at y and z, with room of h at both ends
	for dz := range 3 {
		for dy := range 3 {
			r[dz][dy] = inner(&w.smoothed, n, h, 0, y+(dy-1)*h, z+(dz-1)*h)
		}
	}
	for x := range laplacian {
		mid, hi := x+h, x+2*h
		twice := float32(2 * r[1][1][mid])
		xx := r[1][1][x] + r[1][1][hi] - twice
		yy := r[1][0][mid] + r[1][2][mid] - twice
		zz := r[0][1][mid] + r[2][1][mid] - twice
		xy := float32((r[1][0][x] + r[1][2][hi] - (r[1][0][hi] + r[1][2][x])) * 0.25)
		xz := float32((r[0][1][x] + r[2][1][hi] - (r[0][1][hi] + r[2][1][x])) * 0.25)
		yz := float32((r[0][0][mid] + r[2][2][mid] - (r[0][2][mid] + r[2][0][mid])) * 0.25)
		laplacian[x] = signed(xx + yy + zz)
		one, two, three := eigen3(float64(xx), float64(yy), float64(zz), float64(xy), float64(xz), float64(yz))
		for k, v := range [3]float64{one, two, three} {
			eigen[k][x] = signed(float32(v))
		}
	}
}
