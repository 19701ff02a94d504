// Package tiles keeps the pieces of large pictures that the screen shows, makes missing ones in the
// background, and draws what it has: coarse at once, sharp when it is there.
package tiles

import (
	"container/list"
	"context"
	"image"
	"slices"
	"sync"
)

// Side is the width and height of a tile in pixels of its level.
const Side = 256

// Key names a tile: its level, 0 the finest, and its column and row.
type Key struct{ Level, X, Y int }

// Level is one resolution of a picture.
type Level struct {
	W, H       int
	Downsample float64 // pixels of the full image a pixel, 1 at level 0
}

// Source makes tiles. Tile may be called from several goroutines at once; a tile at the border is
// smaller, and nil is a tile with nothing on it.
type Source interface {
	Levels() []Level
	Opaque() bool // whether every pixel of every tile covers what lies below
	Tile(ctx context.Context, k Key) (*image.RGBA, error)
}

// Patcher is a source that draws a part of a tile anew faster than all of it. box, of the full image, holds what
// has changed since old was made; old, which is shown meanwhile, must be left as it is.
type Patcher interface {
	Source
	Patch(ctx context.Context, k Key, old *image.RGBA, box Box) (*image.RGBA, error)
}

// Box is a part of the full image, [X0, X1) x [Y0, Y1).
type Box struct{ X0, Y0, X1, Y1 float64 }

func (b Box) empty() bool { return b.X0 >= b.X1 || b.Y0 >= b.Y1 }

// union is the box around two.
func (b Box) union(o Box) Box {
	switch {
	case b.empty():
		return o
	case o.empty():
		return b
	}
	return Box{min(b.X0, o.X0), min(b.Y0, o.Y0), max(b.X1, o.X1), max(b.Y1, o.Y1)}
}

// Cache keeps the tiles of one source that were used last, up to a number of bytes.
type Cache struct {
	src    Source
	levels []Level
	opaque bool
	limit  int
	ready  func()

	mu      sync.Mutex
	wake    *sync.Cond
	held    map[Key]*list.Element
	order   *list.List // of *entry, the last used in front
	bytes   int
	queue   []Key
	making  map[Key]bool
	seen    map[Key]bool // tiles in view at their best level, since the last Draw
	gaps    int          // the level of those when some were missing, so that coarser ones stand in; -1 for none
	version int          // of the source: a tile that was begun before a change is not kept as new
	epoch   int          // a tile that was begun before everything was forgotten is not kept at all
	err     error
	cancel  context.CancelFunc
	done    sync.WaitGroup
}

type entry struct {
	key   Key
	img   *image.RGBA // nil for an empty tile
	stale bool        // shown until its successor is made
	dirty Box         // what has changed since; of a tile whose successor is being made, since that was begun
}

// NewCache starts workers goroutines that make tiles; ready is called after each that is in view. Close ends them.
func NewCache(src Source, limit, workers int, ready func()) *Cache {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Cache{src: src, levels: src.Levels(), opaque: src.Opaque(), limit: limit, ready: ready, held: map[Key]*list.Element{},
		order: list.New(), making: map[Key]bool{}, gaps: -1, cancel: cancel}
	c.wake = sync.NewCond(&c.mu)
	for range workers {
		c.done.Go(func() { c.work(ctx) })
	}
	return c
}

// Close ends the making of tiles and waits for it.
func (c *Cache) Close() {
	c.cancel()
	c.mu.Lock()
	c.queue = nil
	c.mu.Unlock()
	c.wake.Broadcast()
	c.done.Wait()
}

// Levels are those of the source.
func (c *Cache) Levels() []Level { return c.levels }

// Get returns a tile when it is there; fresh is false for one that is missing or about to be replaced.
func (c *Cache) Get(k Key) (img *image.RGBA, there, fresh bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.held[k]
	if !ok {
		return nil, false, false
	}
	c.order.MoveToFront(e)
	it := e.Value.(*entry)
	return it.img, true, !it.stale
}

// Want replaces the list of tiles to make, the most wanted first. Those that are there are skipped.
func (c *Cache) Want(keys []Key) {
	c.mu.Lock()
	c.queue = c.queue[:0]
	queued := make(map[Key]bool, len(keys))
	for _, k := range keys {
		if e, ok := c.held[k]; (!ok || e.Value.(*entry).stale) && !c.making[k] && !queued[k] {
			queued[k] = true
			c.queue = append(c.queue, k)
		}
	}
	n := len(c.queue)
	c.mu.Unlock()
	if n > 0 {
		c.wake.Broadcast()
	}
}

