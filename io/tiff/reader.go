package tiff

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"explant/io/imagefile"
)

// Bytes of decoded strips and tiles that a reader keeps: more for wide pages, so that windows that overlap or
// cut tiles find what the row of windows above them had.
const (
	remembered     = 64 << 20
	mostRemembered = 192 << 20
	rememberedRows = 5 // of tiles
)

// Reader reads one TIFF file. Its methods may be called from several goroutines at once.
type Reader struct {
	path  string
	f     *os.File
	size  int64 // of the file
	pic   *picture
	flat  *contiguous // an ImageJ stack with one directory; nil otherwise
	cache *cache
	whole int64
	rows  *rowReader

	mu     sync.Mutex
	idle   []*decoder
	slots  chan struct{} // bounds the handles in use
	closed bool
}

var errClosed = errors.New("the reader is closed")

// Open reads the directories of a file and decides what they are to each other; no pixel is decoded.
// Errors name the file by its base name.
func Open(ctx context.Context, path string) (*Reader, error) {
	r, err := open(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("read TIFF %s: %w", filepath.Base(path), err)
	}
	return r, nil
}

func open(ctx context.Context, path string) (*Reader, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	r := &Reader{path: path, f: f, cache: newCache(remembered), whole: wholeChunk, slots: make(chan struct{}, max(runtime.GOMAXPROCS(0), 2))}
	r.rows = &rowReader{d: r.decoder()}
	d := r.decoder()
	if err := r.begin(ctx, d); err != nil {
		d.close()
		f.Close()
		return nil, err
	}
	r.idle = append(r.idle, d)
	return r, nil
}

func (r *Reader) begin(ctx context.Context, d *decoder) error {
	st, err := r.f.Stat()
	if err != nil {
		return err
	}
	r.size = st.Size()
	if text, ok := companionText(r.f, r.size); ok {
		err = r.surveyCompanion(ctx, text)
	} else if d.h, err = openHandle(r.path); err == nil {
		err = r.survey(ctx, d.h, r.size)
	}
	if err != nil {
		return err
	}
	first := r.pic.planes[0][0]
	rows := int64(rememberedRows) * int64(first.rowBytes()) * int64((first.w+first.chunkW-1)/first.chunkW) * int64(first.chunkH)
	if first.tiled {
		r.cache.limit = int(min(max(rows, remembered), mostRemembered))
	}
	return nil
}

func (r *Reader) decoder() *decoder {
	return &decoder{path: r.path, f: r.f, cache: r.cache, whole: r.whole, rows: r.rows}
}

// survey reads all directories and arranges them.
func (r *Reader) survey(ctx context.Context, h *handle, fileSize int64) error {
	pages, broken, err := chain(ctx, h)
	if err != nil {
		return err
	}
	s := described(pages[0])
	if s.ome != nil {
		var more int64
		if pages, s, more, err = gather(ctx, r.path, pages, s); err != nil {
			return err
		}
		fileSize += more
	}
	below(h, pages)
	if r.pic, err = arrange(pages, broken, measured(pages[0], r.path, s)); err != nil {
		return err
	}
	if len(pages) == 1 {
		if r.flat, err = findContiguous(r.path, pages[0], r.pic, fileSize); err != nil {
			return err
		}
	}
	return r.believe(fileSize)
}

func (r *Reader) believe(fileSize int64) error {
	if claim := r.pic.info.Bytes(); claim/maxRatio > fileSize {
		return fmt.Errorf("it claims %d MiB of pixels in %d bytes of file", claim>>20, fileSize)
	}
	return nil
}

// chain describes the pages from the first to the last. An error on a later page ends the chain and
// is returned as broken.
func chain(ctx context.Context, h *handle) (pages []*page, broken, err error) {
	for {
		p, err := h.page()
		if err != nil && len(pages) == 0 {
			return nil, nil, err
		}
		if err != nil {
			return pages, err, nil
		}
		pages = append(pages, p)
		if len(pages) > 1 {
			p.description, p.text = "", nil
		}
		more, err := h.next()
		if !more || len(pages) == maxPages {
			return pages, err, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, nil, err
		}
	}
}

// mostSmaller is how many pages below one page are looked at.
const mostSmaller = 64

// below describes the pages under the SubIFDs of pages of this file, as far as they can be read.
func below(h *handle, pages []*page) {
	for _, p := range pages {
		if p.file != nil {
			continue
		}
		for _, offset := range p.subs[:min(len(p.subs), mostSmaller)] {
			if h.seek(offset) != nil {
				continue
			}
			if q, err := h.page(); err == nil {
				q.description, q.text = "", nil
				p.smaller = append(p.smaller, q)
			}
		}
	}
}

// Info tells what the file holds.
func (r *Reader) Info() imagefile.Info { return r.pic.info }

// Read decodes a window. The window must lie inside its level.
func (r *Reader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size.
func (r *Reader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	if err := imagefile.CheckInto(r.Info(), w, dst); err != nil {
		return fmt.Errorf("read %s: %w", filepath.Base(r.path), err)
	}
	if r.flat != nil {
		return r.wrap(w, r.flat.read(ctx, w, dst))
	}
	d, err := r.take(ctx)
	if err != nil {
		return r.wrap(w, err)
	}
	defer r.give(d)
	n := w.N()
	slice := len(dst) / n[2]
	for z := range n[2] {
		if err := r.slice(ctx, d, w, w.Min[2]+z, dst[z*slice:(z+1)*slice]); err != nil {
			w.Min[2] += z
			return r.wrap(w, err)
		}
	}
	return nil
}

func (r *Reader) wrap(w imagefile.Window, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	if r.pic.info.Grid.N[2] > 1 {
		return fmt.Errorf("read slice %d of %s: %w", w.Min[2]+1, filepath.Base(r.path), err)
	}
	return fmt.Errorf("read %s: %w", filepath.Base(r.path), err)
}

// slice reads one slice of a window, its channels interleaved.
func (r *Reader) slice(ctx context.Context, d *decoder, w imagefile.Window, z int, dst []byte) error {
	planes := r.pic.planes[w.Level][z*r.pic.c:][:r.pic.c]
	win := rect{w.Min[0], w.Min[1], w.Max[0], w.Max[1]}
	if r.pic.c == 1 {
		return d.show(ctx, planes[0], win, dst)
	}
	own := planes[0].form.channels * planes[0].form.typ.Size()
	buf := make([]byte, win.w()*win.h()*own)
	for c, p := range planes {
		if err := d.show(ctx, p, win, buf); err != nil {
			return fmt.Errorf("channel %d: %w", c+1, err)
		}
		for i := range win.w() * win.h() {
			copy(dst[(i*r.pic.c+c)*own:][:own], buf[i*own:])
		}
	}
	return nil
}

// take gives a decoder that nobody else uses.
func (r *Reader) take(ctx context.Context) (*decoder, error) {
	select {
	case r.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		<-r.slots
		return nil, errClosed
	}
	if n := len(r.idle); n > 0 {
		d := r.idle[n-1]
		r.idle = r.idle[:n-1]
		return d, nil
	}
	return r.decoder(), nil
}

func (r *Reader) give(d *decoder) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		d.close()
	} else {
		r.idle = append(r.idle, d)
	}
	<-r.slots
}

// Close frees the handles; reads under way finish first.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	for _, d := range r.idle {
		d.close()
	}
	r.idle = nil
	r.rows.close()
	err := r.f.Close()
	if r.flat != nil {
		err = errors.Join(err, r.flat.f.Close())
	}
	return err
}
