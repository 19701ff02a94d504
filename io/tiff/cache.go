package tiff

import (
	"container/list"
	"context"
	"sync"
	"sync/atomic"
)

// cache remembers decoded strips and tiles up to a number of bytes, for all decoders of a file. Who asks
// first for one that is not there decodes it, and the others wait for that.
type cache struct {
	mu    sync.Mutex
	limit int
	bytes int
	order list.List // of *chunk that nobody uses, the latest in front
	byKey map[chunkKey]*chunk
	spare [][]byte // memory of chunks that were forgotten

	decoded atomic.Int64 // strips and tiles so far, remembered or not
}

type chunkKey struct {
	page  *page
	index int
}

// chunk is a decoded strip or tile. Its data are valid once done is closed, until it is released.
type chunk struct {
	key  chunkKey
	data []byte
	err  error
	done chan struct{}
	left int // pixels that nobody has taken yet
	used int // goroutines that hold it
	at   *list.Element
}

// spares is how many pieces of memory are kept for the next chunks.
const spares = 8

func newCache(limit int) *cache { return &cache{limit: limit, byKey: map[chunkKey]*chunk{}} }

// claim gives a chunk to use. mine says that it holds nothing yet: the caller fills its data, which have
// size bytes, and then calls filled. pixels is how many of them the image has.
func (c *cache) claim(k chunkKey, size, pixels int) (e *chunk, mine bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.hold(k); e != nil {
		return e, false
	}
	e = &chunk{key: k, data: c.memory(size), done: make(chan struct{}), left: pixels, used: 1}
	c.byKey[k] = e
	c.bytes += len(e.data)
	return e, true
}

// peek gives a chunk that is there already; nil when there is none.
func (c *cache) peek(k chunkKey) *chunk {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.hold(k)
}

func (c *cache) hold(k chunkKey) *chunk {
	e := c.byKey[k]
	if e == nil {
		return nil
	}
	e.used++
	if e.at != nil {
		c.order.Remove(e.at)
		e.at = nil
	}
	return e
}

// filled says that the data of a claimed chunk are there, or why they are not.
func (c *cache) filled(e *chunk, err error) {
	e.err = err
	close(e.done)
}

// ready reports a chunk for which nobody has to wait.
func (e *chunk) ready() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}

// wait waits for a chunk that another goroutine decodes.
func (e *chunk) wait(ctx context.Context) error {
	select {
	case <-e.done:
		return e.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// release ends the use of a chunk, of which a window took some pixels. When it was the last window to want
// any and all were taken, the chunk of an image larger than the cache is forgotten at once: its memory,
// still in the caches of the processor, serves the next one.
func (c *cache) release(e *chunk, last bool, pixels int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e.left -= pixels
	if e.used--; e.used > 0 {
		return
	}
	if e.err != nil || last && e.left <= 0 && e.key.page.bytes() > int64(c.limit) {
		c.forget(e)
		return
	}
	e.at = c.order.PushFront(e)
	for c.bytes > c.limit && c.order.Len() > 0 {
		old := c.order.Remove(c.order.Back()).(*chunk)
		c.forget(old)
	}
}

func (c *cache) forget(e *chunk) {
	delete(c.byKey, e.key)
	c.bytes -= len(e.data)
	if len(c.spare) < spares {
		c.spare = append(c.spare, e.data)
	}
	e.data = nil
}

// memory gives size bytes with anything in them.
func (c *cache) memory(size int) []byte {
	for n := len(c.spare); n > 0; n = len(c.spare) {
		b := c.spare[n-1]
		c.spare = c.spare[:n-1]
		if cap(b) >= size && cap(b) <= 2*size {
			return b[:size]
		}
	}
	return make([]byte, size)
}
