package dicom

import (
	lru "container/list"
	"sync"
)

// recent remembers decoded frames up to a number of bytes, the last one whatever its size.
type recent struct {
	mu    sync.Mutex
	limit int
	bytes int
	order lru.List // of *kept, the latest in front
	by    map[int]*lru.Element
}

type kept struct {
	frame int
	data  []byte
}

func newRecent(limit int) *recent { return &recent{limit: limit, by: map[int]*lru.Element{}} }

func (r *recent) get(frame int) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	e := r.by[frame]
	if e == nil {
		return nil
	}
	r.order.MoveToFront(e)
	return e.Value.(*kept).data
}

// put keeps data, which must not change any more.
func (r *recent) put(frame int, data []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.by[frame] != nil {
		return
	}
	r.by[frame] = r.order.PushFront(&kept{frame, data})
	for r.bytes += len(data); r.bytes > r.limit && r.order.Len() > 1; {
		old := r.order.Remove(r.order.Back()).(*kept)
		delete(r.by, old.frame)
		r.bytes -= len(old.data)
	}
}
