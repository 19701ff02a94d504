package opencv

import (
	"encoding/binary"
	"errors"
	"fmt"
	"image"

	"gocv.io/x/gocv"
)

// Open removes from a mask (0 and 255, one channel) what a disc of the given radius in pixels does not
// fit into. Pixels beyond the border count as set for the erosion and as clear for the dilation.
func Open(dst, src Image, radius int) error { return morph(dst, src, gocv.MorphOpen, radius) }

// Close fills in a mask (0 and 255, one channel) what a disc of the given radius does not fit into.
func Close(dst, src Image, radius int) error { return morph(dst, src, gocv.MorphClose, radius) }

func morph(dst, src Image, op gocv.MorphType, radius int) error {
	if src.Channels != 1 || radius < 1 {
		return fmt.Errorf("morphology: %d channels, radius %d: one channel and a radius of 1 or more are wanted", src.Channels, radius)
	}
	disc := gocv.GetStructuringElement(gocv.MorphEllipse, image.Pt(2*radius+1, 2*radius+1))
	defer disc.Close()
	err := apply(dst, src, func(in gocv.Mat, out *gocv.Mat) error {
		return gocv.MorphologyEx(in, out, op, disc)
	})
	if err != nil {
		return fmt.Errorf("morphology: %w", err)
	}
	return nil
}

// DropSmall clears the components (8-connected) of fewer than least pixels from mask (0 and not 0, one
// channel), in place, and returns how many are left.
func DropSmall(mask Image, least int) (int, error) {
	if err := mask.check(); err != nil {
		return 0, fmt.Errorf("drop small components: %w", err)
	}
	if mask.Channels != 1 {
		return 0, errors.New("drop small components: one channel is wanted")
	}
	in, err := gocv.NewMatFromBytes(mask.H, mask.W, gocv.MatTypeCV8UC1, mask.Pix)
	if err != nil {
		return 0, fmt.Errorf("drop small components: %w", err)
	}
	defer in.Close()
	labels, stats, centres := gocv.NewMat(), gocv.NewMat(), gocv.NewMat()
	defer labels.Close()
	defer stats.Close()
	defer centres.Close()
	n := gocv.ConnectedComponentsWithStats(in, &labels, &stats, &centres)
	keep, left := make([]bool, n), 0
	for i := 1; i < n; i++ {
		if keep[i] = int(stats.GetIntAt(i, int(gocv.CC_STAT_AREA))) >= least; keep[i] {
			left++
		}
	}
	regions := labels.ToBytes() // one int32 a pixel
	for i := range mask.Pix {
		if !keep[binary.NativeEndian.Uint32(regions[4*i:])] {
			mask.Pix[i] = 0
		}
	}
	return left, nil
}
