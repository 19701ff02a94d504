package slices

import (
	"context"
	"time"

	"explant/volume/render"
)

// wish is a plane that is wanted at full resolution; came is closed when it has been read.
type wish struct {
	place
	came chan struct{}
}

// notice remembers when the planes that are looked at change.
func (s *Stack) notice(at place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moveTo(at)
}

// moveTo is notice, with the lock held; it reports whether another plane is looked at than before. Reading a
// plane that lies scattered over the file ends then: it would hold up what is wanted now.
func (s *Stack) moveTo(at place) bool {
	if last, there := s.asked[at.axis]; there && last == at.index {
		return false
	}
	s.asked[at.axis] = at.index
	s.moved = time.Now()
	if s.stopRead != nil {
		s.stopRead()
	}
	return true
}

// patience is how long a frame waits for a plane across z at full resolution: less than a second frame costs.
const patience = 6 * time.Millisecond

// wish asks for a plane at full resolution. What it returns is closed when the plane has been read; nil where
// that is not worth waiting for.
func (s *Stack) wish(at place) chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := s.moveTo(at)
	w, there := s.want[at.axis]
	if !there || w.place != at {
		w = wish{at, make(chan struct{})}
		s.want[at.axis] = w
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
	if at.axis != render.Z || s.slow || !fresh {
		return nil
	}
	s.awaited = w.came
	return w.came
}

// await waits a moment for a plane; nil where it did not come.
func (s *Stack) await(at place, came chan struct{}) *Plane {
	if came == nil {
		return nil
	}
	select {
	case <-came:
	case <-time.After(patience):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.awaited = nil
	return s.fine[at]
}

// rest is how long nothing may have moved before a plane across x or y is read: it lies scattered over the
// file, and most of those that are passed by are never looked at.
const rest = 100 * time.Millisecond

// fetch reads planes at full resolution, the newest wish of each axis.
func (s *Stack) fetch() {
	for {
		w, wait, ok := s.nextWish(time.Now())
		if ok {
			s.fulfil(w)
			continue
		}
		var rested <-chan time.Time
		if wait > 0 {
			rested = time.After(wait)
		}
		select {
		case <-s.ctx.Done():
			return
		case <-s.wake:
		case <-rested:
		}
	}
}

// fulfil reads what was wished for, and tells. Across x and y it is given up when something moves.
func (s *Stack) fulfil(w wish) {
	defer close(w.came)
	ctx, stop := context.WithCancel(s.ctx)
	defer stop()
	if w.axis != render.Z {
		s.mu.Lock()
		s.stopRead = stop
		s.mu.Unlock()
	}
	began := time.Now()
	p, err := s.read(ctx, w.place)
	s.mu.Lock()
	s.stopRead = nil
	if w.axis == render.Z {
		s.slow = time.Since(began) > 2*patience
	}
	if err == nil {
		s.keep(w.place, p)
	}
	awaited := s.awaited == w.came
	s.mu.Unlock()
	switch {
	case err == nil && !awaited:
		s.ready()
	case err != nil && ctx.Err() == nil:
		s.fail(err)
	}
}

// keep remembers a plane at full resolution, and forgets the oldest; the lock is held.
func (s *Stack) keep(at place, p *Plane) {
	if _, ok := s.fine[at]; !ok {
		s.order = append(s.order, at)
	}
	s.fine[at] = p
	for len(s.order) > finePlanes {
		delete(s.fine, s.order[0])
		s.order = s.order[1:]
	}
}

// nextWish takes a wish that is due; planes across z come first, for they are read fastest. With none due it
// tells how long to wait, 0 for a new wish.
func (s *Stack) nextWish(now time.Time) (next wish, wait time.Duration, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return next, 0, false
	}
	for _, a := range []render.Axis{render.Z, render.Y, render.X} {
		w, there := s.want[a]
		if !there {
			continue
		}
		left := rest - now.Sub(s.moved)
		if _, kept := s.fine[w.place]; kept {
			delete(s.want, a)
			continue
		}
		if a == render.Z || left <= 0 {
			delete(s.want, a)
			return w, 0, true
		}
		if wait == 0 || left < wait {
			wait = left
		}
	}
	return next, wait, false
}
