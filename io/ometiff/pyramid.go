package ometiff

// Images whose longer side exceeds pyramidFrom get smaller copies, each half the size of the one before,
// down to one that fits a tile.
const pyramidFrom = 2048

// pyramid makes the smaller copies of one page while its rows come in.
type pyramid struct {
	*file
	side   [2]int // of a tile
	pixel  int    // bytes
	halve  halving
	levels []*level // beginning with half the size
	tile   []byte
}

// level is one of the copies; band are the rows that are not written yet.
type level struct {
	w, h    int
	y, rows int // first row of the band, and how many it has
	band    []byte
	tiles   tiles
}

// halving writes one row from two rows of n pixels. Of an odd number the last pixel counts twice, as the last
// row does.
type halving func(dst, top, bottom []byte, n int)

// newPyramid plans the copies of a page of w x h pixels; there are none when it is small. tile is room for one
// tile, which the caller may use between two calls.
func newPyramid(f *file, w, h int, side [2]int, pixel int, halve halving, tile []byte) *pyramid {
	p := &pyramid{file: f, side: side, pixel: pixel, halve: halve, tile: tile}
	if max(w, h) <= pyramidFrom {
		return p
	}
	for max(w, h) > Side {
		w, h = (w+1)/2, (h+1)/2
		p.levels = append(p.levels, &level{w: w, h: h})
	}
	return p
}

// block takes a block of level k - 1 (0 for the image itself is k = 0) of w x rows pixels at (x, y), both even, of
// rows that are stride bytes long. Blocks of the same rows may come in any order; then advance is called.
func (p *pyramid) block(k int, src []byte, stride, x, y, w, rows int) {
	if k == len(p.levels) {
		return
	}
	l := p.levels[k]
	if l.band == nil {
		l.band = make([]byte, l.w*p.side[1]*p.pixel)
	}
	for v := 0; v < rows; v += 2 {
		dst := l.band[((y+v)/2-l.y)*l.w*p.pixel+x/2*p.pixel:]
		p.halve(dst, src[v*stride:], src[min(v+1, rows-1)*stride:], w)
	}
}

// advance says that all blocks of the next rows of level k - 1 are there, and writes the rows of tiles that
// are complete.
func (p *pyramid) advance(k, rows int) {
	if k == len(p.levels) {
		return
	}
	l := p.levels[k]
	if l.rows += (rows + 1) / 2; l.rows < p.side[1] && l.y+l.rows < l.h {
		return
	}
	stride := l.w * p.pixel
	for x := 0; x < l.w; x += p.side[0] {
		p.cut(l, x)
		p.pack(&l.tiles, p.tile)
	}
	p.block(k+1, l.band, stride, 0, l.y, l.w, l.rows)
	y, n := l.y, l.rows
	l.y, l.rows = y+n, 0
	p.advance(k+1, n)
	if l.y == l.h {
		l.band = nil
	}
}

// cut copies the tile at column x of the band; beyond the edge it is 0.
func (p *pyramid) cut(l *level, x int) {
	clear(p.tile)
	width := min(p.side[0], l.w-x) * p.pixel
	for row := range l.rows {
		at := (row*l.w + x) * p.pixel
		copy(p.tile[row*p.side[0]*p.pixel:], l.band[at:at+width])
	}
}
