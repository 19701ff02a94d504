package array

import (
	"context"
	"errors"
	"fmt"
	"io"

	"explant/io/imagefile"
	"explant/volume"
)

// decode reads the samples of w as they are stored and converts them.
func (r *Reader) decode(ctx context.Context, w imagefile.Window, dst []byte) error {
	src, at, err := r.prepare(ctx)
	if err != nil {
		return err
	}
	raw, size := dst, r.layout.Type.Size()
	if r.layout.Convert != nil {
		raw = make([]byte, len(dst)/r.info.Type.Size()*size)
	}
	if err := r.stored(ctx, src, at, w, raw); err != nil {
		return err
	}
	if r.layout.BigEndian {
		imagefile.SwapBytes(raw, size)
	}
	if r.layout.Convert != nil {
		r.layout.Convert(dst, raw)
	}
	return nil
}

// stored reads the samples of w; channels of their own planes are interleaved.
func (r *Reader) stored(ctx context.Context, src io.ReaderAt, at int64, w imagefile.Window, dst []byte) error {
	channels, size := r.info.Channels, r.layout.Type.Size()
	if !r.layout.Planar || channels == 1 {
		return box(ctx, src, at, r.info.Grid, channels*size, w, dst)
	}
	plane := make([]byte, len(dst)/channels)
	for c := range channels {
		if err := box(ctx, src, at+int64(c)*int64(r.info.Grid.Len())*int64(size), r.info.Grid, size, w, plane); err != nil {
			return err
		}
		for i := range len(plane) / size {
			copy(dst[(i*channels+c)*size:][:size], plane[i*size:])
		}
	}
	return nil
}

// box reads a window of voxels of pixel bytes from an array on g that begins at start, in the longest
// runs that the window allows.
func box(ctx context.Context, src io.ReaderAt, start int64, g volume.Grid, pixel int, w imagefile.Window, dst []byte) error {
	n := w.N()
	run, rows := n[0]*pixel, n[1]
	if n[0] == g.N[0] {
		run, rows = run*n[1], 1
	}
	for z := range n[2] {
		if err := ctx.Err(); err != nil {
			return err
		}
		for y := range rows {
			at := start + int64(g.Offset(w.Min[0], w.Min[1]+y, w.Min[2]+z))*int64(pixel)
			if _, err := src.ReadAt(dst[:run], at); err != nil {
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
