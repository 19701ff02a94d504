package filter

import "explant/volume"

// sample is a voxel, or a sum of them.
type sample interface{ volume.Voxel | float64 }

// sums writes the weighted sum of rows, which are as long as dst, in their order.
func sums[T sample](dst []float64, rows [][]T, weights []float64) {
	done := sumsWide(dst, rows, weights)
	dst = dst[done:]
	clear(dst)
	for i, row := range rows {
		addScaled(dst, row[done:done+len(dst)], weights[i])
	}
}

func addScaled[T sample](dst []float64, src []T, weight float64) {
	for i, v := range src {
		dst[i] += weight * float64(v)
	}
}

// fold writes the sums along row under a symmetric kernel, of which weights is the half with the middle first;
// row has as many voxels more at both ends as the kernel reaches.
func fold(dst []float32, row, weights []float64) {
	reach := len(weights) - 1
	for x := foldsWide(dst, row, weights); x < len(dst); x++ {
		c := x + reach
		sum := weights[0] * row[c]
		for d := 1; d <= reach; d++ {
			sum += weights[d] * (row[c-d] + row[c+d])
		}
		dst[x] = float32(sum)
	}
}
