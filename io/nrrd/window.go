package nrrd

import (
	"context"
	"errors"
	"fmt"
	"io"

	"explant/io/imagefile"
)

// window reads the samples of w. Components that are the slowest axis are interleaved.
func (r *Reader) window(ctx context.Context, w imagefile.Window, dst []byte) error {
	size := r.h.typ.Size()
	if r.component <= 0 || r.info.Channels == 1 {
		if err := r.box(ctx, w, r.at, r.info.Channels*size, dst); err != nil {
			return err
		}
	} else if err := r.interleave(ctx, w, size, dst); err != nil {
		return err
	}
	if r.h.bigEndian {
		imagefile.SwapBytes(dst, size)
	}
	return nil
}

func (r *Reader) interleave(ctx context.Context, w imagefile.Window, size int, dst []byte) error {
	channels := r.info.Channels
	plane := make([]byte, len(dst)/channels)
	for c := range channels {
		if err := r.box(ctx, w, r.at+int64(c*r.info.Grid.Len()*size), size, plane); err != nil {
			return err
		}
		for i := range len(plane) / size {
			copy(dst[(i*channels+c)*size:][:size], plane[i*size:])
		}
	}
	return nil
}

// box reads a window of voxels of pixel bytes from an array that begins at start, in the longest runs
// that the window allows.
func (r *Reader) box(ctx context.Context, w imagefile.Window, start int64, pixel int, dst []byte) error {
	n, g := w.N(), r.info.Grid.N
	run, rows, slices := n[0]*pixel, n[1], n[2]
	if n[0] == g[0] {
		run, rows = run*n[1], 1
	}
	for z := range slices {
		if err := ctx.Err(); err != nil {
			return err
		}
		for y := range rows {
			at := start + int64(r.info.Grid.Offset(w.Min[0], w.Min[1]+y, w.Min[2]+z))*int64(pixel)
			if _, err := r.f.ReadAt(dst[:run], at); err != nil {
				if errors.Is(err, io.EOF) {
					err = fmt.Errorf("the file is cut short at slice %d", w.Min[2]+z+1)
				}
				return err
			}
			dst = dst[run:]
		}
	}
	return nil
}
