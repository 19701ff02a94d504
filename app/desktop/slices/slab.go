package slices

import (
	"explant/volume/render"
)

// Projection is how the slices of a thick slab become one picture.
type Projection int

// The projections.
const (
	Mean Projection = iota
	Max
	Min
)

// String names a projection.
func (p Projection) String() string { return [...]string{"mean", "max", "min"}[p] }

// slab names a thick slab.
type slab struct {
	place
	n    int
	mode Projection
	told int64 // how often the screen had been told of more of the copy
}

// Slab gives n slices around one as a picture, from the copy: coarse where that is reduced. The part that
// would lie beyond the volume is left out; slices that are not read yet count for nothing. The last one of
// each axis is kept.
func (s *Stack) Slab(a render.Axis, index, n int, mode Projection) *Plane {
	at := slab{place{a, index}, n, mode, s.told.Load()}
	s.mu.Lock()
	if p := s.slabs[a]; p != nil && s.slabOf[a] == at {
		s.mu.Unlock()
		return p
	}
	s.mu.Unlock()
	p := s.project(at)
	s.mu.Lock()
	s.slabs[a], s.slabOf[a] = p, at
	s.mu.Unlock()
	return p
}

// project makes the picture of a slab.
func (s *Stack) project(at slab) *Plane {
	f := s.f[at.axis]
	from, to := max(at.index-(at.n-1)/2, 0), min(at.index+at.n/2+1, s.n[at.axis])
	first, last := from/f, (to+f-1)/f
	c, r := sides(at.axis)
	out := &Plane{W: s.m[c], H: s.m[r], Data: make([]uint16, s.m[c]*s.m[r]), Fine: s.f == [3]int{1, 1, 1}}
	if at.axis != render.Z {
		for z := range s.m[2] {
			if s.filled[z].Load() {
				s.projectRow(out.Data[(s.m[2]-1-z)*out.W:][:out.W], z, first, last, at)
			}
		}
		return out
	}
	sum := newFold(len(out.Data), at.mode)
	for z := first; z < last; z++ {
		if s.filled[z].Load() {
			sum.add(s.data[z*len(out.Data):][:len(out.Data)])
		}
	}
	sum.into(out.Data)
	return out
}

// projectRow makes the row of a slab across x or y that lies in slice z of the copy.
func (s *Stack) projectRow(row []uint16, z, first, last int, at slab) {
	nx, ny := s.m[0], s.m[1]
	slice := s.data[z*nx*ny:][:nx*ny]
	if at.axis == render.Y {
		sum := newFold(nx, at.mode)
		for y := first; y < last; y++ {
			sum.add(slice[y*nx:][:nx])
		}
		sum.into(row)
		return
	}
	for y := range row {
		run := slice[y*nx+first : y*nx+last]
		best, total := run[0], uint32(0)
		for _, v := range run {
			switch at.mode {
			case Max:
				best = max(best, v)
			case Min:
				best = min(best, v)
			default:
				total += uint32(v)
			}
		}
		if at.mode == Mean {
			best = uint16((total + uint32(len(run))/2) / uint32(len(run)))
		}
		row[y] = best
	}
}

// fold joins rows of samples.
type fold struct {
	mode Projection
	n    uint32
	best []uint16
	sums []uint32
}

func newFold(n int, mode Projection) *fold {
	if mode == Mean {
		return &fold{mode: mode, sums: make([]uint32, n)}
	}
	return &fold{mode: mode, best: make([]uint16, n)}
}

func (f *fold) add(row []uint16) {
	f.n++
	switch {
	case f.mode == Mean:
		for i, v := range row {
			f.sums[i] += uint32(v)
		}
	case f.n == 1:
		copy(f.best, row)
	case f.mode == Max:
		for i, v := range row {
			f.best[i] = max(f.best[i], v)
		}
	default:
		for i, v := range row {
			f.best[i] = min(f.best[i], v)
		}
	}
}

// into writes the result; nothing where no row was added.
func (f *fold) into(out []uint16) {
	if f.mode != Mean {
		copy(out, f.best)
		return
	}
	for i, v := range f.sums {
		if f.n > 0 {
			out[i] = uint16((v + f.n/2) / f.n)
		}
	}
}
