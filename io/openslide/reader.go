package openslide

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"explant/io/imagefile"
)

// Reader reads one slide. Its methods may be called from several goroutines at once.
type Reader struct {
	path       string
	info       imagefile.Info
	background [3]byte

	mu      sync.Mutex
	current *handle // nil after an error, until the next read
	closed  bool
}

var errClosed = errors.New("the reader is closed")

// Open reads the description of a slide; no pixel of the slide is decoded. Errors name the file by its base
// name, and a file that belongs to the slide and is missing.
func Open(ctx context.Context, path string) (*Reader, error) {
	r, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("read slide %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(ctx context.Context, path string) (*Reader, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	bytes, err := sizeOf(path)
	if err != nil {
		return nil, err
	}
	r := &Reader{path: path}
	h, err := openHandle(path)
	if errors.Is(err, errUnknown) {
		return nil, unknown(path)
	}
	if err != nil {
		return nil, r.damaged(err)
	}
	r.current = h
	if r.info, r.background, err = describe(h); err == nil {
		err = plausible(r.info, bytes)
	}
	if err != nil {
		h.close()
		return nil, err
	}
	return r, nil
}

// sizeOf is the size of all files of a slide in bytes.
func sizeOf(path string) (total int64, err error) {
	names, err := Files(path)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		st, err := os.Stat(name)
		if err != nil {
			return 0, errors.Unwrap(err)
		}
		total += st.Size()
	}
	return total, nil
}

// maxRatio is how many decoded bytes one byte of file may stand for; slides, most of whose area is not
// scanned, stay below 2000.
const maxRatio = 1 << 16

func plausible(i imagefile.Info, bytes int64) error {
	if claim := i.Bytes(); claim/maxRatio > bytes {
		return fmt.Errorf("it claims %d MiB of pixels in %d bytes of file", claim>>20, bytes)
	}
	return nil
}

// unknown says why the installed OpenSlide may not know a file, and what to do.
func unknown(path string) error {
	why := "it may be damaged, or of a newer scanner: export it as OME-TIFF or as tiled TIFF"
	switch ext := filepath.Ext(path); {
	case strings.EqualFold(ext, ".czi"):
		why = "it has no reader for Zeiss CZI: export it from ZEN as OME-TIFF"
	case strings.EqualFold(ext, ".mrxs") && ext != ".mrxs":
		why = "it wants the ending .mrxs in small letters: rename the file"
	}
	return fmt.Errorf("OpenSlide %s does not know it, %s", version(), why)
}

// Info tells what the slide holds.
func (r *Reader) Info() imagefile.Info { return r.info }

// Read decodes a window. The window must lie inside its level.
func (r *Reader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size. A pixel of a level has one value, whatever
// window it is read through.
func (r *Reader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	if err := imagefile.CheckInto(r.info, w, dst); err != nil {
		return r.name(err)
	}
	var argb []uint32
	for _, b := range blocks(r.info.Levels[w.Level], w) {
		if err := ctx.Err(); err != nil {
			return err
		}
		if n := b.from.Dx() * b.from.Dy(); len(argb) < n {
			argb = make([]uint32, n)
		}
		if err := r.region(w.Level, b, argb); err != nil {
			return r.name(fmt.Errorf("level %d at %d, %d: %w", w.Level, b.want.Min.X, b.want.Min.Y, r.damaged(err)))
		}
		paste(dst, w, b, argb, r.background)
	}
	return nil
}

// damaged says what to do about an error of OpenSlide, which may name the file by its whole path.
func (r *Reader) damaged(err error) error {
	what := strings.ReplaceAll(err.Error(), r.path, filepath.Base(r.path))
	return fmt.Errorf("it is damaged or not complete, copy it again with all its files: %s", what)
}

func (r *Reader) name(err error) error {
	return fmt.Errorf("read slide %s: %w", filepath.Base(r.path), err)
}

// region decodes one block. An error spoils a handle for everybody who reads through it, so that a block which
// fails is tried once more through a handle of its own: damage elsewhere does not decide about it.
func (r *Reader) region(level int, b block, argb []uint32) error {
	h, err := r.take()
	if err != nil {
		return err
	}
	err = h.read(level, b.x0, b.y0, b.from.Dx(), b.from.Dy(), argb)
	r.give(h, err != nil)
	if err == nil {
		return nil
	}
	if h, err = openHandle(r.path); err != nil {
		return err
	}
	defer h.close()
	return h.read(level, b.x0, b.y0, b.from.Dx(), b.from.Dy(), argb)
}

// take gives the shared handle, a fresh one when the last was spoilt.
func (r *Reader) take() (h *handle, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil, errClosed
	}
	if r.current == nil {
		if r.current, err = openHandle(r.path); err != nil {
			return nil, err
		}
	}
	r.current.users++
	return r.current, nil
}

// give returns a handle; the last user of one that is spoilt or no longer wanted closes it.
func (r *Reader) give(h *handle, spoilt bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if spoilt && r.current == h {
		r.current = nil
	}
	if h.users--; h.users == 0 && r.current != h {
		h.close()
	}
}

// Close frees the slide; reads under way finish first.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := r.current
	r.closed, r.current = true, nil
	if h != nil && h.users == 0 {
		h.close()
	}
	return nil
}
