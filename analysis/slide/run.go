package slide

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"explant/volume/parallel"
)

// inFlight is how many tiles may be classified before the first of them is handed on.
const inFlight = 16

// run is the second pass: it classifies every tile, hands the labels to sink in row-major order and
// returns the counts.
func (c *classifier) run(ctx context.Context, t tiling, o parallel.Options, prog parallel.Progress, sink Sink) (*census, error) {
	sum, line := c.newCensus(), newQueue(t, sink)
	var mu sync.Mutex
	var all, free []*palette
	prog.Stage("classes", t.count())
	err := parallel.Each(ctx, t.count(), o, prog, func(ctx context.Context, i int) error {
		labels, err := line.begin(ctx, i)
		if err != nil {
			return err
		}
		mu.Lock()
		if len(free) == 0 {
			all = append(all, c.newPalette())
			free = append(free, all[len(all)-1])
		}
		p := free[len(free)-1]
		free = free[:len(free)-1]
		mu.Unlock()
		defer func() {
			mu.Lock()
			free = append(free, p)
			mu.Unlock()
		}()
		if err := p.tile(ctx, t, i, labels); err != nil {
			return err
		}
		return line.end(i, labels)
	})
	for _, p := range all { // integers: the order of the sums does not matter
		p.flush()
		sum.merge(p.census)
	}
	sum.settle()
	return sum, err
}

func (p *palette) tile(ctx context.Context, t tiling, i int, labels []uint8) error {
	r := t.rect(i)
	n, y, out := r.Dx(), r.Min.Y, make([]uint8, r.Dx())
	near := p.out.near(r)
	return t.smooth(ctx, r, p.radius, func(px []uint8) error {
		for row := range slices.Chunk(labels, n) {
			near.row(r.Min.X, y, out)
			y++
			p.row(px[:3*n], row, out)
			px = px[3*n:]
		}
		return nil
	})
}

// queue hands labels of tiles to a sink in row-major order, one at a time, while others are made.
type queue struct {
	tiling
	sink    Sink
	mu      sync.Mutex
	moved   *sync.Cond
	next    int // the tile that the sink gets next
	ready   map[int][]uint8
	spare   [][]uint8
	sinking bool
}

func newQueue(t tiling, sink Sink) *queue {
	q := &queue{tiling: t, sink: sink, ready: map[int][]uint8{}}
	q.moved = sync.NewCond(&q.mu)
	return q
}

// begin gives room for the labels of tile i; it waits while too many tiles wait for one before them. Tiles must begin in
// order.
func (q *queue) begin(ctx context.Context, i int) ([]uint8, error) {
	stop := context.AfterFunc(ctx, func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		q.moved.Broadcast()
	})
	defer stop()
	q.mu.Lock()
	defer q.mu.Unlock()
	for i >= q.next+inFlight && ctx.Err() == nil {
		q.moved.Wait()
	}
	r := q.rect(i)
	n := r.Dx() * r.Dy()
	if k := len(q.spare) - 1; k >= 0 {
		l := q.spare[k]
		q.spare = q.spare[:k]
		return l[:n], ctx.Err()
	}
	return make([]uint8, n, q.side*q.side), ctx.Err()
}

// end takes the labels of tile i, and hands on what is ready unless another goroutine is at it.
func (q *queue) end(i int, labels []uint8) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ready[i] = labels
	if q.sinking {
		return nil
	}
	q.sinking = true
	for {
		l, ok := q.ready[q.next]
		if !ok {
			q.sinking = false
			return nil
		}
		delete(q.ready, q.next)
		q.mu.Unlock()
		err := q.sink(q.rect(q.next), l)
		q.mu.Lock()
		if err != nil { // nobody sinks any more
			return fmt.Errorf("take labels of %v: %w", q.rect(q.next), err)
		}
		q.spare = append(q.spare, l)
		q.next++
		q.moved.Broadcast()
	}
}
