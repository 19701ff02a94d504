package geodesic

import (
	"explant/volume"
	"explant/volume/label"
)

// space is the voxels through which ways may lead.
type space struct {
	volume.Grid
	classes []uint8
	in      *label.Set
	pace    [3]int // from a voxel to the next along x, y, z
}

func newSpace(l *volume.Labels, in *label.Set) space {
	return space{l.Grid, l.Data, in, [3]int{1, l.N[0], l.N[0] * l.N[1]}}
}

func (s *space) open(at int) bool { return s.in[s.classes[at]] }

// sees reports whether the straight line between the centres of two voxels stays in the space. It goes from
// face to face of voxels; where it meets an edge or a corner it goes by an open voxel beside it.
func (s *space) sees(from, to int) bool {
	p, q := s.Position(from), s.Position(to)
	var left, pace, crossed [3]int
	for a := range 3 {
		left[a], pace[a] = q[a]-p[a], s.pace[a]
		if left[a] < 0 {
			left[a], pace[a] = -left[a], -pace[a]
		}
	}
	for at := from; at != to; {
		// the next face across axis a is crossed after (2·crossed+1)/(2·left) of the way
		next := -1
		for a := range 3 {
			if crossed[a] == left[a] {
				continue
			}
			if next < 0 {
				next = a
				continue
			}
			mine, best := (2*crossed[a]+1)*left[next], (2*crossed[next]+1)*left[a]
			if mine < best || mine == best && !s.open(at+pace[next]) {
				next = a
			}
		}
		at += pace[next]
		crossed[next]++
		if !s.open(at) {
			return false
		}
	}
	return true
}
