// Package array reads images whose samples lie one after the other in a file, raw or packed: what the
// headers of NRRD, MetaImage, NIfTI, Scanco, VTK and raw files describe.
//
// Raw samples are read where they lie, in the longest runs that a window allows. Packed ones are
// unpacked once, at the first read, to a temporary file that has no name, so that windows can be read in
// any order and a volume needs its memory only once.
package array

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"

	"explant/io/imagefile"
)

// maxRatio bounds unpacked bytes for each byte of a file: Deflate cannot do better.
const maxRatio = 1100

// Layout says how the samples lie in the file: x fastest, then y, then z.
type Layout struct {
	Type      imagefile.Type // as stored
	BigEndian bool
	Planar    bool // all voxels of one channel, then those of the next; otherwise channels are interleaved

	// Convert turns stored little-endian samples into those of Info.Type, as many; nil where the two
	// types are the same.
	Convert func(dst, src []byte)
}

// Part is where samples lie. Several parts follow each other and hold equally many.
type Part struct {
	Path   string
	At     int64                              // byte where it begins; -1 where it is the end of the file
	Unpack func(io.Reader) (io.Reader, error) // nil for raw samples
	Skip   int64                              // unpacked bytes to pass over
}

// Reader reads one image. Its methods may be called from several goroutines at once.
type Reader struct {
	path   string
	info   imagefile.Info
	layout Layout
	parts  []Part
	each   int64 // bytes of samples a part

	mu     sync.Mutex
	src    io.ReaderAt // nil before the first read
	file   *os.File    // what Close must close, if anything
	at     int64       // of the first sample in src
	closed bool
}

// New makes a reader of path, whose header said info and layout. Levels of info are filled in. It
// decodes nothing, and refuses an image that the parts cannot hold.
func New(path string, info imagefile.Info, l Layout, parts ...Part) (*Reader, error) {
	if err := info.Grid.Check(); err != nil {
		return nil, err
	}
	n := info.Grid.N
	info.Levels = []imagefile.Level{{N: n, Downsample: 1, Tile: [2]int{n[0], n[1]}}}
	r := &Reader{path: path, info: info, layout: l, parts: parts}
	total, err := r.total()
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 || total%int64(len(parts)) != 0 {
		return nil, fmt.Errorf("%d bytes of samples do not divide into %d files", total, len(parts))
	}
	r.each = total / int64(len(parts))
	for i := range parts {
		if err := r.plausible(&r.parts[i]); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// total is the number of bytes of stored samples.
func (r *Reader) total() (int64, error) {
	pixel, n := int64(r.layout.Type.Size()*r.info.Channels), int64(r.info.Grid.Len())
	if pixel <= 0 || pixel > 1<<10 || r.info.Type.Size() == 0 || n > 1<<50/pixel {
		return 0, fmt.Errorf("size %v with %d channels of %q is not believable", r.info.Grid.N, r.info.Channels, r.layout.Type)
	}
	return n * pixel, nil
}

// plausible compares the size of a file with what it should hold, and places what lies at its end.
func (r *Reader) plausible(p *Part) error {
	st, err := os.Stat(p.Path)
	if err != nil {
		return fmt.Errorf("its data file %s: %w", filepath.Base(p.Path), plain(err))
	}
	if !st.Mode().IsRegular() {
		return fmt.Errorf("its data file %s is no file", filepath.Base(p.Path))
	}
	if p.At == -1 {
		p.At = st.Size() - r.each
	}
	have := st.Size() - p.At
	switch {
	case p.At < 0 || p.Unpack == nil && r.each > have:
		return fmt.Errorf("%s is cut short: %d of %d bytes of samples", filepath.Base(p.Path), max(have, 0), r.each)
	case p.Unpack != nil && (r.each+p.Skip)/maxRatio > have:
		return fmt.Errorf("it claims %d bytes of samples in %d bytes of file", r.each, max(have, 0))
	}
	return nil
}

// plain drops the path that errors of package os repeat.
func plain(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return p.Err
	}
	return err
}

// Info tells what the file holds.
func (r *Reader) Info() imagefile.Info { return r.info }

// Files are the paths of the files that hold the samples, each once.
func (r *Reader) Files() []string {
	var out []string
	seen := map[string]bool{}
	for _, p := range r.parts {
		if !seen[p.Path] {
			seen[p.Path] = true
			out = append(out, p.Path)
		}
	}
	return out
}

// Read decodes a window.
func (r *Reader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size. The first read of packed samples
// unpacks all of them.
func (r *Reader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	err := imagefile.CheckInto(r.info, w, dst)
	if err == nil {
		err = r.decode(ctx, w, dst)
	}
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("read %s: %w", filepath.Base(r.path), err)
	}
	return err
}

// Close frees the files.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.file
	r.closed, r.src, r.file = true, nil, nil
	if f == nil {
		return nil
	}
	return f.Close()
}

// Beside is the path of a file that a header names. It must lie in the folder of the header or below.
func Beside(header, name string) (string, error) {
	name = filepath.FromSlash(name)
	if !filepath.IsLocal(name) {
		return "", fmt.Errorf("the data file %.80q does not lie in the folder of the header", name)
	}
	return filepath.Join(filepath.Dir(header), name), nil
}
