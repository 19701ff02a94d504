package tiff

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"explant/io/imagefile"
)

// ErrNotPlain is returned by [OpenPlain] for a file that libtiff has to read.
var ErrNotPlain = errors.New("not a plain TIFF")

// Plain reads a TIFF of the plainest kind, as reconstruction programs write slices: one grey page,
// not compressed, its strips one behind the other. Go reads such a file without libtiff, so that it needs
// no worker, and a folder of a thousand slices no thousand conversations with one. It says the same about
// a file as [Reader] does, but for strips that libtiff would cut for itself. A Plain keeps no file open.
type Plain struct {
	path  string
	info  imagefile.Info
	start int64
	swap  bool
}

// OpenPlain reads the only directory of a plain file, and gives ErrNotPlain for any other.
func OpenPlain(path string) (*Plain, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	d, err := readDirectory(f, st.Size())
	if err != nil {
		return nil, ErrNotPlain // libtiff may do with it what it can, or say what is wrong
	}
	p, ok := d.plainPage(st.Size())
	if !ok {
		return nil, ErrNotPlain
	}
	pic, err := arrange([]*page{p}, nil, nil)
	if err != nil || described(p).images > 1 || len(pic.planes) != 1 {
		return nil, ErrNotPlain
	}
	return &Plain{path: path, info: pic.info, start: p.firstByte, swap: d.order == binary.BigEndian && p.bits > 8}, nil
}

// plainPage is the page that the directory describes, when nothing about it needs libtiff.
func (d *directory) plainPage(fileSize int64) (*page, bool) {
	p := &page{
		offset: uint64(d.offset), w: d.number(tagWidth, 0), h: d.number(tagHeight, 0), chunks: d.count(tagOffsets),
		bits: d.number(tagBits, 1), samples: d.number(tagSamples, 1), format: d.number(tagFormat, 1),
		photometric: d.number(tagPhotometric, -1), compression: d.number(tagCompression, 1),
		orientation: d.number(tagOrientation, 1), unit: d.number(tagUnit, 2), xres: d.rational(tagX), yres: d.rational(tagY),
		description: d.text(tagDescription), artist: d.count(tagArtist) > 0, host: d.count(tagHost) > 0,
	}
	if d.strange || p.unit < 1 || p.unit > 3 || p.photometric != minIsBlack || p.samples != 1 || p.compression != 1 || p.orientation != 1 || p.bits%8 != 0 || p.w <= 0 || p.h <= 0 {
		return nil, false
	}
	p.chunkW, p.chunkH = p.w, min(d.number(tagRows, p.h), p.h)
	row := int64(p.w) * int64(p.bits/8)
	p.chunkBytes, p.firstByte = row*int64(p.chunkH), d.strips(row, p.h, p.chunkH)
	if p.firstByte < 0 || p.firstByte+row*int64(p.h) > fileSize || p.check() != nil || !p.form.plain(p.bits) {
		return nil, false
	}
	return p, true
}

// Info tells what the file holds.
func (r *Plain) Info() imagefile.Info { return r.info }

// Light says that the reader holds neither a file nor memory between reads.
func (r *Plain) Light() {}

// Close does nothing: no file stays open.
func (r *Plain) Close() error { return nil }

// Read reads a window. The window must lie inside the image.
func (r *Plain) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto reads a window into dst, which must have its size.
func (r *Plain) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	err := imagefile.CheckInto(r.info, w, dst)
	if err == nil {
		err = r.read(ctx, w, dst)
	}
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("read %s: %w", filepath.Base(r.path), err)
	}
	return err
}

func (r *Plain) read(ctx context.Context, w imagefile.Window, dst []byte) error {
	f, err := os.Open(r.path)
	if err != nil {
		return errors.Unwrap(err)
	}
	defer f.Close()
	n, size := r.info.Grid.N, r.info.Type.Size()
	c := contiguous{f: f, start: r.start, n: n, pixel: size, size: size, swap: r.swap}
	err = c.read(ctx, w, dst)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("it has become shorter since it was opened")
	}
	return err
}
