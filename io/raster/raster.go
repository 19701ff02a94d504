// Package raster reads PNG, JPEG and BMP pictures with Go's own decoders, which are memory-safe.
//
// A picture is decoded whole at the first read and kept until Close. Grey stays grey, also in a palette
// of greys; everything else becomes RGB: palettes are looked up, CMYK and YCbCr converted, alpha
// dropped with a warning. PNG keeps its 16 bits; 1, 2 and 4 bits stretch to 0..255. The EXIF
// orientation of a JPEG is honoured.
package raster

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/image/bmp"

	"explant/io/imagefile"
	"explant/volume"
)

// Largest pictures that are taken for honest: pixels, and decoded bytes for each byte of the file.
const (
	maxPixels    = 1 << 29
	maxRatioPNG  = 1100 // Deflate cannot do better
	maxRatioJPEG = 2000
	maxRatioBMP  = 24 // one bit a pixel becomes three bytes
)

// Reader reads one picture. Its methods may be called from several goroutines at once.
type Reader struct {
	path        string
	info        imagefile.Info
	orientation int

	mu   sync.Mutex
	data []byte // decoded; nil until the first read
	err  error
}

// decoder reads one format, which has at most ratio decoded bytes for each byte of its file.
type decoder struct {
	config func(io.Reader) (image.Config, error)
	decode func(io.Reader) (image.Image, error)
	ratio  int64
}

var decoders = map[string]decoder{
	"PNG":  {png.DecodeConfig, png.Decode, maxRatioPNG},
	"JPEG": {jpeg.DecodeConfig, jpeg.Decode, maxRatioJPEG},
	"BMP":  {bmp.DecodeConfig, bmp.Decode, maxRatioBMP},
}

// Open reads the header of a PNG, JPEG or BMP file; no pixel is decoded.
func Open(path string) (*Reader, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	h, err := readHeader(bufio.NewReader(f))
	if err != nil {
		return nil, err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	c, err := decoders[h.format].config(bufio.NewReader(f))
	if err != nil {
		return nil, err
	}
	if c.Width < 1 || c.Height < 1 {
		return nil, fmt.Errorf("a size of %d x %d pixels cannot be", c.Width, c.Height)
	}
	r := &Reader{path: path, orientation: h.orientation}
	r.describe(h, c)
	if px := int64(c.Width) * int64(c.Height); px > maxPixels || r.info.Bytes()/decoders[h.format].ratio > st.Size() {
		return nil, fmt.Errorf("it claims %d x %d pixels in %d bytes of file", c.Width, c.Height, st.Size())
	}
	return r, nil
}

func (r *Reader) describe(h header, c image.Config) {
	i := &r.info
	i.Format, i.Type, i.Channels = h.format, imagefile.Uint8, 3
	switch c.ColorModel {
	case color.GrayModel:
		i.Channels = 1
	case color.Gray16Model:
		i.Channels, i.Type = 1, imagefile.Uint16
	case color.RGBA64Model, color.NRGBA64Model:
		i.Type = imagefile.Uint16
	}
	if p, ok := c.ColorModel.(color.Palette); h.greyAlpha || ok && isGrey(p) {
		i.Channels = 1
	}
	if h.alpha {
		i.Warnings = append(i.Warnings, "the alpha channel was left out")
	}
	n := [3]int{c.Width, c.Height, 1}
	if h.orientation >= 5 {
		n[0], n[1] = n[1], n[0]
		h.size.Size[0], h.size.Size[1] = h.size.Size[1], h.size.Size[0]
	}
	i.Grid = volume.Grid{N: n}
	h.size.Apply(&i.Grid)
	i.Levels = []imagefile.Level{{N: n, Downsample: 1, Tile: [2]int{n[0], n[1]}}}
	i.Identifiers = h.identifiers
}

// isGrey reports a palette without colours, as scanners write it for slices.
func isGrey(p color.Palette) bool {
	for _, c := range p {
		r, g, b, a := c.RGBA()
		if r != g || g != b || a != 0xffff {
			return false
		}
	}
	return true
}

// Info tells what the file holds.
func (r *Reader) Info() imagefile.Info { return r.info }

// Read decodes a window.
func (r *Reader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size.
func (r *Reader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	if err := imagefile.CheckInto(r.info, w, dst); err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(r.path), err)
	}
	data, err := r.decoded()
	if err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(r.path), err)
	}
	pixel := r.info.Channels * r.info.Type.Size()
	row := (w.Max[0] - w.Min[0]) * pixel
	for y := w.Min[1]; y < w.Max[1]; y++ {
		at := (y*r.info.Grid.N[0] + w.Min[0]) * pixel
		copy(dst[(y-w.Min[1])*row:][:row], data[at:])
	}
	return ctx.Err()
}

var errClosed = errors.New("the reader is closed")

func (r *Reader) decoded() ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.data == nil && r.err == nil {
		r.data, r.err = r.decode()
	}
	return r.data, r.err
}

func (r *Reader) decode() ([]byte, error) {
	f, err := os.Open(r.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := decoders[r.info.Format].decode(bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("the file is cut short: %w", err)
		}
		return nil, err
	}
	data := samples(m, r.info.Channels, r.info.Type)
	if r.orientation > 1 {
		data = turn(data, m.Bounds().Dx(), m.Bounds().Dy(), r.info.Channels*r.info.Type.Size(), r.orientation)
	}
	if len(data) != int(r.info.Bytes()) {
		return nil, errors.New("its header and its pixels disagree")
	}
	return data, nil
}

// Close frees the decoded picture.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.data, r.err = nil, errClosed
	return nil
}
