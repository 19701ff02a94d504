package tiff

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// wholeChunk is the largest strip that is decoded at once; larger ones go row by row.
const wholeChunk = 64 << 20

// decoder reads the pages of a file, for one goroutine at a time.
type decoder struct {
	path    string
	f       *os.File  // of all decoders, for streams that libtiff is not needed for
	h       *handle   // opened when it is needed
	others  []*handle // of other files of a set, the one used last behind
	scratch []byte
	stream  []byte
	cache   *cache
	whole   int64 // largest strip that is decoded at once
	rows    *rowReader
}

// rowReader reads rows of strips that are too large to hold, for all decoders of a file: a compressed strip
// can only be read from its first row on, and one reader goes on where the last block of rows ended.
type rowReader struct {
	mu     sync.Mutex
	d      *decoder
	closed bool
}

// close ends the reader once a read under way has ended.
func (r *rowReader) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.d.close()
	r.closed = true
}

func (r *rowReader) read(p *page, c part, dst []byte) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return errClosed
	}
	h, err := r.d.at(p)
	if err != nil {
		return err
	}
	return h.rows(c.strip, c.all.y0, c.rows, max(c.plane, 0), p.rowBytes(), dst)
}

func (d *decoder) close() {
	if d.h != nil {
		d.h.close()
		d.h = nil
	}
	for _, h := range d.others {
		h.close()
	}
	d.others = nil
}

// at gives the handle of libtiff with the directory of the page set.
func (d *decoder) at(p *page) (*handle, error) {
	if p.file != nil {
		return d.beside(p)
	}
	if d.h == nil {
		h, err := openHandle(d.path)
		if err != nil {
			return nil, err
		}
		d.h = h
	}
	return d.h, d.h.seek(p.offset)
}

// mostOthers is how many other files of a set a decoder keeps open.
const mostOthers = 8

// beside is at for a page of another file of the set.
func (d *decoder) beside(p *page) (*handle, error) {
	i := slices.IndexFunc(d.others, func(h *handle) bool { return h.path == p.file.path })
	var h *handle
	switch {
	case i >= 0:
		h = d.others[i]
		d.others = slices.Delete(d.others, i, i+1)
	case len(d.others) == mostOthers:
		d.others[0].close()
		d.others = slices.Delete(d.others, 0, 1)
	}
	if h == nil {
		var err error
		if h, err = openHandle(p.file.path); err != nil {
			return nil, fmt.Errorf("file %.80q of its set: %w", filepath.Base(p.file.path), err)
		}
	}
	d.others = append(d.others, h)
	return h, h.seek(p.offset)
}

// decode writes the pixels of one strip or tile, as they are stored, to dst, whose rows are stride bytes
// apart.
func (d *decoder) decode(p *page, c part, dst []byte, stride int) error {
	_, err := d.decodeShown(p, c, dst, stride, nil)
	return err
}

// decodeShown is decode that also copies the view, if it can: shown says whether it did.
func (d *decoder) decodeShown(p *page, c part, dst []byte, stride int, v *view) (shown bool, err error) {
	d.cache.decoded.Add(1)
	if c.index < 0 {
		return false, d.rows.read(p, c, dst)
	}
	if p.file == nil && p.simpleJPEG() {
		done, err := d.inflate(p, c, dst, stride, v)
		if done || err != nil {
			return v != nil, p.name(c.index, err)
		}
	}
	h, err := d.at(p)
	if err != nil {
		return false, err
	}
	row := p.rowBytes()
	if stride == row {
		return false, h.chunk(p, c.index, dst[:row*c.rows])
	}
	b := d.memory(row * c.rows)
	if err := h.chunk(p, c.index, b); err != nil {
		return false, err
	}
	for y := range c.rows {
		copy(dst[y*stride:][:row], b[y*row:])
	}
	return false, nil
}

// inflate decodes a strip or tile with libjpeg alone; false when libtiff has to judge its stream.
func (d *decoder) inflate(p *page, c part, dst []byte, stride int, v *view) (bool, error) {
	where, err := d.places(p)
	if err != nil {
		return false, err
	}
	if c.index >= len(where.offsets) || where.counts[c.index] == 0 || where.counts[c.index] > uint64(p.chunkBytes)+maxTables {
		return false, nil
	}
	n := int(where.counts[c.index])
	if cap(d.stream) < n {
		d.stream = make([]byte, n+n/2)
	}
	b := d.stream[:n]
	if _, err := io.ReadFull(io.NewSectionReader(d.f, int64(where.offsets[c.index]), int64(n)), b); err != nil {
		return false, nil
	}
	return p.inflate(b, p.chunkW, c.rows, dst, stride, v)
}

// places are where the strips and tiles of a page lie in the file.
type places struct{ offsets, counts []uint64 }

func (d *decoder) places(p *page) (*places, error) {
	if w := p.where.Load(); w != nil {
		return w, nil
	}
	h, err := d.at(p)
	if err != nil {
		return nil, err
	}
	w := h.places(p)
	p.where.Store(w)
	return w, nil
}

// memory is room for one strip or tile, valid until the next call.
func (d *decoder) memory(size int) []byte {
	if cap(d.scratch) < size {
		d.scratch = make([]byte, size)
	}
	return d.scratch[:size]
}

// name says which strip or tile an error is about.
func (p *page) name(index int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %d of %d: %w", p.chunkName(), index+1, p.chunks, err)
}
