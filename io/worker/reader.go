package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"explant/io/imagefile"
)

// Limits bounds what one file may cost; the zero value is the default.
type Limits struct {
	Memory int64         // bytes that decoding may allocate; 0 means 640 MiB
	Open   time.Duration // to read the description; 0 means 5 s, and 1 s more for each 200 MB of file
	Read   time.Duration // to decode a piece of at most 32 MiB; 0 means 30 s, and 1 s more for each 20 MB of a PNG or JPEG
}

func (l Limits) orDefault(fileSize int64) Limits {
	if l.Memory <= 0 {
		l.Memory = 640 << 20
	}
	if l.Open <= 0 {
		l.Open = 5*time.Second + time.Duration(fileSize/200e6)*time.Second
	}
	if l.Read <= 0 {
		l.Read = 30 * time.Second
	}
	return l
}

// Pixels travel in pieces of this size; a row may need more.
const (
	pieceBytes = 32 << 20
	maxPiece   = 256 << 20
)

// Reader reads one file through a worker. Its methods may be called from several goroutines at once.
type Reader struct {
	decoder Decoder
	path    string
	limits  Limits
	info    imagefile.Info

	mu   sync.Mutex
	p    *process
	err  error          // what ended the reader for good
	busy sync.WaitGroup // reads under way
}

// Open opens a file or a folder in a worker. The errors are those of the decoder's package, and one line
// for a file that crashes the worker, needs more memory or takes more time than the limits.
func Open(ctx context.Context, d Decoder, path string, l Limits) (*Reader, error) {
	full, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(path), err)
	}
	st, err := os.Stat(d.file(full))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", filepath.Base(d.file(path)), errors.Unwrap(err))
	}
	r := &Reader{decoder: d, path: full, limits: l.orDefault(st.Size())}
	if r.p, err = r.connect(ctx); err != nil {
		return nil, err
	}
	if d == Raster && l.Read <= 0 { // all rows above a piece may have to be decoded
		r.limits.Read += time.Duration(r.info.Bytes()/20e6) * time.Second
	}
	return r, nil
}

// connect opens the file in an idle worker.
func (r *Reader) connect(ctx context.Context) (*process, error) {
	p, err := get(ctx, r.limits.Memory)
	if err != nil {
		return nil, err
	}
	a, err := p.call(ctx, request{Op: opOpen, Decoder: r.decoder, Path: r.path}, r.limits.Open)
	if err == nil {
		if err = believable(a.Info); err == nil {
			r.info = *a.Info
			return p, nil
		}
		p.kill("it gave " + err.Error())
		return nil, r.name(err)
	}
	if a.ID != 0 {
		put(p) // it answered: the file is at fault
		return nil, err
	}
	if ctx.Err() != nil {
		p.kill(cancelled) // it may still open the file
		return nil, err
	}
	return nil, r.name(err)
}

func (r *Reader) name(err error) error {
	return fmt.Errorf("read %s: %w", filepath.Base(r.decoder.file(r.path)), err)
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
		return r.name(err)
	}
	if blocks := r.blocks(w); len(blocks) > 1 {
		return r.readBlocks(ctx, w, blocks, dst)
	}
	for _, part := range r.pieces(w) {
		n := imagefile.Bytes(r.info, part)
		if n > maxPiece {
			return r.name(fmt.Errorf("one row has %d MiB", n>>20))
		}
		if err := r.piece(ctx, part, dst[:n], 0); err != nil {
			return err
		}
		dst = dst[n:]
	}
	return nil
}

// pieces cuts a window into slices, and slices into bands of whole strips or tiles, that fit the shared
// memory. In this order they lie behind one another in the window.
func (r *Reader) pieces(w imagefile.Window) (out []imagefile.Window) {
	n := w.N()
	row := n[0] * r.info.Channels * r.info.Type.Size()
	if slices := pieceBytes / (row * n[1]); slices > 0 {
		for z := w.Min[2]; z < w.Max[2]; z += slices {
			p := w
			p.Min[2], p.Max[2] = z, min(z+slices, w.Max[2])
			out = append(out, p)
		}
		return out
	}
	rows := max(pieceBytes/row, 1)
	if tile := r.info.Levels[w.Level].Tile[1]; tile > 0 && rows > tile {
		rows -= rows % tile
	}
	for z := w.Min[2]; z < w.Max[2]; z++ {
		for y := w.Min[1]; y < w.Max[1]; y += rows {
			p := w
			p.Min[2], p.Max[2] = z, z+1
			p.Min[1], p.Max[1] = y, min(y+rows, w.Max[1])
			out = append(out, p)
		}
	}
	return out
}

// piece reads one piece into dst, where its rows begin stride bytes apart, or follow each other when stride is
// 0. When another read was cancelled and the worker killed for it, the file is
// opened again in a fresh one.
func (r *Reader) piece(ctx context.Context, w imagefile.Window, dst []byte, stride int) error {
	for {
		p, err := r.worker(ctx)
		if err != nil {
			return err
		}
		err = r.fetch(ctx, p, w, dst, stride)
		r.busy.Done()
		if err == nil || ctx.Err() != nil || p.alive() {
			return err
		}
		if p.end.Error() != cancelled {
			return r.fail(r.name(p.end))
		}
	}
}

// worker gives the process that has the file open, and counts a read under way.
func (r *Reader) worker(ctx context.Context) (*process, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return nil, r.err
	}
	if !r.p.alive() {
		if why := r.p.end.Error(); why != cancelled {
			r.err = r.name(r.p.end)
			return nil, r.err
		}
		again := &Reader{decoder: r.decoder, path: r.path, limits: r.limits}
		p, err := again.connect(ctx)
		if err != nil {
			return nil, err
		}
		r.p = p
	}
	r.busy.Add(1)
	return r.p, nil
}

// fail ends the reader: its file has ended a worker.
func (r *Reader) fail(err error) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err == nil {
		r.err = err
	}
	return err
}

// fetch has the worker decode into a slot of shared memory and copies from there.
func (r *Reader) fetch(ctx context.Context, p *process, w imagefile.Window, dst []byte, stride int) error {
	select {
	case <-p.free.tokens:
	case <-p.dead:
		return p.end
	case <-ctx.Done():
		return ctx.Err()
	}
	n := p.free.pop()
	defer p.free.put(n)
	s, size := p.slots[n], imagefile.Bytes(r.info, w)
	if err := s.grow(size); err != nil {
		return err
	}
	if err := p.read(ctx, w, n, size, r.limits.Read); err != nil {
		return err
	}
	if stride == 0 {
		copy(dst, s.data[:size])
		return nil
	}
	row := size / w.N()[1]
	for y := range w.N()[1] {
		copy(dst[y*stride:][:row], s.data[y*row:])
	}
	return nil
}

// Close gives the worker back for the next file; reads under way finish first.
func (r *Reader) Close() error {
	r.mu.Lock()
	if r.err == nil {
		r.err = errors.New("the reader is closed")
	}
	p := r.p
	r.p = nil
	r.mu.Unlock()
	if p == nil {
		return nil
	}
	r.busy.Wait()
	if !p.alive() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), cancelTime)
	defer cancel()
	a, err := p.call(ctx, request{Op: opClose}, r.limits.Read)
	if a.ID == 0 {
		p.kill("it did not close its file")
		return nil
	}
	put(p)
	return err
}
