package opencv

import (
	"fmt"
	"image"

	"gocv.io/x/gocv"
)

// Derivative is the partial derivative of src of order nx along x and ny along y, per pixel: central differences
// of three pixels, averaged across by 1 2 1. nx + ny is 1 or 2. The outermost pixels are repeated beyond the border.
func Derivative(src Plane, nx, ny int) ([]float32, error) {
	if nx < 0 || ny < 0 || nx+ny < 1 || nx+ny > 2 {
		return nil, fmt.Errorf("derivative of order %d along x and %d along y: 1 or 2 in all is wanted", nx, ny)
	}
	scale := 1. / 4
	if nx+ny == 1 {
		scale = 1. / 8
	}
	return filtered(src, func(in gocv.Mat, out *gocv.Mat) error {
		return gocv.Sobel(in, out, gocv.MatTypeCV32F, nx, ny, 3, scale, 0, gocv.BorderReplicate)
	})
}

// Halve averages src over squares of 2 x 2 pixels; an odd last column or row is left out. Pixel (i, j) of the
// result lies around (2i + 1/2, 2j + 1/2) of src.
func Halve(src Plane) (Plane, error) {
	if err := src.check(); err != nil {
		return Plane{}, err
	}
	out := Plane{W: src.W / 2, H: src.H / 2}
	if out.W == 0 || out.H == 0 {
		return Plane{}, fmt.Errorf("halve a plane of %d x %d pixels: 2 x 2 at least are wanted", src.W, src.H)
	}
	var err error
	out.Pix, err = changed(src, out.W*out.H, func(in gocv.Mat, small *gocv.Mat) error {
		even := in.Region(image.Rect(0, 0, 2*out.W, 2*out.H))
		defer even.Close()
		return gocv.Resize(even, small, image.Pt(out.W, out.H), 0, 0, gocv.InterpolationArea)
	})
	return out, err
}
