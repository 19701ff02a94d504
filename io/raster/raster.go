package raster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"explant/io/imagefile"
	"explant/io/scanline"
	"explant/volume"
)

// Largest pictures that are taken for honest: pixels, and decoded bytes for each byte of the file.
const (
	maxPixels    = 1 << 34
	maxRatioPNG  = 1100 // Deflate cannot do better
	maxRatioJPEG = 2000
)

// A JPEG with a side of more than longSide pixels has smaller levels.
const longSide = 4096

// Reader reads one PNG or JPEG. Its methods may be called from several goroutines at once.
type Reader struct {
	path   string
	info   imagefile.Info
	strips []*strip // one for each level
}

// Open reads the header of a PNG or JPEG file; no pixel is decoded.
func Open(path string) (*Reader, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(path string) (*Reader, error) {
	h, size, err := fileHeader(path)
	if err != nil {
		return nil, err
	}
	src, err := h.rows(path, 1)
	if err != nil {
		return nil, err
	}
	f := src.Form()
	r := &Reader{path: path}
	r.describe(h, f)
	if int64(f.Width)*int64(f.Height) > maxPixels || r.info.Bytes()/h.ratio() > size {
		err = fmt.Errorf("it claims %d x %d pixels in %d bytes of file", f.Width, f.Height, size)
	} else {
		err = affordable(h, f)
	}
	if err != nil {
		src.Close()
		return nil, err
	}
	r.addLevels(h, f)
	r.strips[0].src, r.strips[0].passes = src, 1
	return r, nil
}

// fileHeader reads the header and the size of a file.
func fileHeader(path string) (header, int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return header{}, 0, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return header{}, 0, err
	}
	h, err := readHeader(f)
	return h, st.Size(), err
}

// ratio bounds the decoded bytes for each byte of the file.
func (h header) ratio() int64 {
	if h.format == "JPEG" {
		return maxRatioJPEG
	}
	return maxRatioPNG * int64(max(1, 8/max(h.bits, 1))) * 3 // a pixel of a palette may become three bytes
}

// scales reports whether a picture of the form f has a level 1/scale as large.
func (h header) scales(f scanline.Form, scale int) bool {
	return h.format == "JPEG" && scale <= 8 && max(f.Width, f.Height) > longSide && !f.Whole && f.Held == 0
}

func (r *Reader) describe(h header, f scanline.Form) {
	i := &r.info
	i.Format, i.Type, i.Channels, i.Identifiers = h.format, imagefile.Uint8, f.Channels, h.identifiers
	if f.Bytes == 2 {
		i.Type = imagefile.Uint16
	}
	if h.alpha {
		i.Warnings = append(i.Warnings, "the alpha channel was left out")
	}
	if f.Ink {
		i.Warnings = append(i.Warnings, "its inks (CMYK) were made red, green, blue without a colour profile: colours are approximate")
	}
	if h.orientation > 1 {
		i.Warnings = append(i.Warnings, fmt.Sprintf("it was %s, as its EXIF orientation %d says", turns[h.orientation], h.orientation))
	}
	if h.unturned > 1 {
		i.Warnings = append(i.Warnings, fmt.Sprintf("its EXIF orientation %d is not applied: the pixels are taken as stored", h.unturned))
	}
	i.Grid = volume.Grid{N: [3]int{f.Width, f.Height, 1}}
	stored, turn := [2]int{f.Width, f.Height}, h.orientation >= 5 // what is stated of the columns holds of the rows
	if turn {
		stored[0], stored[1] = stored[1], stored[0]
	}
	size := beside(r.path, stored, h.size, i)
	if turn {
		size.Size[0], size.Size[1] = size.Size[1], size.Size[0]
	}
	size.Apply(&i.Grid)
}

// addLevels adds the picture itself, of the form f, and its smaller levels.
func (r *Reader) addLevels(h header, f scanline.Form) {
	for scale := 1; scale == 1 || h.scales(f, scale); scale *= 2 {
		small := f
		small.Width, small.Height = (f.Width+scale-1)/scale, (f.Height+scale-1)/scale
		s := newStrip(func() (rows, error) { return h.rows(r.path, scale) }, small)
		r.strips = append(r.strips, s)
		r.info.Levels = append(r.info.Levels, imagefile.Level{N: [3]int{small.Width, small.Height, 1}, Downsample: float64(scale), Tile: [2]int{small.Width, s.together()}})
	}
}

// Info tells what the file holds.
func (r *Reader) Info() imagefile.Info { return r.info }

// Read decodes a window.
func (r *Reader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size.
func (r *Reader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	err := imagefile.CheckInto(r.info, w, dst)
	if err == nil {
		err = r.strips[w.Level].read(ctx, w, dst)
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("read %s: %w", filepath.Base(r.path), err)
	}
	return err
}

var errClosed = errors.New("the reader is closed")

// Close frees the decoders and the rows; reads under way finish first.
func (r *Reader) Close() error {
	for _, s := range r.strips {
		s.close()
	}
	return nil
}
