package tiles

import (
	"context"
	"image"
	"sync"
	"testing"
	"time"
)

// patched is a ramp that keeps what it was asked to draw anew.
type patched struct {
	*ramp
	mu    sync.Mutex
	boxes []Box
	gate  chan struct{}
}

func (p *patched) Patch(ctx context.Context, k Key, old *image.RGBA, box Box) (*image.RGBA, error) {
	p.mu.Lock()
	p.boxes = append(p.boxes, box)
	p.mu.Unlock()
	if p.gate != nil {
		<-p.gate
	}
	return p.Tile(ctx, k)
}

func (p *patched) asked() []Box {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Box(nil), p.boxes...)
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal(what)
		}
	}
}

// TestPatchHoldsAllThatChanged changes a tile twice before it is made anew, and once more while it is: nothing of
// it is lost, and the last change makes it once more.
func TestPatchHoldsAllThatChanged(t *testing.T) {
	src := &patched{ramp: newRamp(256, 1), gate: make(chan struct{})}
	c := newTestCache(t, src, 1<<30)
	key := Key{}
	fresh := func() bool { _, there, fresh := c.Get(key); return there && fresh }
	c.Want([]Key{key})
	eventually(t, "no tile", fresh)
	if n := len(src.asked()); n != 0 {
		t.Fatalf("a first tile was patched %d times", n)
	}
	c.Invalidate(Box{10, 10, 20, 20}, 0)
	c.Invalidate(Box{30, 5, 40, 15}, 0)
	c.Want([]Key{key})
	eventually(t, "not patched", func() bool { return len(src.asked()) == 1 })
	c.Invalidate(Box{100, 100, 110, 110}, 0)
	src.gate <- struct{}{}
	eventually(t, "still made", func() bool { return !c.Busy() })
	if _, there, fresh := c.Get(key); !there || fresh {
		t.Error("what changed meanwhile is forgotten")
	}
	c.Want([]Key{key})
	eventually(t, "not patched again", func() bool { return len(src.asked()) == 2 })
	close(src.gate)
	eventually(t, "not fresh at last", fresh)
	if got := src.asked(); got[0] != (Box{10, 5, 40, 20}) || got[1] != (Box{100, 100, 110, 110}) {
		t.Errorf("asked for %v", got)
	}
}
