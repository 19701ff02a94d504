package opencv

import (
	"fmt"
	"math"

	"gocv.io/x/gocv"
)

// Mask is a binary image in Go memory: 0 or 1, row by row, len(Pix) == W*H.
type Mask = Image

// Grow is the mask and all pixels whose centres are at most radius pixels from it, exactly; beyond the border
// there is nothing. radius is 0 to 64: for larger ones a distance map is faster.
func Grow(src Mask, radius float64) (Mask, error) {
	return disc(src, radius, gocv.Dilate)
}

// Shrink is what of the mask is more than radius pixels from its outside; the border is no outside.
func Shrink(src Mask, radius float64) (Mask, error) {
	return disc(src, radius, gocv.Erode)
}

// MaxDisc is the largest radius of [Grow] and [Shrink].
const MaxDisc = 64

func disc(src Mask, radius float64, f func(in gocv.Mat, out *gocv.Mat, kernel gocv.Mat) error) (Mask, error) {
	dst := Mask{W: src.W, H: src.H, Channels: 1, Pix: make([]uint8, len(src.Pix))}
	if !(radius >= 0 && radius <= MaxDisc) || src.Channels != 1 {
		return dst, fmt.Errorf("disc of %v pixels on an image of %d channels: 0 to %d and one channel are wanted", radius, src.Channels, MaxDisc)
	}
	r := int(radius)
	kernel := gocv.NewMatWithSize(2*r+1, 2*r+1, gocv.MatTypeCV8U)
	defer kernel.Close()
	for y := -r; y <= r; y++ {
		for x := -r; x <= r; x++ {
			in := uint8(0)
			if math.Hypot(float64(x), float64(y)) <= radius+1e-6 {
				in = 1
			}
			kernel.SetUCharAt(y+r, x+r, in)
		}
	}
	return dst, apply(dst, src, func(in gocv.Mat, out *gocv.Mat) error { return f(in, out, kernel) })
}
