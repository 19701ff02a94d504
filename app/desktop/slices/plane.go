package slices

import (
	"time"

	"explant/volume/render"
)

// Plane is a slice of a volume: W x H samples row by row. A picture across z shows y downwards, the
// others z upwards, as pictures of volume/render do. The samples must not be changed.
type Plane struct {
	W, H int
	Data []uint16
	Fine bool // at full resolution
}

// finePlanes are kept at full resolution.
const finePlanes = 24

// Plane gives slice index across an axis with what is there now; the full resolution is read where it is
// not, and ready is called when it has come.
func (s *Stack) Plane(a render.Axis, index int) *Plane {
	at := place{a, index}
	if p := s.kept(at); p != nil {
		return p
	}
	if s.f == [3]int{1, 1, 1} && s.whole(at) {
		return s.copied(at)
	}
	s.mu.Lock()
	if w, there := s.want[a]; !there || w.place != at {
		s.want[a] = wish{at, time.Now()}
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return s.copied(at)
}

func (s *Stack) kept(at place) *Plane {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fine[at]
}

// whole reports whether the copy has all of a plane.
func (s *Stack) whole(at place) bool {
	if at.axis == render.Z {
		return s.filled[at.index/s.f[2]].Load()
	}
	return int(s.count.Load()) == s.m[2]
}

// sides are the axes of columns and rows.
func sides(a render.Axis) (column, row int) {
	switch a {
	case render.X:
		return 1, 2
	case render.Y:
		return 0, 2
	}
	return 0, 1
}

// copied takes a plane from the copy; slices that are not read yet are 0.
func (s *Stack) copied(at place) *Plane {
	c, r := sides(at.axis)
	p := &Plane{W: s.m[c], H: s.m[r], Fine: s.f == [3]int{1, 1, 1}}
	i := at.index / s.f[at.axis]
	nx, ny := s.m[0], s.m[1]
	if at.axis == render.Z {
		p.Data = make([]uint16, nx*ny)
		if s.filled[i].Load() {
			copy(p.Data, s.data[i*nx*ny:])
		}
		return p
	}
	p.Data = make([]uint16, p.W*p.H)
	for z := range s.m[2] {
		if !s.filled[z].Load() {
			continue
		}
		row := p.Data[(s.m[2]-1-z)*p.W:][:p.W]
		if at.axis == render.Y {
			copy(row, s.data[(z*ny+i)*nx:][:nx])
			continue
		}
		for y := range row {
			row[y] = s.data[(z*ny+y)*nx+i]
		}
	}
	return p
}

// wish is a plane that is wanted at full resolution, and since when.
type wish struct {
	place
	since time.Time
}

// rest is how long a plane across x or y must have been wanted before it is read: it lies scattered over the
// file, and most of those that are passed by are never looked at.
const rest = 60 * time.Millisecond

// fetch reads planes at full resolution, the newest wish of each axis.
func (s *Stack) fetch() {
	for {
		at, wait, ok := s.nextWish(time.Now())
		if ok {
			if p, err := s.read(at); err != nil {
				s.fail(err)
			} else {
				s.keep(at, p)
				s.ready()
			}
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

// nextWish takes a wish that is due; planes across z come first, for they are read fastest. With none due it
// tells how long to wait, 0 for a new wish.
func (s *Stack) nextWish(now time.Time) (at place, wait time.Duration, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() != nil {
		return at, 0, false
	}
	for _, a := range []render.Axis{render.Z, render.Y, render.X} {
		w, there := s.want[a]
		if !there {
			continue
		}
		left := rest - now.Sub(w.since)
		if a == render.Z || left <= 0 {
			delete(s.want, a)
			return w.place, 0, true
		}
		if wait == 0 || left < wait {
			wait = left
		}
	}
	return at, wait, false
}

// read reads a plane from the file.
func (s *Stack) read(at place) (*Plane, error) {
	from, to := [3]int{}, s.n
	from[at.axis], to[at.axis] = at.index, at.index+1
	b, err := s.img.Reader().Read(s.ctx, s.box(from, to))
	if err != nil {
		return nil, err
	}
	c, r := sides(at.axis)
	p := &Plane{W: s.n[c], H: s.n[r], Data: s.samples(b), Fine: true}
	if at.axis != render.Z {
		flip(p)
	}
	return p, nil
}

// flip turns a plane so that z runs upwards.
func flip(p *Plane) {
	for y := range p.H / 2 {
		a, b := p.Data[y*p.W:][:p.W], p.Data[(p.H-1-y)*p.W:][:p.W]
		for x := range a {
			a[x], b[x] = b[x], a[x]
		}
	}
}

func (s *Stack) keep(at place, p *Plane) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.fine[at]; !ok {
		s.order = append(s.order, at)
	}
	s.fine[at] = p
	for len(s.order) > finePlanes {
		delete(s.fine, s.order[0])
		s.order = s.order[1:]
	}
}

// Window is the range of values between two percentiles of what is there: of a plane.
func (s *Stack) Window(p *Plane, low, high float64) render.Window {
	var counts [1 << 16]int
	for _, v := range p.Data {
		counts[v]++
	}
	at := func(percent float64) float64 {
		want, seen := percent/100*float64(len(p.Data)), 0
		for v, n := range counts {
			if seen += n; n > 0 && float64(seen) >= want {
				return s.Value(uint16(v))
			}
		}
		return s.Value(0)
	}
	w := render.Window{Low: at(low), High: at(high)}
	if w.High <= w.Low {
		w.High = w.Low + s.scale.step
	}
	return w
}

// Middle reads the middle slice across z now, for the first picture.
func (s *Stack) Middle() (*Plane, error) {
	at := place{render.Z, s.n[2] / 2}
	p, err := s.read(at)
	if err != nil {
		return nil, err
	}
	s.keep(at, p)
	return p, nil
}
