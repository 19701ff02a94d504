package spatial

import "math/bits"

// Lattice is points in rows along x, each loaded, free, or no room at all: two bits a point.
type Lattice struct {
	N    [3]int
	Step [3]float64 // between points along x, y, z
	row  int        // words of a row
	load []uint64
	room []uint64
}

// Words is the length of each of the two arrays that hold a lattice.
func Words(n [3]int) int { return (n[0] + 63) / 64 * n[1] * n[2] }

// NewLattice returns a lattice on two arrays of Words zeros: there is no room yet.
func NewLattice(n [3]int, step [3]float64, load, room []uint64) *Lattice {
	return &Lattice{N: n, Step: step, row: (n[0] + 63) / 64, load: load, room: room}
}

// Row returns the bits of row (y, z), to be set or read: point x is bit x%64 of word x/64. What is loaded
// must have room too, and bits beyond the row must be 0.
func (l *Lattice) Row(y, z int) (load, room []uint64) {
	at := l.row * (y + l.N[1]*z)
	return l.load[at : at+l.row], l.room[at : at+l.row]
}

// Count is how many points of a box [min, max) are loaded and how many have room.
func (l *Lattice) Count(lo, hi [3]int) (load, room int64) {
	first, last := lo[0]/64, (hi[0]-1)/64
	head, tail := ^uint64(0)<<(lo[0]%64), ^uint64(0)>>(63-(hi[0]-1)%64)
	for z := lo[2]; z < hi[2]; z++ {
		for y := lo[1]; y < hi[1]; y++ {
			loads, rooms := l.Row(y, z)
			for w := first; w <= last; w++ {
				mask := ^uint64(0)
				if w == first {
					mask = head
				}
				if w == last {
					mask &= tail
				}
				load += int64(bits.OnesCount64(loads[w] & mask))
				room += int64(bits.OnesCount64(rooms[w] & mask))
			}
		}
	}
	return load, room
}

// pairs counts pairs of points with room at one lag.
type pairs struct{ all, first, second, both int64 }

func (p *pairs) add(q pairs) {
	p.all += q.all
	p.first += q.first
	p.second += q.second
	p.both += q.both
}

// covariance of the loads of two points of a pair: that of the pairs there are, so that neither the
// shape of the room nor its edges bear on it.
func (p pairs) covariance() float64 {
	n := float64(p.all)
	return float64(p.both)/n - float64(p.first)/n*float64(p.second)/n
}

// in counts the pairs of rows (y, z) of slices [z0, z1) at a lag of k points along axis.
func (l *Lattice) in(axis, k, z0, z1 int) (p pairs) {
	var dy, dz, shift int
	switch axis {
	case 0:
		shift = k
	case 1:
		dy = k
	default:
		dz = k
	}
	for z := z0; z < min(z1, l.N[2]-dz); z++ {
		for y := range l.N[1] - dy {
			load, room := l.Row(y, z)
			farLoad, farRoom := l.Row(y+dy, z+dz)
			p.add(matched(load, room, farLoad, farRoom, shift))
		}
	}
	return p
}

// matched counts the pairs of two rows, the second one moved down by shift points.
func matched(load, room, farLoad, farRoom []uint64, shift int) (p pairs) {
	skip, by := shift/64, uint(shift%64)
	for w := range len(room) - skip {
		d, l := farLoad[w+skip]>>by, farRoom[w+skip]>>by
		if by > 0 && w+skip+1 < len(farRoom) {
			d |= farLoad[w+skip+1] << (64 - by)
			l |= farRoom[w+skip+1] << (64 - by)
		}
		p.all += int64(bits.OnesCount64(room[w] & l))
		p.first += int64(bits.OnesCount64(load[w] & l))
		p.second += int64(bits.OnesCount64(room[w] & d))
		p.both += int64(bits.OnesCount64(load[w] & d))
	}
	return p
}
