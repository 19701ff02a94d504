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

// Plain reads a TIFF of the plainest kind, as reconstruction programs write slices and stacks: grey pages
// of one size, not compressed, the strips of each one behind the other. Go reads such a file without
// libtiff, so that it needs no worker, and a folder of a thousand slices no thousand conversations with
// one. It says the same about a file as [Reader] does, but for strips that libtiff would cut for itself. A
// Plain keeps no file open.
type Plain struct {
	path   string
	info   imagefile.Info
	starts []int64 // where each slice begins
	swap   bool
}

// OpenPlain reads the directories of a plain file, and gives ErrNotPlain for any other.
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
	pages, order := plainPages(f, st.Size())
	if len(pages) == 0 || described(pages[0]).format == "OME-TIFF" { // an OME file may be one of several
		return nil, ErrNotPlain
	}
	pic, err := arrange(pages, nil, measured(pages[0], path, described(pages[0])))
	if err != nil || pic.c != 1 || len(pic.planes) != 1 || len(pages) == 1 && described(pages[0]).images > 1 {
		return nil, ErrNotPlain
	}
	r := &Plain{path: path, info: pic.info, swap: order == binary.BigEndian && pages[0].bits > 8}
	for _, p := range pic.planes[0] {
		r.starts = append(r.starts, p.firstByte)
	}
	return r, nil
}

// plainPages are the pages of a file of size bytes, none where one of them is not plain.
func plainPages(f io.ReaderAt, size int64) (pages []*page, order binary.ByteOrder) {
	ahead := &lookahead{r: f}
	d, err := firstDirectory(ahead, size)
	for {
		if err != nil || len(pages) == maxPages {
			return nil, nil // libtiff may do with it what it can, or say what is wrong
		}
		p, ok := d.plainPage(size)
		if !ok {
			return nil, nil
		}
		if pages = append(pages, p); len(pages) > 1 {
			p.description = ""
		}
		if d.next == 0 {
			return pages, d.order
		}
		if d.next <= d.offset {
			return nil, nil // a chain that may have no end
		}
		d, err = readDirectory(ahead, d.order, d.next, size)
	}
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
	slice := len(dst) / w.N()[2]
	for z := w.Min[2]; z < w.Max[2]; z++ {
		c := contiguous{f: f, start: r.starts[z], n: n, pixel: size, size: size, swap: r.swap}
		one := imagefile.Window{Min: [3]int{w.Min[0], w.Min[1], 0}, Max: [3]int{w.Max[0], w.Max[1], 1}}
		err := c.read(ctx, one, dst[(z-w.Min[2])*slice:][:slice])
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("it has become shorter since it was opened")
		}
		if err != nil {
			return err
		}
	}
	return nil
}
