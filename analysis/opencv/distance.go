package opencv

import (
	"fmt"
	"unsafe"

	"gocv.io/x/gocv"
)

// Distance is, for each pixel of a mask of w x h pixels, row by row, the distance in pixels between its centre and that of
// the nearest pixel outside of the mask; 0 outside. What lies beyond the border is unknown and no such pixel. Chamfers of
// 5 x 5 pixels: at most 2 % from the Euclidean distance (Borgefors 1986, doi:10.1016/S0734-189X(86)80047-0).
func Distance(mask []bool, w, h int) ([]float32, error) {
	if w <= 0 || h <= 0 || len(mask) != w*h {
		return nil, fmt.Errorf("distance: a mask of %d pixels for %d x %d", len(mask), w, h)
	}
	bytes := unsafe.Slice((*byte)(unsafe.Pointer(&mask[0])), len(mask)) // false is 0 and true is 1
	in, err := gocv.NewMatFromBytes(h, w, gocv.MatTypeCV8U, bytes)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	out, labels := gocv.NewMat(), gocv.NewMat()
	defer out.Close()
	defer labels.Close()
	if err := gocv.DistanceTransform(in, &out, &labels, gocv.DistL2, gocv.DistanceMask5, gocv.DistanceLabelCComp); err != nil {
		return nil, err
	}
	got, err := out.DataPtrFloat32()
	if err != nil {
		return nil, err
	}
	if len(got) != len(mask) {
		return nil, fmt.Errorf("distance: %d values for a mask of %d pixels", len(got), len(mask))
	}
	return append([]float32(nil), got...), nil
}
