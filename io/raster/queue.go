package raster

import (
	"context"
	"slices"
	"sync"
)

// queue lets one goroutine at a time to the rows of a picture. Of those that wait it goes on with the one
// that asks for the first row among those still kept, so that requests that overtake one another do not
// start the picture again; those that come too late for the kept rows wait until the others are served.
type queue struct {
	mu      sync.Mutex
	busy    bool
	closed  bool
	waiting []ticket
}

// ticket is a request that begins at row.
type ticket struct {
	row  int
	turn chan error
}

// enter waits for the turn of a request that begins at row. Whoever gets no error must leave.
func (q *queue) enter(ctx context.Context, row int) error {
	q.mu.Lock()
	if q.closed || !q.busy {
		defer q.mu.Unlock()
		if q.closed {
			return errClosed
		}
		q.busy = true
		return nil
	}
	t := ticket{row, make(chan error, 1)}
	q.waiting = append(q.waiting, t)
	q.mu.Unlock()
	select {
	case err := <-t.turn:
		return err
	case <-ctx.Done():
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if i := slices.Index(q.waiting, t); i >= 0 {
		q.waiting = slices.Delete(q.waiting, i, i+1)
	} else if <-t.turn == nil { // its turn came at the same time
		q.pass(0)
	}
	return ctx.Err()
}

// leave lets the next one in. Rows from lo on are kept.
func (q *queue) leave(lo int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.pass(lo)
}

func (q *queue) pass(lo int) {
	if q.busy = len(q.waiting) > 0; !q.busy {
		return
	}
	best := 0
	for i, t := range q.waiting {
		if late, b := t.row < lo, q.waiting[best].row; late == (b < lo) && t.row < b || !late && b < lo {
			best = i
		}
	}
	q.waiting[best].turn <- nil
	q.waiting = slices.Delete(q.waiting, best, best+1)
}

// shut ends the queue: whoever waits gets an error.
func (q *queue) shut() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed, q.busy = true, false
	for _, t := range q.waiting {
		t.turn <- errClosed
	}
	q.waiting = nil
}
