package tiff

import (
	"fmt"
	"sync/atomic"

	"explant/io/imagefile"
)

// page is one directory of the file: an image as it is stored.
type page struct {
	offset                   uint64
	w, h                     int
	reduced, tiled, planar   bool
	chunkW, chunkH, chunks   int // strips or tiles
	chunkBytes, firstByte    int64
	bits, samples, format    int
	photometric, compression int
	orientation, unit        int
	xres, yres               float64
	extras                   []int
	description              string
	subs                     []uint64
	smaller                  []*page // the pages at subs
	file                     *member // of a set; nil for the file that was opened
	palette                  [3][]uint16
	artist, host, cmyk       bool   // cmyk: the inks are cyan, magenta, yellow, black
	microscope               int    // tag of an electron microscope
	text                     []byte // that it holds
	tables                   []byte // of JPEG, that its strips or tiles share
	where                    atomic.Pointer[places]
	form                     form
}

// Largest sizes that are taken for honest.
const (
	maxSide   = 1 << 22 // pixels along x or y
	maxPages  = 1 << 20
	maxRatio  = 1 << 16 // decoded bytes for each byte of the file; the densest honest files stay below 7000
	maxSample = 64      // samples a pixel
)

// check refuses sizes that no allocation should follow.
func (p *page) check() error {
	switch {
	case p.w <= 0 || p.h <= 0 || p.w > maxSide || p.h > maxSide:
		return fmt.Errorf("a size of %d x %d pixels is not believable", p.w, p.h)
	case p.chunkW <= 0 || p.chunkH <= 0 || p.chunks <= 0:
		return fmt.Errorf("%ss of %d x %d pixels cannot be", p.chunkName(), p.chunkW, p.chunkH)
	case p.samples < 1 || p.samples > maxSample:
		return fmt.Errorf("%d samples a pixel are not supported", p.samples)
	case p.chunkBytes <= 0:
		return fmt.Errorf("%ss of %d bytes cannot be", p.chunkName(), p.chunkBytes)
	}
	f, err := p.newForm()
	p.form = f
	return err
}

func (p *page) chunkName() string {
	if p.tiled {
		return "tile"
	}
	return "strip"
}

// turned reports an orientation that swaps width and height.
func (p *page) turned() bool { return p.orientation >= 5 && p.orientation <= 8 }

// size is width and height as shown, the orientation tag honoured.
func (p *page) size() (w, h int) {
	if p.turned() {
		return p.h, p.w
	}
	return p.w, p.h
}

// bytes is the size of the page when decoded.
func (p *page) bytes() int64 {
	return int64(p.w) * int64(p.h) * int64(p.form.channels) * int64(p.form.typ.Size())
}

func (p *page) describe() string {
	w, h := p.size()
	return fmt.Sprintf("%d x %d, %d channels of %s", w, h, p.form.channels, p.form.typ)
}

// agrees reports pages that can be slices of one stack.
func (p *page) agrees(q *page) bool {
	w, h := p.size()
	v, g := q.size()
	return w == v && h == g && p.form.typ == q.form.typ && p.form.channels == q.form.channels
}

func (p *page) level(down float64, nz int) imagefile.Level {
	w, h := p.size()
	tile := [2]int{p.chunkW, p.chunkH}
	if p.turned() {
		tile = [2]int{p.chunkH, p.chunkW}
	}
	return imagefile.Level{N: [3]int{w, h, nz}, Downsample: down, Tile: tile}
}
