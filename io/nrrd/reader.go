// Package nrrd reads and writes NRRD files: a text header, then raw or gzip-compressed samples, in the
// same file or in one beside it.
//
// Two or three spatial axes are read, with an axis of components before or behind them. Label maps are
// written with their spacing, origin and class names, and the same labels give the same bytes.
//
// Source: http://teem.sourceforge.net/nrrd/format.html.
package nrrd

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"explant/io/imagefile"
)

// maxRatio bounds decoded bytes for each byte of a gzip file: Deflate cannot do better.
const maxRatio = 1100

// Reader reads one NRRD file. Its methods may be called from several goroutines at once.
type Reader struct {
	path      string
	data      string // the file that holds the samples
	h         *header
	component int
	info      imagefile.Info

	mu     sync.Mutex
	f      *os.File // the samples, decompressed; nil before the first read
	at     int64
	closed bool
}

// Open reads the header of an .nrrd or .nhdr file; no sample is decoded.
func Open(path string) (*Reader, error) {
	r, err := open(path)
	if err != nil {
		return nil, fmt.Errorf("read NRRD %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	h, err := readHeader(f)
	if err != nil {
		return nil, err
	}
	r := &Reader{path: path, data: path, h: h}
	if h.dataFile != "" {
		if r.data, err = beside(path, h.dataFile); err != nil {
			return nil, err
		}
		h.start = 0
	}
	if err := r.describe(); err != nil {
		return nil, err
	}
	return r, r.plausible()
}

// beside is the path of a detached data file, which must lie below the folder of its header.
func beside(header, name string) (string, error) {
	if name == "LIST" || len(name) > 4 && name[:4] == "LIST" {
		return "", errors.New("data in a list of files are not read")
	}
	if !filepath.IsLocal(name) {
		return "", fmt.Errorf("the data file %.80q does not lie in the folder of the header", name)
	}
	return filepath.Join(filepath.Dir(header), name), nil
}

// DataFile is the path of the file that holds the samples: path itself unless the header is detached.
func DataFile(path string) (string, error) {
	r, err := Open(path)
	if err != nil {
		return "", err
	}
	return r.data, nil
}

func (r *Reader) describe() error {
	component, spatial, err := r.h.place()
	if err != nil {
		return err
	}
	r.component = component
	i := &r.info
	i.Format, i.Type, i.Channels = "NRRD", r.h.typ, 1
	if component >= 0 {
		i.Channels = r.h.sizes[component]
		if k := r.h.kinds; i.Channels != 3 || len(k) == 0 || k[component] != "rgb-color" && k[component] != "3-color" {
			for c := range i.Channels {
				i.ChannelNames = append(i.ChannelNames, fmt.Sprintf("component %d", c+1))
			}
		}
	}
	if i.Channels == 1 {
		i.ChannelNames = nil
	}
	i.Grid = r.h.grid(spatial)
	i.Levels = []imagefile.Level{{N: i.Grid.N, Downsample: 1, Tile: [2]int{i.Grid.N[0], i.Grid.N[1]}}}
	return i.Grid.Check()
}

// plausible compares the size of the data file with what the header claims.
func (r *Reader) plausible() error {
	st, err := os.Stat(r.data)
	if err != nil {
		return fmt.Errorf("its data file %s: %w", filepath.Base(r.data), errors.Unwrap(err))
	}
	need, have := r.h.bytes(), st.Size()-r.h.start
	switch {
	case r.h.encoding == "gzip" && need/maxRatio > have:
		return fmt.Errorf("it claims %d bytes of samples in %d bytes of file", need, have)
	case r.h.encoding == "raw" && need > have:
		return fmt.Errorf("the file is cut short: %d of %d bytes of samples", max(have, 0), need)
	}
	return nil
}

// Info tells what the file holds.
func (r *Reader) Info() imagefile.Info { return r.info }

// Read decodes a window.
func (r *Reader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size. The first read of a compressed file
// unpacks it to a nameless temporary file.
func (r *Reader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	err := imagefile.CheckInto(r.info, w, dst)
	if err == nil {
		err = r.prepare(ctx)
	}
	if err == nil {
		err = r.window(ctx, w, dst)
	}
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("read %s: %w", filepath.Base(r.path), err)
	}
	return err
}

// prepare opens the samples at the first read.
func (r *Reader) prepare(ctx context.Context) (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.closed:
		return errors.New("the reader is closed")
	case r.f == nil:
		r.f, r.at, err = r.samples(ctx)
	}
	return err
}

// samples opens the data and finds where they begin.
func (r *Reader) samples(ctx context.Context) (f *os.File, at int64, err error) {
	if f, err = os.Open(r.data); err != nil {
		return nil, 0, err
	}
	at, err = skipLines(f, r.h.start, r.h.lineSkip)
	if err == nil && r.h.encoding == "gzip" {
		defer f.Close()
		f, err = r.unpack(ctx, f, at)
		return f, max(r.h.byteSkip, 0), err
	}
	if at += r.h.byteSkip; err == nil && r.h.byteSkip == -1 {
		var st os.FileInfo
		st, err = f.Stat()
		if err == nil {
			at = st.Size() - r.h.bytes()
		}
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, at, nil
}

func skipLines(f *os.File, at int64, lines int) (int64, error) {
	b := make([]byte, 1)
	for lines > 0 {
		if _, err := f.ReadAt(b, at); err != nil {
			return 0, errors.New("the lines to skip do not end")
		}
		if at++; b[0] == '\n' {
			lines--
		}
	}
	return at, nil
}

// unpack decompresses the samples to a temporary file that has no name, so that a volume needs its
// memory only once and windows can be read in any order.
func (r *Reader) unpack(ctx context.Context, f *os.File, at int64) (*os.File, error) {
	z, err := gzip.NewReader(io.NewSectionReader(f, at, 1<<62))
	if err != nil {
		return nil, err
	}
	plain, err := os.CreateTemp("", "explant-nrrd-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(plain.Name()); err != nil {
		plain.Close()
		return nil, err
	}
	need := r.h.bytes() + max(r.h.byteSkip, 0)
	n, err := io.Copy(plain, io.LimitReader(stopping{ctx, z}, need))
	if err == nil && n < need || errors.Is(err, io.ErrUnexpectedEOF) {
		err = fmt.Errorf("the file is cut short: %d of %d bytes of samples", n, need)
	}
	if err != nil {
		plain.Close()
		return nil, err
	}
	return plain, nil
}

// stopping is a reader that ends with its context.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s stopping) Read(b []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(b)
}

// Close frees the file.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed = true; r.f == nil {
		return nil
	}
	f := r.f
	r.f = nil
	return f.Close()
}
