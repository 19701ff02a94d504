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

// Median replaces each sample by the median of the square of 2*radius+1 pixels around it, channel by
// channel. radius is 1 to 127. dst and src may be the same.
func Median(dst, src Image, radius int) error {
	if radius < 1 || radius > 127 {
		return fmt.Errorf("median: radius %d is not in 1 to 127 pixels", radius)
	}
	err := apply(dst, src, func(in gocv.Mat, out *gocv.Mat) error {
		return gocv.MedianBlur(in, out, 2*radius+1)
	})
	if err != nil {
		return fmt.Errorf("median: %w", err)
	}
	return nil
}

// Shrink writes src, reduced by averaging the area that each new pixel covers, to dst, whose size decides
// the factor. dst may not be larger than src.
func Shrink(dst, src Image) error {
	if dst.W > src.W || dst.H > src.H || dst.Channels != src.Channels {
		return fmt.Errorf("shrink: %d x %d x %d to %d x %d x %d", src.W, src.H, src.Channels, dst.W, dst.H, dst.Channels)
	}
	err := apply(dst, src, func(in gocv.Mat, out *gocv.Mat) error {
		return gocv.Resize(in, out, image.Pt(dst.W, dst.H), 0, 0, gocv.InterpolationArea)
	})
	if err != nil {
		return fmt.Errorf("shrink: %w", err)
	}
	return nil
}