// Busy reports whether tiles are still to come.
func (c *Cache) Busy() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue) > 0 || len(c.making) > 0
}

// Err is the last error of the source, nil once a tile could be made again.
func (c *Cache) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Invalidate marks the tiles that touch a box, grown by a margin in pixels of their level, to be made anew, and
// begins with those in view.
func (c *Cache) Invalidate(box Box, margin float64) {
	c.mu.Lock()
	c.version++
	for _, e := range c.held {
		it := e.Value.(*entry)
		down := c.levels[it.key.Level].Downsample
		d, m := down*Side, down*margin
		tx, ty := float64(it.key.X)*d, float64(it.key.Y)*d
		if tx >= box.X1+m || tx+d <= box.X0-m || ty >= box.Y1+m || ty+d <= box.Y0-m {
			continue
		}
		if c.seen[it.key] && !it.stale && !c.making[it.key] {
			c.queue = slices.Insert(c.queue, 0, it.key)
		}
		it.stale = true
		it.dirty = it.dirty.union(box)
	}
	c.mu.Unlock()
	c.wake.Broadcast()
}

// see remembers which tiles are in view, before they are looked for: coarser ones stand in for what is missing.
func (c *Cache) see(keys []Key, level int) {
	seen := make(map[Key]bool, len(keys))
	for _, k := range keys {
		seen[k] = true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen, c.gaps = seen, level
}

// whole tells that nothing in view is missing: coarser tiles are not seen.
func (c *Cache) whole() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.gaps = -1
}

// shows reports whether a tile changes what is in view; before the first Draw any may.
func (c *Cache) shows(k Key) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen == nil || c.seen[k] || c.gaps >= 0 && k.Level > c.gaps
}

// Forget drops all tiles: the source shows another picture.
func (c *Cache) Forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.epoch++
	clear(c.held)
	c.order.Init()
	c.bytes, c.queue = 0, c.queue[:0]
}

// work makes tiles until ctx ends.
func (c *Cache) work(ctx context.Context) {
	for {
		k, state, ok := c.next(ctx)
		if !ok {
			return
		}
		img, err := c.tile(ctx, k, state)
		c.finish(k, state, img, err)
		if ctx.Err() == nil && c.shows(k) {
			c.ready()
		}
	}
}

// tile makes a tile, from what is held of it where that is faster.
func (c *Cache) tile(ctx context.Context, k Key, begun state) (*image.RGBA, error) {
	if p, ok := c.src.(Patcher); ok && begun.old != nil {
		return p.Patch(ctx, k, begun.old, begun.dirty)
	}
	return c.src.Tile(ctx, k)
}

// state is the version and the epoch that a tile was begun in, and what was held of it and has changed.
type state struct {
	version, epoch int
	old            *image.RGBA
	dirty          Box
}

func (c *Cache) next(ctx context.Context) (k Key, begun state, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.queue) == 0 {
		if ctx.Err() != nil {
			return k, begun, false
		}
		c.wake.Wait()
	}
	k, c.queue = c.queue[0], c.queue[1:]
	c.making[k] = true
	begun = state{version: c.version, epoch: c.epoch}
	if e, held := c.held[k]; held {
		it := e.Value.(*entry)
		if begun.dirty, it.dirty = it.dirty, (Box{}); !begun.dirty.empty() {
			begun.old = it.img
		}
	}
	return k, begun, true
}

func (c *Cache) finish(k Key, begun state, img *image.RGBA, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.making, k)
	c.err = err
	if begun.epoch != c.epoch {
		return
	}
	since := Box{}
	if e, ok := c.held[k]; ok {
		it := e.Value.(*entry)
		if err != nil {
			it.dirty = it.dirty.union(begun.dirty)
			return
		}
		since = it.dirty
		c.bytes -= size(it.img)
		c.order.Remove(e)
	}
	if err != nil {
		return
	}
	next := &entry{key: k, img: img, stale: !since.empty(), dirty: since}
	if since.empty() && begun.old == nil {
		next.stale = begun.version != c.version // nothing was held that could have told what has changed
	}
	c.held[k] = c.order.PushFront(next)
	c.bytes += size(img)
	for c.bytes > c.limit && c.order.Len() > 1 {
		last := c.order.Back()
		it := last.Value.(*entry)
		c.order.Remove(last)
		delete(c.held, it.key)
		c.bytes -= size(it.img)
	}
}

// size is the memory of a tile, an empty one not being free either.
func size(img *image.RGBA) int {
	if img == nil {
		return 64
	}
	return len(img.Pix)
}
