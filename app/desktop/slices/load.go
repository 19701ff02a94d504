package slices

import (
	"math/bits"
	"time"

	"explant/volume"
)

// readBytes is about what is read of the volume at once: little, so that it ends soon when a frame is wanted.
const readBytes = 4 << 20

// refresh is how often the screen is told while the copy fills.
const refresh = 150 * time.Millisecond

// load fills the copy from the first slice to the last.
func (s *Stack) load() {
	slice := s.n[0] * s.n[1] * s.img.Info.Channels * s.img.Info.Type.Size()
	slabs := max(readBytes/slice/s.f[2], 1) // slices of the copy at once
	last := time.Now()
	var room []uint16
	for z := 0; z < s.m[2]; z += slabs {
		began, end := time.Now(), min(z+slabs, s.m[2])
		b, err := s.img.Reader().Read(s.ctx, s.box([3]int{0, 0, z * s.f[2]}, [3]int{s.n[0], s.n[1], min(end*s.f[2], s.n[2])}))
		if err != nil {
			s.fail(err)
			return
		}
		room = s.samples(b, room)
		for k := z; k < end; k++ {
			from := (k - z) * s.f[2] * s.n[0] * s.n[1]
			s.fill(k, room[from:min(from+s.f[2]*s.n[0]*s.n[1], len(room))])
			s.filled[k].Store(true)
			s.count.Add(1)
		}
		if now := time.Now(); now.Sub(last) > refresh || end == s.m[2] {
			last = now
			s.told.Add(1)
			s.ready()
		}
		s.giveWay(time.Since(began))
	}
}

// The loading is held back while planes change: busy after the last change, for breaks times as long as it
// worked.
const (
	busy   = 150 * time.Millisecond
	breaks = 6
)

// giveWay leaves the processors to the frames while a person moves through the planes.
func (s *Stack) giveWay(worked time.Duration) {
	s.mu.Lock()
	moving := time.Since(s.moved) < busy
	s.mu.Unlock()
	if !moving {
		return
	}
	select {
	case <-s.ctx.Done():
	case <-time.After(breaks * worked):
	}
}

// fill makes slice k of the copy of the slices that it stands for.
func (s *Stack) fill(k int, from []uint16) {
	out := s.data[k*s.m[0]*s.m[1]:][:s.m[0]*s.m[1]]
	if s.f == [3]int{1, 1, 1} {
		copy(out, from)
		return
	}
	if s.o.Labels {
		s.pickRows(out, from)
	} else {
		s.meanRows(out, from)
	}
}

// meanRows makes each voxel of a slice of the copy the mean of those that it stands for.
func (s *Stack) meanRows(out, from []uint16) {
	depth := len(from) / (s.n[0] * s.n[1])
	shift := bits.TrailingZeros(uint(s.f[0]))
	sums := make([]uint32, s.m[0])
	for y := range s.m[1] {
		clear(sums)
		rows := min((y+1)*s.f[1], s.n[1]) - y*s.f[1]
		for z := range depth {
			for r := range rows {
				at := (z*s.n[1] + y*s.f[1] + r) * s.n[0]
				addRow(sums, from[at:at+s.n[0]], shift)
			}
		}
		row := out[y*s.m[0]:][:s.m[0]]
		for x, sum := range sums {
			n := uint32(depth * rows * (min((x+1)*s.f[0], s.n[0]) - x*s.f[0]))
			row[x] = uint16((sum + n/2) / n)
		}
	}
}

// addRow adds 1 << shift samples to each of the sums, fewer to the last.
func addRow(sums []uint32, row []uint16, shift int) {
	if shift != 1 {
		for x, v := range row {
			sums[x>>shift] += uint32(v)
		}
		return
	}
	for x := range len(row) / 2 {
		sums[x] += uint32(row[2*x]) + uint32(row[2*x+1])
	}
	if len(row)%2 == 1 {
		sums[len(sums)-1] += uint32(row[len(row)-1])
	}
}

// pickRows makes each voxel the first class that is not 0 of those that it stands for.
func (s *Stack) pickRows(out, from []uint16) {
	shift := [2]int{bits.TrailingZeros(uint(s.f[0])), bits.TrailingZeros(uint(s.f[1]))}
	clear(out)
	for i, v := range from {
		if v == 0 {
			continue
		}
		x, y := i%s.n[0], i/s.n[0]%s.n[1]
		if to := &out[(y>>shift[1])*s.m[0]+x>>shift[0]]; *to == 0 {
			*to = v
		}
	}
}

// Factor is how many voxels became one of the copy, along each axis.
func (s *Stack) Factor() [3]int { return s.f }

// Reduced turns the copy into classes; all of it must have been read.
func (s *Stack) Reduced(class func(sample uint16) uint8) *volume.Labels {
	out := volume.New[uint8](volume.Grid{N: s.m})
	for i, v := range s.data {
		out.Data[i] = class(v)
	}
	return out
}
