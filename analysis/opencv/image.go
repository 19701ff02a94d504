package opencv

import (
	"fmt"

	"gocv.io/x/gocv"
)

// Image is an 8-bit image in Go memory: channels interleaved, rows without padding, so that
// len(Pix) == W*H*Channels. Channels is 1 or 3.
type Image struct {
	W, H, Channels int
	Pix            []uint8
}

func (m Image) check() error {
	if m.W <= 0 || m.H <= 0 || (m.Channels != 1 && m.Channels != 3) || len(m.Pix) != m.W*m.H*m.Channels {
		return fmt.Errorf("%d bytes are no image of %d x %d pixels with %d channels of 8 bits", len(m.Pix), m.W, m.H, m.Channels)
	}
	return nil
}

// apply runs f on a copy of src and writes its result, which must have the size and type of dst, to dst.
// src and dst may share their pixels.
func apply(dst, src Image, f func(in gocv.Mat, out *gocv.Mat) error) error {
	if err := src.check(); err != nil {
		return err
	}
	if err := dst.check(); err != nil {
		return err
	}
	shared, err := gocv.NewMatFromBytes(src.H, src.W, src.matType(), src.Pix)
	if err != nil {
		return err
	}
	defer shared.Close()
	out := gocv.NewMat()
	defer out.Close()
	if err := f(shared, &out); err != nil {
		return err
	}
	got, err := out.DataPtrUint8()
	if err != nil {
		return err
	}
	if len(got) != len(dst.Pix) {
		return fmt.Errorf("result of %d bytes for an image of %d", len(got), len(dst.Pix))
	}
	copy(dst.Pix, got)
	return nil
}

func (m Image) matType() gocv.MatType {
	if m.Channels == 3 {
		return gocv.MatTypeCV8UC3
	}
	return gocv.MatTypeCV8UC1
}
