// Package ometiff writes OME-TIFF: label maps of slides tile by tile while they are made, and any image
// band by band while it is read.
//
// The format is a small part of TIFF (tiles of 512 x 512 pixels, Deflate, BigTIFF offsets, the
// directories at the end), so that it is written here over compress/zlib instead of through libtiff:
// little more than one tile is held in memory, tiles compress without C, and the bytes are the same for the
// same labels. An image longer than 2048 pixels gets smaller copies in SubIFDs, each half the size of the one
// before it, as QuPath and Bio-Formats read pyramids: means of four pixels, of labels the most frequent. Grey viewers show the values; the names and colours of the classes stand in the OME-XML
// as a map annotation and in a colour table.
//
// Source: TIFF revision 6.0, Adobe 1992; Goldberg et al., Genome Biology 6:R47, 2005,
// doi:10.1186/gb-2005-6-5-r47.
package ometiff

import (
	"errors"
	"fmt"
	"image"
	"io"

	"explant/analysis/result"
	"explant/volume"
)

// Side is the width and height of a tile.
const Side = 512

// Writer writes one file. It is not safe for concurrent use.
type Writer struct {
	*file
	grid    volume.Grid
	classes []result.Class
	across  int
	down    int
	tiles   tiles // written so far, in row order
	tile    []byte
	small   *pyramid
}

// Create begins a file of the width and height of g. The caller closes w itself, after [Writer.Close].
func Create(w io.WriteSeeker, g volume.Grid, classes []result.Class) (*Writer, error) {
	if err := g.Check(); err != nil || g.N[2] != 1 {
		return nil, fmt.Errorf("write OME-TIFF: a grid of %v is no picture", g.N)
	}
	f, err := newFile(w)
	if err != nil {
		return nil, err
	}
	tile := make([]byte, Side*Side)
	return &Writer{file: f, grid: g, classes: classes, tile: tile, small: newPyramid(f, g.N[0], g.N[1], [2]int{Side, Side}, 1, modes, tile),
		across: (g.N[0] + Side - 1) / Side, down: (g.N[1] + Side - 1) / Side}, nil
}

// WriteTile writes the labels of one tile. Tiles come in row order; r is the tile's part of the picture,
// clipped at the right and the lower edge, and labels its pixels row by row.
func (o *Writer) WriteTile(r image.Rectangle, labels []uint8) error {
	n := len(o.tiles.offsets)
	if n == o.across*o.down {
		return errors.New("write OME-TIFF: more tiles than the picture has")
	}
	x, y := n%o.across*Side, n/o.across*Side
	want := image.Rect(x, y, min(x+Side, o.grid.N[0]), min(y+Side, o.grid.N[1]))
	if r != want || len(labels) != r.Dx()*r.Dy() {
		return fmt.Errorf("write OME-TIFF: tile %v with %d labels where %v is next", r, len(labels), want)
	}
	clear(o.tile)
	for row := range r.Dy() {
		copy(o.tile[row*Side:], labels[row*r.Dx():(row+1)*r.Dx()])
	}
	o.pack(&o.tiles, o.tile)
	o.small.block(0, o.tile, Side, x, y, r.Dx(), r.Dy())
	if x+Side >= o.grid.N[0] {
		o.small.advance(0, r.Dy())
	}
	return o.err
}

// Close writes the directory. A picture with missing tiles is an error.
func (o *Writer) Close() error {
	if o.err == nil && len(o.tiles.offsets) != o.across*o.down {
		o.err = fmt.Errorf("write OME-TIFF: %d of %d tiles written", len(o.tiles.offsets), o.across*o.down)
	}
	if o.err != nil {
		return o.err
	}
	full := page{w: o.grid.N[0], h: o.grid.N[1], side: [2]int{Side, Side}, samples: 1, bits: 8, format: 1, tiles: o.tiles,
		text: describe(o.grid, o.classes), spacing: [2]float64{o.grid.Spacing[0], o.grid.Spacing[1]}}
	return o.finish([]page{full}, []*pyramid{o.small})
}
