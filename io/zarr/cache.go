package zarr

import (
	"container/list"
	"sync"
)

// cache remembers bytes up to a number of them, the latest used longest.
type cache struct {
	mu    sync.Mutex
	limit int
	bytes int
	order list.List // of *entry, the latest in front
	byKey map[string]*list.Element
}

type entry struct {
	key  string
	data []byte
}

func newCache(limit int) *cache { return &cache{limit: limit, byKey: map[string]*list.Element{}} }

func (c *cache) get(key string) []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.byKey[key]
	if e == nil {
		return nil
	}
	c.order.MoveToFront(e)
	return e.Value.(*entry).data
}

// put keeps data, which must not change any more.
func (c *cache) put(key string, data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.byKey[key] != nil || len(data) > c.limit {
		return
	}
	c.byKey[key] = c.order.PushFront(&entry{key, data})
	for c.bytes += len(data); c.bytes > c.limit; {
		old := c.order.Remove(c.order.Back()).(*entry)
		delete(c.byKey, old.key)
		c.bytes -= len(old.data)
	}
}
