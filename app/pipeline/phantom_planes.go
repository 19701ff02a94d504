package pipeline

import (
	"context"
	"encoding/binary"

	"explant/analysis/phantom/micrograph"
	"explant/io/imagefile"
	"explant/volume"
)

// pixelsReader gives 8-bit pixels, grey or red, green and blue, to the writers of image formats.
type pixelsReader struct {
	pix  []uint8
	info imagefile.Info
}

func newPixelsReader(pix []uint8, g volume.Grid, channels int) pixelsReader {
	return pixelsReader{pix, imagefile.Info{
		Format: "phantom", Type: imagefile.Uint8, Channels: channels, Grid: g,
		Levels: []imagefile.Level{{N: g.N, Downsample: 1, Tile: [2]int{g.N[0], 1}}},
	}}
}

// Info tells what the phantom holds.
func (r pixelsReader) Info() imagefile.Info { return r.info }

// Close frees nothing.
func (pixelsReader) Close() error { return nil }

// Read copies a window.
func (r pixelsReader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto copies a window.
func (r pixelsReader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	if err := imagefile.CheckInto(r.info, w, dst); err != nil {
		return err
	}
	px, width := r.info.Channels, w.N()[0]
	for y := w.Min[1]; y < w.Max[1]; y++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		from := (y*r.info.Grid.N[0] + w.Min[0]) * px
		copy(dst[(y-w.Min[1])*width*px:], r.pix[from:from+width*px])
	}
	return nil
}

// planesReader gives the planes of a phantom to the writers of image formats.
type planesReader struct {
	planes *micrograph.Planes
	info   imagefile.Info
}

func newPlanesReader(p *micrograph.Planes, mm float64) planesReader {
	n := [3]int{p.W, p.H, 1}
	return planesReader{p, imagefile.Info{
		Format: "phantom", Type: imagefile.Uint16, Channels: len(p.Data), ChannelNames: p.Names,
		Grid:   volume.Grid{N: n, Spacing: [3]float64{mm, mm, 0}, Calibration: volume.Calibration{Source: volume.Phantom}},
		Levels: []imagefile.Level{{N: n, Downsample: 1, Tile: [2]int{p.W, 1}}},
	}}
}

// Info tells what the phantom holds.
func (r planesReader) Info() imagefile.Info { return r.info }

// Close frees nothing.
func (planesReader) Close() error { return nil }

// Read interleaves the channels of a window.
func (r planesReader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto interleaves the channels of a window.
func (r planesReader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	if err := imagefile.CheckInto(r.info, w, dst); err != nil {
		return err
	}
	channels := len(r.planes.Data)
	for y := w.Min[1]; y < w.Max[1]; y++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		row := dst[(y-w.Min[1])*w.N()[0]*channels*2:]
		for ch, plane := range r.planes.Data {
			for x, v := range plane[y*r.planes.W:][w.Min[0]:w.Max[0]] {
				binary.LittleEndian.PutUint16(row[2*(x*channels+ch):], v)
			}
		}
	}
	return nil
}
