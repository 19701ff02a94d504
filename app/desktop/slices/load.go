package slices

import (
	"time"

	"explant/volume"
)

// readBytes is about what is read of the volume at once.
const readBytes = 8 << 20

// refresh is how often the screen is told while the copy fills.
const refresh = 150 * time.Millisecond

// load fills the copy from the first slice to the last.
func (s *Stack) load() {
	slice := s.n[0] * s.n[1] * s.img.Info.Channels * s.img.Info.Type.Size()
	slabs := max(readBytes/slice/s.f[2], 1) // slices of the copy at once
	told := time.Now()
	for z := 0; z < s.m[2]; z += slabs {
		last := min(z+slabs, s.m[2])
		b, err := s.img.Reader().Read(s.ctx, s.box([3]int{0, 0, z * s.f[2]}, [3]int{s.n[0], s.n[1], min(last*s.f[2], s.n[2])}))
		if err != nil {
			s.fail(err)
			return
		}
		all := s.samples(b)
		for k := z; k < last; k++ {
			from := (k - z) * s.f[2] * s.n[0] * s.n[1]
			s.fill(k, all[from:min(from+s.f[2]*s.n[0]*s.n[1], len(all))])
			s.filled[k].Store(true)
			s.count.Add(1)
		}
		if now := time.Now(); now.Sub(told) > refresh || last == s.m[2] {
			told = now
			s.ready()
		}
	}
}

// fill makes slice k of the copy of the slices that it stands for.
func (s *Stack) fill(k int, from []uint16) {
	out := s.data[k*s.m[0]*s.m[1]:][:s.m[0]*s.m[1]]
	if s.f == [3]int{1, 1, 1} {
		copy(out, from)
		return
	}
	depth := len(from) / (s.n[0] * s.n[1])
	for y := range s.m[1] {
		for x := range s.m[0] {
			out[y*s.m[0]+x] = s.cell(from, x*s.f[0], y*s.f[1], depth)
		}
	}
}

// cell is the mean of the voxels that become one; of classes, the first one that is not 0.
func (s *Stack) cell(from []uint16, x0, y0, depth int) uint16 {
	var sum, n uint32
	for z := range depth {
		for y := y0; y < min(y0+s.f[1], s.n[1]); y++ {
			row := from[(z*s.n[1]+y)*s.n[0]:]
			for x := x0; x < min(x0+s.f[0], s.n[0]); x++ {
				v := row[x]
				if s.o.Labels && v != 0 {
					return v
				}
				sum += uint32(v)
				n++
			}
		}
	}
	return uint16((sum + n/2) / n)
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
