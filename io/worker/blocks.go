package worker

import (
	"context"

	"golang.org/x/sync/errgroup"

	"explant/io/imagefile"
)

// Windows of tiled images travel in blocks of whole tiles of about this size: what the worker writes and this
// process copies is then still in the caches of the processor, and several blocks are decoded at once.
const (
	blockBytes = 2 << 20
	blockRows  = 64 // that a block has at least
)

// blocks cuts a window of one slice along the tiles of its level, row by row; nil when it is not worth it.
func (r *Reader) blocks(w imagefile.Window) (out []imagefile.Window) {
	level := r.info.Levels[w.Level]
	tile, pixel := level.Tile, r.info.Channels*r.info.Type.Size()
	if w.N()[2] > 1 || tile[0] < 1 || tile[1] < 1 || tile[0] >= level.N[0] || imagefile.Bytes(r.info, w) < 2*blockBytes {
		return nil
	}
	height := tile[1] * max(1, blockRows/tile[1])
	width := tile[0] * max(1, blockBytes/(tile[0]*height*pixel))
	if width*height*pixel > pieceBytes {
		return nil // tiles too large to travel whole
	}
	for y := w.Min[1]; y < w.Max[1]; y = (y/height + 1) * height {
		for x := w.Min[0]; x < w.Max[0]; x = (x/width + 1) * width {
			b := w
			b.Min[0], b.Max[0] = x, min((x/width+1)*width, w.Max[0])
			b.Min[1], b.Max[1] = y, min((y/height+1)*height, w.Max[1])
			out = append(out, b)
		}
	}
	return out
}

// readBlocks reads the blocks of a window, as many at once as there are pieces of shared memory.
func (r *Reader) readBlocks(ctx context.Context, w imagefile.Window, blocks []imagefile.Window, dst []byte) error {
	pixel := r.info.Channels * r.info.Type.Size()
	stride := w.N()[0] * pixel
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(maxSlots)
	for _, b := range blocks {
		g.Go(func() error {
			if err := gctx.Err(); err != nil {
				return err
			}
			at := (b.Min[1]-w.Min[1])*stride + (b.Min[0]-w.Min[0])*pixel
			return r.piece(gctx, b, dst[at:], stride)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}
