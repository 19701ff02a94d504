package opencv

import (
	"fmt"
	"image"

	"gocv.io/x/gocv"
)

// MaxBinomial is the largest radius of [Binomial], that up to which OpenCV's kernels are the exact
// binomial coefficients.
const MaxBinomial = 2

// Binomial smooths src with the binomial kernel of 2*radius+1 pixels in both directions (1 2 1 or
// 1 4 6 4 1), the discrete Gaussian of variance radius/2 pixels², in OpenCV's fixed-point arithmetic: the
// same bytes on every machine. radius is 0 (a copy) to 2. dst and src may be the same.
func Binomial(dst, src Image, radius int) error {
	if radius < 0 || radius > MaxBinomial {
		return fmt.Errorf("binomial smoothing: radius %d is not in 0 to %d pixels", radius, MaxBinomial)
	}
	k := image.Pt(2*radius+1, 2*radius+1)
	err := apply(dst, src, func(in gocv.Mat, out *gocv.Mat) error {
		return gocv.GaussianBlur(in, out, k, 0, 0, gocv.BorderReplicate)
	})
	if err != nil {
		return fmt.Errorf("binomial smoothing: %w", err)
	}
	return nil
}
