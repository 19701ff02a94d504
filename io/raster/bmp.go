package raster

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"io"
	"os"
	"path/filepath"
	"sync"

	"golang.org/x/image/bmp"

	"explant/io/calibration"
	"explant/io/imagefile"
	"explant/volume"
)

// Largest BMP that is decoded, in pixels, and the decoded bytes for each byte of the file: one bit a pixel
// becomes three bytes.
const (
	maxPixelsBMP = 1 << 29
	maxRatioBMP  = 24
)

// BMP reads one BMP picture, decoded whole at the first read and kept until Close. Its methods may be
// called from several goroutines at once.
type BMP struct {
	path string
	info imagefile.Info

	mu   sync.Mutex
	data []byte // decoded; nil until the first read
	err  error
}

// OpenBMP reads the header of a BMP file; no pixel is decoded.
func OpenBMP(path string) (*BMP, error) {
	r, err := openBMP(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func openBMP(path string) (*BMP, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	b := bufio.NewReader(f)
	head, err := b.Peek(bmpHead)
	if err != nil || !IsBMP(head) {
		return nil, errors.New("it is no BMP")
	}
	stated := resolution(head)
	c, err := bmp.DecodeConfig(b)
	if err != nil {
		return nil, err
	}
	if c.Width < 1 || c.Height < 1 {
		return nil, fmt.Errorf("a size of %d x %d pixels cannot be", c.Width, c.Height)
	}
	r := &BMP{path: path, info: describeBMP(c)}
	beside(path, [2]int{c.Width, c.Height}, stated, &r.info).Apply(&r.info.Grid)
	if px := int64(c.Width) * int64(c.Height); px > maxPixelsBMP || r.info.Bytes()/maxRatioBMP > st.Size() {
		return nil, fmt.Errorf("it claims %d x %d pixels in %d bytes of file", c.Width, c.Height, st.Size())
	}
	return r, nil
}

func describeBMP(c image.Config) imagefile.Info {
	n := [3]int{c.Width, c.Height, 1}
	i := imagefile.Info{Format: "BMP", Type: imagefile.Uint8, Channels: 3, Grid: volume.Grid{N: n},
		Levels: []imagefile.Level{{N: n, Downsample: 1, Tile: [2]int{n[0], n[1]}}}}
	if p, ok := c.ColorModel.(color.Palette); ok && isGrey(p) {
		i.Channels = 1
	}
	return i
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
func (r *BMP) Info() imagefile.Info { return r.info }

// Read decodes a window.
func (r *BMP) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size.
func (r *BMP) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	if err := imagefile.CheckInto(r.info, w, dst); err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(r.path), err)
	}
	data, err := r.decoded()
	if err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(r.path), err)
	}
	row := (w.Max[0] - w.Min[0]) * r.info.Channels
	for y := w.Min[1]; y < w.Max[1]; y++ {
		at := (y*r.info.Grid.N[0] + w.Min[0]) * r.info.Channels
		copy(dst[(y-w.Min[1])*row:][:row], data[at:])
	}
	return ctx.Err()
}

func (r *BMP) decoded() ([]byte, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.data == nil && r.err == nil {
		r.data, r.err = r.decode()
	}
	return r.data, r.err
}

func (r *BMP) decode() ([]byte, error) {
	f, err := os.Open(r.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	m, err := bmp.Decode(bufio.NewReaderSize(f, 1<<16))
	if err != nil {
		if errors.Is(err, io.ErrUnexpectedEOF) {
			err = fmt.Errorf("the file is cut short: %w", err)
		}
		return nil, err
	}
	data := samples(m, r.info.Channels)
	if len(data) != int(r.info.Bytes()) {
		return nil, errors.New("its header and its pixels disagree")
	}
	return data, nil
}

// Close frees the decoded picture.
func (r *BMP) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.data, r.err = nil, errClosed
	return nil
}

// bmpHead is where the resolution of a BMP ends.
const bmpHead = 46

// IsBMP reports the first bytes of a BMP file: its magic has two letters only, so that the size of its
// second header counts too.
func IsBMP(b []byte) bool {
	if len(b) < bmpHead || string(b[:2]) != "BM" || string(b[6:10]) != "\x00\x00\x00\x00" {
		return false
	}
	n := binary.LittleEndian.Uint32(b[14:])
	return n == 40 || n == 108 || n == 124
}

// resolution is what the header says, in pixels for each metre.
func resolution(b []byte) (s calibration.Statement) {
	x, y := int32(binary.LittleEndian.Uint32(b[38:])), int32(binary.LittleEndian.Uint32(b[42:]))
	if x > 0 && y > 0 {
		s = calibration.Statement{Field: "BMP resolution", Unit: "m", Print: true, Size: [3]float64{1 / float64(x), 1 / float64(y), 0}}
	}
	return s
}
