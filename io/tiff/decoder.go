package tiff

import (
	"container/list"
	"sync"
)

// wholeChunk is the largest strip that is decoded at once; larger ones go row by row.
const wholeChunk = 64 << 20

// decoder reads through one handle, for one goroutine at a time.
type decoder struct {
	h       *handle
	scratch []byte
	cache   *cache
	whole   int64 // largest strip that is decoded at once
}

// chunk decodes one strip or tile. A part of one is likely to be followed by its neighbour, so that
// strips and tiles wanted in part are remembered. The bytes are valid until the next call.
func (d *decoder) chunk(p *page, index, size int, part bool) ([]byte, error) {
	key := chunkKey{p.offset, index}
	if part {
		if b := d.cache.get(key); b != nil {
			return b, nil
		}
		b := make([]byte, size)
		if err := d.h.chunk(p, index, b); err != nil {
			return nil, err
		}
		d.cache.put(key, b)
		return b, nil
	}
	if cap(d.scratch) < size {
		d.scratch = make([]byte, size)
	}
	b := d.scratch[:size]
	return b, d.h.chunk(p, index, b)
}

// cache remembers decoded strips and tiles up to a number of bytes, for all decoders of a file.
type cache struct {
	mu    sync.Mutex
	limit int
	bytes int
	order list.List // of *entry, the latest in front
	byKey map[chunkKey]*list.Element
}

type chunkKey struct {
	page  uint64
	index int
}

type entry struct {
	key  chunkKey
	data []byte
}

func newCache(limit int) *cache { return &cache{limit: limit, byKey: map[chunkKey]*list.Element{}} }

func (c *cache) get(k chunkKey) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[k]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry).data
}

// put keeps data, which must not change any more.
func (c *cache) put(k chunkKey, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[k] != nil || len(data) > c.limit {
		return
	}
	c.byKey[k] = c.order.PushFront(&entry{k, data})
	for c.bytes += len(data); c.bytes > c.limit; {
		old := c.order.Remove(c.order.Back()).(*entry)
		delete(c.byKey, old.key)
		c.bytes -= len(old.data)
	}
}
