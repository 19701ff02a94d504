package tiff

import "fmt"

// part is what a window takes from one strip or tile, or from a block of rows of a strip that is too large
// to hold.
type part struct {
	index, plane int // plane is the channel that it holds; -1 for all of them
	rows         int // that it has when decoded
	strip        int // first row of the strip of a block of rows, whose index is negative
	all, in      rect
}

// blockBytes is about the size of a block of rows.
const blockBytes = 8 << 20

// eachPart gives the strips or tiles under window r to fn, those of each row from left to right. all is what the
// image has of one, in what the window has. Strips of more than whole bytes come in blocks of rows.
func (p *page) eachPart(r rect, whole int64, fn func(part) error) error {
	planes := 1
	if p.planar && p.samples > 1 {
		planes = p.form.channels
	}
	across, down := (p.w+p.chunkW-1)/p.chunkW, (p.h+p.chunkH-1)/p.chunkH
	for plane := range planes {
		for cy := r.y0 / p.chunkH; cy <= (r.y1-1)/p.chunkH; cy++ {
			for cx := r.x0 / p.chunkW; cx <= (r.x1-1)/p.chunkW; cx++ {
				c := part{index: (plane*down+cy)*across + cx, plane: plane, rows: p.chunkH}
				if !p.planar || p.samples == 1 {
					c.plane = -1
				}
				c.all = rect{cx * p.chunkW, cy * p.chunkH, min((cx+1)*p.chunkW, p.w), min((cy+1)*p.chunkH, p.h)}
				if !p.tiled {
					c.rows = c.all.h()
				}
				if err := p.split(c, r, whole, fn); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// split gives a part to fn, or the blocks of rows under the window where it is too large.
func (p *page) split(c part, r rect, whole int64, fn func(part) error) error {
	if int64(p.rowBytes())*int64(c.rows) <= whole || p.tiled {
		c.in = c.all.and(r)
		return fn(c)
	}
	first, end := c.all.y0, c.all.y1
	n := int(max(min(blockBytes, whole)/int64(p.rowBytes()), 1))
	for y := first + max(r.y0-first, 0)/n*n; y < min(r.y1, end); y += n {
		b := part{index: -1 - (max(c.plane, 0)*p.h + y), plane: c.plane, strip: first, rows: min(n, end-y)}
		b.all = rect{c.all.x0, y, c.all.x1, y + b.rows}
		b.in = b.all.and(r)
		if err := fn(b); err != nil {
			return err
		}
	}
	return nil
}

// halo is how far from the edge of a window lies what the next window probably wants again: windows that
// overlap do so by the reach of a filter.
const halo = 32

// alone reports a strip or tile that no window beside r wants: r has all of it, and its edges are those of r
// or lie inside.
func (c part) alone(r rect) bool {
	return c.in == c.all && apart(c.all.x0-r.x0) && apart(c.all.y0-r.y0) && c.last(r)
}

// last reports the last of the windows, when they come in row order, that wants something of a strip or tile:
// it has the lower right corner, and the windows to its right and below do not reach back so far.
func (c part) last(r rect) bool {
	return c.in.x1 == c.all.x1 && c.in.y1 == c.all.y1 && apart(r.x1-c.all.x1) && apart(r.y1-c.all.y1)
}

func apart(d int) bool { return d == 0 || d > halo }

// rowBytes is the size of one decoded row of a strip or tile.
func (p *page) rowBytes() int {
	samples := p.samples
	if p.planar {
		samples = 1
	}
	return (p.chunkW*samples*p.bits + 7) / 8
}

// interleaved reports strips or tiles whose pixels, as decoded, are those of the image.
func (p *page) interleaved() bool {
	return p.form.plain(p.bits) && p.form.channels == p.samples && (!p.planar || p.samples == 1)
}

// checkChunks reports strips or tiles that are too small for their pixels, or too large.
func (p *page) checkChunks() error {
	height := p.chunkH
	if !p.tiled {
		height = min(p.chunkH, p.h)
	}
	size := int64(p.rowBytes()) * int64(height)
	switch {
	case p.tiled && size != p.chunkBytes, size > p.chunkBytes:
		return fmt.Errorf("%ss of %d bytes where %d are needed", p.chunkName(), p.chunkBytes, size)
	case p.tiled && size > maxChunk:
		return fmt.Errorf("a tile of %d x %d pixels is too large", p.chunkW, p.chunkH)
	}
	return nil
}
