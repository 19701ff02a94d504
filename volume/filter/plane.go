package filter

import (
	"errors"
	"fmt"
	"math"
)

// GaussianHalf is the half of a sampled Gaussian kernel of sigma pixels, the middle first: cut off at 4 sigma and
// scaled so that the whole kernel sums to 1. A sigma of 0 gives the weight 1 alone.
func GaussianHalf(sigma float64) []float32 {
	k := make([]float64, int(math.Ceil(truncate*sigma))+1)
	sum := 0.0
	for i := range k {
		k[i] = 1
		if i > 0 {
			k[i] = math.Exp(-0.5 * float64(i*i) / (sigma * sigma))
		}
		sum += k[i] * float64(1+min(i, 1))
	}
	out := make([]float32, len(k))
	for i := range k {
		out[i] = float32(k[i] / sum)
	}
	return out
}

// Separable writes the plane src of w x h pixels, row by row, convolved along x and along y with the symmetric kernel
// of which half is the half with the middle first; the outermost pixels are repeated beyond the border. Sums are
// in float32, each pixel's in the same order wherever it lies, so that a part of a plane with a halo of
// len(half)-1 pixels gives the same bytes as the whole. dst and src must not overlap.
func Separable(dst, src []float32, w, h int, half []float32) error {
	if err := checkPlanes(dst, src, w, h); err != nil {
		return fmt.Errorf("convolve a plane: %w", err)
	}
	if len(half) == 0 {
		return errors.New("convolve a plane: a kernel without weights")
	}
	reach := len(half) - 1
	row := make([]float32, w+2*reach)
	lo, hi := make([][]float32, reach+1), make([][]float32, reach+1)
	for y := range h {
		for d := range lo {
			lo[d] = src[max(y-d, 0)*w:][:w]
			hi[d] = src[min(y+d, h-1)*w:][:w]
		}
		mid := row[reach : reach+w]
		mirror32(mid, lo, hi, half)
		for i := range reach {
			row[i], row[reach+w+i] = mid[0], mid[w-1]
		}
		fold32(dst[y*w:][:w], row, half)
	}
	return nil
}

// mirror32 writes the weighted sums of pairs of rows, which are lo[0] once and lo[d] + hi[d].
func mirror32(dst []float32, lo, hi [][]float32, half []float32) {
	for x := mirror32Wide(dst, lo, hi, half); x < len(dst); x++ {
		sum := half[0] * lo[0][x]
		for d := 1; d < len(half); d++ {
			sum += half[d] * (lo[d][x] + hi[d][x])
		}
		dst[x] = sum
	}
}

// fold32 writes the sums along row under a symmetric kernel; row has as many pixels more at both ends as it reaches.
func fold32(dst, row, half []float32) {
	reach := len(half) - 1
	for x := fold32Wide(dst, row, half); x < len(dst); x++ {
		c := x + reach
		sum := half[0] * row[c]
		for d := 1; d <= reach; d++ {
			sum += half[d] * (row[c-d] + row[c+d])
		}
		dst[x] = sum
	}
}

// Highest writes the largest value within reach pixels along x and along y of a plane of w x h pixels without NaN.
// dst and src must not overlap.
func Highest(dst, src []float32, w, h, reach int) error {
	if err := checkPlanes(dst, src, w, h); err != nil {
		return fmt.Errorf("largest values of a plane: %w", err)
	}
	if reach < 0 {
		return fmt.Errorf("largest values of a plane: %d pixels are no reach", reach)
	}
	row := make([]float32, w+2*reach)
	for y := range h {
		mid := row[reach : reach+w]
		copy(mid, src[max(y-reach, 0)*w:][:w])
		for r := max(y-reach, 0) + 1; r <= min(y+reach, h-1); r++ {
			raise(mid, src[r*w:][:w])
		}
		for i := range reach {
			row[i], row[reach+w+i] = mid[0], mid[w-1]
		}
		line := dst[y*w:][:w]
		copy(line, row)
		for d := 1; d <= 2*reach; d++ {
			raise(line, row[d:])
		}
	}
	return nil
}

// raise takes what is larger from src, which is at least as long as dst.
func raise(dst, src []float32) {
	for x := raiseWide(dst, src); x < len(dst); x++ {
		if src[x] > dst[x] {
			dst[x] = src[x]
		}
	}
}

// LowerSquares is the sum of the squares of the values below 0, and the number of those with a minus sign, the zero
// with one among them.
func LowerSquares(v []float32) (sum float64, n int) {
	var four [4]float64
	done := lowerWide(&four, v)
	for _, x := range v {
		n += int(math.Float32bits(x) >> 31)
	}
	for i, x := range v[done:] {
		if x < 0 {
			four[i%4] += float64(x) * float64(x)
		}
	}
	return four[0] + four[1] + four[2] + four[3], n
}

func checkPlanes(dst, src []float32, w, h int) error {
	if w < 1 || h < 1 || len(dst) != w*h || len(src) != w*h {
		return fmt.Errorf("%d and %d values are no planes of %d x %d pixels", len(dst), len(src), w, h)
	}
	return nil
}
