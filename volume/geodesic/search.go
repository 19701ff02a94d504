package geodesic

import (
	"context"
	"math"

	"explant/volume"
)

// queue holds voxels by their distance, in buckets of equal width; within one any order does.
type queue struct {
	width   float64
	buckets [][]uint32
	now     int
}

func (q *queue) push(at int, d float64) {
	k := max(int(d/q.width), q.now)
	for len(q.buckets) <= k {
		q.buckets = append(q.buckets, nil)
	}
	q.buckets[k] = append(q.buckets[k], uint32(at))
}

// pop takes a voxel of the lowest bucket.
func (q *queue) pop() (at int, ok bool) {
	for ; q.now < len(q.buckets); q.now++ {
		if b := q.buckets[q.now]; len(b) > 0 {
			q.buckets[q.now] = b[:len(b)-1]
			return int(b[len(b)-1]), true
		}
		q.buckets[q.now] = nil
	}
	return 0, false
}

// search is a search in progress.
type search struct {
	space
	length []float32 // of the way to each voxel, mm; +Inf where none is known
	pivot  []uint32  // where the last straight line of the way begins
	sure   []uint64  // bits: the line is known to be free and was carried on
	queue
}

func newSearch(ctx context.Context, s space) (out *search, err error) {
	n := s.Len()
	out = &search{space: s}
	if out.length, err = volume.Array[float32](ctx, n); err != nil {
		return nil, err
	}
	if out.pivot, err = volume.Array[uint32](ctx, n); err != nil {
		return nil, err
	}
	if out.sure, err = volume.Array[uint64](ctx, (n+63)/64); err != nil {
		return nil, err
	}
	out.width = min(s.Spacing[0], s.Spacing[1], s.Spacing[2]) / 2
	for i := range out.length {
		out.length[i] = float32(math.Inf(1))
	}
	return out, nil
}

// seed starts ways at a voxel.
func (s *search) seed(at int, length float64) {
	if s.open(at) && length < float64(s.length[at]) {
		s.length[at], s.pivot[at] = float32(length), uint32(at)
		s.push(at, length)
	}
}

// run carries ways on until done says so of a voxel, or none is left.
func (s *search) run(ctx context.Context, done func(at int) bool) error {
	for step := 0; ; step++ {
		if step&(1<<14-1) == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		at, ok := s.pop()
		if !ok {
			return nil
		}
		if s.known(at) {
			continue // shortened after it was put into the queue, and taken out before
		}
		if p := int(s.pivot[at]); p != at && !s.sees(p, at) && s.turn(at) {
			continue
		}
		s.sure[at/64] |= 1 << (at % 64)
		if done(at) {
			return nil
		}
		s.carry(at)
	}
}

func (s *search) known(at int) bool { return s.sure[at/64]&(1<<(at%64)) != 0 }

// carry extends the last line of the way to at to the voxels beside it.
func (s *search) carry(at int) {
	pivot := int(s.pivot[at])
	p, base := s.Position(at), float64(s.length[pivot])
	from := s.Position(pivot)
	for a := range 3 {
		for step := -1; step <= 1; step += 2 {
			if p[a]+step < 0 || p[a]+step >= s.N[a] {
				continue
			}
			to := at + step*s.pace[a]
			if !s.open(to) {
				continue
			}
			q := p
			q[a] += step
			s.offer(to, pivot, base+s.apart(from, q))
		}
	}
}

// offer takes a way to a voxel that is shorter than the one known. Whether its line is free is only looked at
// when the voxel's turn comes; at once where the way that is known was already carried on, so that ways
// become shorter each time and the search ends.
func (s *search) offer(to, pivot int, length float64) {
	if !(float32(length) < s.length[to]*(1-1e-6)) || s.known(to) && !s.sees(pivot, to) {
		return
	}
	s.length[to], s.pivot[to] = float32(length), uint32(pivot)
	s.sure[to/64] &^= 1 << (to % 64)
	s.push(to, length)
}

// turn finds the best way to a voxel that its pivot does not see: over one of the 26 around it to which a
// free way is known, or from the pivot of that one. It is put back into the queue when it is further off now.
func (s *search) turn(at int) (later bool) {
	p := s.Position(at)
	best, pivot := math.Inf(1), at
	for k := range 27 {
		q := [3]int{p[0] + k%3 - 1, p[1] + k/3%3 - 1, p[2] + k/9 - 1}
		if k == 13 || !s.within(q) {
			continue
		}
		n := s.Offset(q[0], q[1], q[2])
		if !s.open(n) || !s.known(n) {
			continue
		}
		if v := int(s.pivot[n]); v != n {
			if d := float64(s.length[v]) + s.apart(s.Position(v), p); d < best && s.sees(v, at) {
				best, pivot = d, v
			}
		}
		if d := float64(s.length[n]) + s.apart(q, p); d < best && s.sees(n, at) {
			best, pivot = d, n
		}
	}
	before := float64(s.length[at])
	s.length[at], s.pivot[at] = float32(best), uint32(pivot)
	if math.IsInf(best, 1) {
		return true // its neighbours were themselves set back: one of them will offer it a way again
	}
	if best > before+s.width {
		s.push(at, best)
		return true
	}
	return false
}

func (s *search) within(p [3]int) bool {
	for a := range 3 {
		if p[a] < 0 || p[a] >= s.N[a] {
			return false
		}
	}
	return true
}

// apart is the distance of the centres of two voxels in mm.
func (s *search) apart(p, q [3]int) float64 {
	sum := 0.0
	for a := range 3 {
		d := float64(p[a]-q[a]) * s.Spacing[a]
		sum += d * d
	}
	return math.Sqrt(sum)
}

// check reports grids on which no length can be had.
func check(l *volume.Labels) error {
	if err := l.Check(); err != nil {
		return err
	}
	_, err := l.VoxelVolume()
	return err
}
