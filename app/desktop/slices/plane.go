package slices

import (
	"context"

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
// not, and ready is called when it has come. A plane across z, which is read fast, is waited for a moment.
// The same pointer is the same picture.
func (s *Stack) Plane(a render.Axis, index int) *Plane {
	at := place{a, index}
	if p := s.kept(at); p != nil {
		s.notice(at)
		return p
	}
	if s.f == [3]int{1, 1, 1} && s.whole(at) {
		s.notice(at)
		return s.coarse(at)
	}
	if p := s.await(at, s.wish(at)); p != nil {
		return p
	}
	return s.coarse(at)
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

// coarse is a plane of the copy; the last one of each axis is kept, and made anew when the screen has been told
// of more.
func (s *Stack) coarse(at place) *Plane {
	told := s.told.Load()
	if s.whole(at) {
		told = -1
	}
	s.mu.Lock()
	last := s.copies[at.axis]
	s.mu.Unlock()
	if last.plane != nil && last.place == at && last.told == told {
		return last.plane
	}
	p := s.copied(at)
	s.mu.Lock()
	s.copies[at.axis] = copyOf{at, told, p}
	s.mu.Unlock()
	return p
}

// copyOf is a plane of the copy, and how often the screen had been told of more when it was made; -1 where
// nothing more will come.
type copyOf struct {
	place
	told  int64
	plane *Plane
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

// read reads a plane from the file.
func (s *Stack) read(ctx context.Context, at place) (*Plane, error) {
	from, to := [3]int{}, s.n
	from[at.axis], to[at.axis] = at.index, at.index+1
	b, err := s.img.Reader().Read(ctx, s.box(from, to))
	if err != nil {
		return nil, err
	}
	c, r := sides(at.axis)
	p := &Plane{W: s.n[c], H: s.n[r], Data: s.samples(b, nil), Fine: true}
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
	p, err := s.read(s.ctx, at)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.keep(at, p)
	s.mu.Unlock()
	return p, nil
}
