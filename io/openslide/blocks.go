package openslide

import (
	"image"
	"math"

	"explant/io/imagefile"
)

// Blocks are about this wide and high, in whole tiles, and never hold more pixels than maxBlock: the memory of
// a read, and the time until it can be cancelled.
const (
	blockSide = 1024
	maxBlock  = 4096 * 2048
)

// block is a part of a window that is decoded at once.
type block struct {
	want   image.Rectangle // what the window wants, in pixels of the level
	from   image.Rectangle // what is decoded for it
	x0, y0 int64           // where that begins, in pixels of level 0
}

// blocks cuts a window along a grid of whole tiles, so that each tile is decoded once.
//
// OpenSlide places a window by a pixel of level 0. Where the levels do not shrink by a whole number, that lies
// between two pixels of the level, and OpenSlide then mixes them. Such levels are always decoded from the
// corner of a cell of the grid, so that a pixel does not depend on the window.
func blocks(l imagefile.Level, w imagefile.Window) (out []block) {
	cw, ch := cell(l.Tile)
	whole := wholeSteps(l)
	want := image.Rect(w.Min[0], w.Min[1], w.Max[0], w.Max[1])
	for y := want.Min.Y - want.Min.Y%ch; y < want.Max.Y; y += ch {
		for x := want.Min.X - want.Min.X%cw; x < want.Max.X; x += cw {
			b := block{want: image.Rect(x, y, x+cw, y+ch).Intersect(want)}
			if b.from = b.want; !whole {
				b.from.Min = image.Pt(x, y)
			}
			b.x0, b.y0 = place(b.from.Min.X, l.Downsample), place(b.from.Min.Y, l.Downsample)
			out = append(out, b)
		}
	}
	return out
}

// cell is the size of the blocks of a level with such tiles.
func cell(tile [2]int) (w, h int) {
	side := func(t int) int { return (blockSide + t - 1) / t * t }
	w, h = side(tile[0]), side(tile[1])
	if w > maxBlock/h {
		return 4096, maxBlock / 4096
	}
	return w, h
}

// wholeSteps reports a level whose pixels begin with pixels of level 0, within a 500th of a pixel, which
// cairo below OpenSlide takes for exact.
func wholeSteps(l imagefile.Level) bool {
	side := float64(max(l.N[0], l.N[1]))
	return side*math.Abs(math.Round(l.Downsample)-l.Downsample)/l.Downsample < 1./512
}

// place is the pixel of level 0 nearest to the beginning of pixel x of a level.
func place(x int, downsample float64) int64 { return int64(math.Round(float64(x) * downsample)) }
