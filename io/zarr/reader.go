package zarr

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/singleflight"

	"explant/io/imagefile"
)

// cacheBytes bounds the decoded chunks that are kept in memory. Of a level whose chunks are deeper than a
// slice and of which one layer of chunks is larger, decoded chunks are kept in a temporary file without a
// name instead, so that reading slice after slice decodes each chunk once.
const cacheBytes = 128 << 20

// Reader reads one image. Its methods may be called from several goroutines at once; a chunk that two of
// them want is decoded once.
type Reader struct {
	path   string
	s      store
	image  *image
	cache  *cache
	flight singleflight.Group
	slots  chan struct{} // bounds the chunks that are being decoded

	mu     sync.Mutex
	spills []*spill // by level; nil where memory does
	closed bool
}

func newReader(path string, s store, i *image) *Reader {
	return &Reader{path: path, s: s, image: i, cache: newCache(cacheBytes), spills: make([]*spill, len(i.grids)),
		slots: make(chan struct{}, runtime.GOMAXPROCS(0))}
}

// Info tells what the store holds.
func (r *Reader) Info() imagefile.Info { return r.image.info }

// Read decodes a window.
func (r *Reader) Read(ctx context.Context, w imagefile.Window) (imagefile.Block, error) {
	return imagefile.ReadBlock(ctx, r, w)
}

// ReadInto decodes a window into dst, which must have its size.
func (r *Reader) ReadInto(ctx context.Context, w imagefile.Window, dst []byte) error {
	err := imagefile.CheckInto(r.image.info, w, dst)
	if err == nil {
		err = r.window(ctx, w, dst)
	}
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("read %s: %w", filepath.Base(r.path), err)
	}
	return err
}

// Close frees the files and the memory.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return nil
	}
	r.closed = true
	errs := []error{r.s.Close()}
	for _, s := range r.spills {
		if s != nil {
			errs = append(errs, s.f.Close())
		}
	}
	return errors.Join(errs...)
}

// window reads all chunks that w touches, several at once; each fills a part of dst of its own.
func (r *Reader) window(ctx context.Context, w imagefile.Window, dst []byte) error {
	if err := r.prepare(w.Level); err != nil {
		return err
	}
	want := box{min: [4]int{0, w.Min[2], w.Min[1], w.Min[0]}, max: [4]int{r.image.info.Channels, w.Max[2], w.Max[1], w.Max[0]}}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(cap(r.slots))
	r.image.chunks(w.Level, want, func(at [4]int) bool {
		g.Go(func() error {
			if err := gctx.Err(); err != nil {
				return err
			}
			return r.chunk(w.Level, at, want, dst)
		})
		return gctx.Err() == nil
	})
	if err := g.Wait(); err != nil {
		return err
	}
	return ctx.Err()
}

// prepare opens the temporary file of a level that needs one.
func (r *Reader) prepare(level int) (err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return errors.New("the reader is closed")
	}
	if r.spills[level] == nil && r.image.layer(level) > int64(r.cache.limit) {
		r.spills[level], err = newSpill()
	}
	return err
}
