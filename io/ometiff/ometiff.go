// Package ometiff writes label maps of slides as OME-TIFF, tile by tile while they are made.
//
// The format is a small part of TIFF (tiles of 512 x 512 bytes, Deflate, BigTIFF offsets, one
// directory at the end), so that it is written here over compress/zlib instead of through libtiff:
// nothing but one tile is held in memory, tiles compress without C, and the bytes are the same for the
// same labels. Grey viewers show the values; the names and colours of the classes stand in the OME-XML
// as a map annotation and in a colour table.
//
// Source: TIFF revision 6.0, Adobe 1992; Goldberg et al., Genome Biology 6:R47, 2005,
// doi:10.1186/gb-2005-6-5-r47.
package ometiff

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"io"

	"github.com/klauspost/compress/zlib"

	"explant/analysis/result"
	"explant/volume"
)

// Side is the width and height of a tile.
const Side = 512

// Writer writes one file. It is not safe for concurrent use.
type Writer struct {
	w       io.WriteSeeker
	grid    volume.Grid
	classes []result.Class
	across  int
	down    int
	at      int64    // where the next byte goes
	offsets []uint64 // of the tiles written so far, in row order
	sizes   []uint64
	tile    []byte
	packed  bytes.Buffer
	z       *zlib.Writer
	err     error
}

// Create begins a file of the width and height of g. The caller closes w itself, after [Writer.Close].
func Create(w io.WriteSeeker, g volume.Grid, classes []result.Class) (*Writer, error) {
	if err := g.Check(); err != nil || g.N[2] != 1 {
		return nil, fmt.Errorf("write OME-TIFF: a grid of %v is no picture", g.N)
	}
	z, err := zlib.NewWriterLevel(io.Discard, zlib.BestSpeed)
	if err != nil {
		return nil, fmt.Errorf("write OME-TIFF: %w", err)
	}
	o := &Writer{w: w, grid: g, classes: classes, z: z, tile: make([]byte, Side*Side),
		across: (g.N[0] + Side - 1) / Side, down: (g.N[1] + Side - 1) / Side}
	// Little-endian BigTIFF; the offset of the directory follows when it is known.
	o.write([]byte("II\x2b\x00\x08\x00\x00\x00"), make([]byte, 8))
	return o, o.err
}

// write appends; the first error stays.
func (o *Writer) write(parts ...[]byte) {
	for _, b := range parts {
		if o.err != nil {
			return
		}
		n, err := o.w.Write(b)
		o.at += int64(n)
		if err != nil {
			o.err = fmt.Errorf("write OME-TIFF: %w", err)
		}
	}
}

// WriteTile writes the labels of one tile. Tiles come in row order; r is the tile's part of the picture,
// clipped at the right and the lower edge, and labels its pixels row by row.
func (o *Writer) WriteTile(r image.Rectangle, labels []uint8) error {
	n := len(o.offsets)
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
	o.packed.Reset()
	o.z.Reset(&o.packed)
	if _, err := o.z.Write(o.tile); err != nil {
		return fmt.Errorf("write OME-TIFF: %w", err)
	}
	if err := o.z.Close(); err != nil {
		return fmt.Errorf("write OME-TIFF: %w", err)
	}
	o.offsets = append(o.offsets, uint64(o.at))
	o.sizes = append(o.sizes, uint64(o.packed.Len()))
	o.write(o.packed.Bytes())
	return o.err
}

// Close writes the directory. A picture with missing tiles is an error.
func (o *Writer) Close() error {
	if o.err == nil && len(o.offsets) != o.across*o.down {
		o.err = fmt.Errorf("write OME-TIFF: %d of %d tiles written", len(o.offsets), o.across*o.down)
	}
	if o.err != nil {
		return o.err
	}
	at := o.directory()
	if o.err != nil {
		return o.err
	}
	if _, err := o.w.Seek(8, io.SeekStart); err != nil {
		return fmt.Errorf("write OME-TIFF: %w", err)
	}
	o.write(binary.LittleEndian.AppendUint64(nil, at))
	return o.err
}
