package opencv

import (
	"fmt"
	"image"
	"math"
	"unsafe"

	"gocv.io/x/gocv"
)

// Plane is one channel of float32 in Go memory: rows without padding, len(Pix) == W*H.
type Plane struct {
	W, H int
	Pix  []float32
}

func (p Plane) check() error {
	if p.W <= 0 || p.H <= 0 || len(p.Pix) != p.W*p.H {
		return fmt.Errorf("%d values are no plane of %d x %d pixels", len(p.Pix), p.W, p.H)
	}
	return nil
}

// MaxSigma is the largest standard deviation of [Gaussian] in pixels.
const MaxSigma = 500

// Gaussian smooths src with a Gaussian of sigma pixels, cut off at 4 sigma; the outermost pixels are repeated
// beyond the border. sigma 0 copies. The last bits of the sums may differ between versions of OpenCV.
func Gaussian(src Plane, sigma float64) ([]float32, error) {
	if !(sigma >= 0 && sigma <= MaxSigma) {
		return nil, fmt.Errorf("smooth a plane: sigma %v is not in 0 to %d pixels", sigma, MaxSigma)
	}
	side := 2*int(math.Ceil(4*sigma)) + 1
	return filtered(src, func(in gocv.Mat, out *gocv.Mat) error {
		if sigma == 0 {
			return in.CopyTo(out)
		}
		return gocv.GaussianBlur(in, out, image.Pt(side, side), sigma, sigma, gocv.BorderReplicate)
	})
}

// Dilate is the largest value within radius pixels along x and y.
func Dilate(src Plane, radius int) ([]float32, error) {
	if radius < 0 || radius > MaxSigma {
		return nil, fmt.Errorf("dilate a plane: radius %d is not in 0 to %d pixels", radius, MaxSigma)
	}
	kernel := gocv.GetStructuringElement(gocv.MorphRect, image.Pt(2*radius+1, 2*radius+1))
	defer kernel.Close()
	return filtered(src, func(in gocv.Mat, out *gocv.Mat) error { return gocv.Dilate(in, out, kernel) })
}

// filtered runs f, which keeps the size, on src.
func filtered(src Plane, f func(in gocv.Mat, out *gocv.Mat) error) ([]float32, error) {
	return changed(src, len(src.Pix), f)
}

// changed runs f on src; its result has n pixels.
func changed(src Plane, n int, f func(in gocv.Mat, out *gocv.Mat) error) ([]float32, error) {
	if err := src.check(); err != nil {
		return nil, err
	}
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&src.Pix[0])), 4*len(src.Pix))
	in, err := gocv.NewMatFromBytes(src.H, src.W, gocv.MatTypeCV32F, bytes)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	out := gocv.NewMat()
	defer out.Close()
	if err := f(in, &out); err != nil {
		return nil, err
	}
	got, err := out.DataPtrFloat32()
	if err != nil {
		return nil, err
	}
	if len(got) != n {
		return nil, fmt.Errorf("result of %d values instead of %d", len(got), n)
	}
	return append([]float32(nil), got...), nil
}
