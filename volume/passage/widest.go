package passage

import (
	"container/heap"
	"context"
	"fmt"

	"explant/volume"
)

// Neck is the narrowest place of the widest way.
type Neck struct {
	Radius float64 // distance to the nearest wall there, in the unit of the distances
	At     [3]int  // voxel
}

// Widest finds the way from the low to the high face across axis whose smallest distance to a wall is
// as large as it can be, and its neck; false where the faces are not joined. d holds the distance of
// every voxel to the nearest wall, 0 in the walls.
//
// It floods from the low face, always on from the wet edge's largest distance: the smallest one that it had
// to pass when it reaches the high face is the largest possible (the bottleneck path of Pollack, Operations
// Research 8:733, 1960, doi:10.1287/opre.8.5.733, by Prim's algorithm).
func Widest(ctx context.Context, d *volume.Volume[float32], axis int) (Neck, bool, error) {
	if axis < 0 || axis > 2 {
		return Neck{}, false, fmt.Errorf("axis %d: must be 0, 1 or 2", axis)
	}
	f := newFlood(d, axis)
	for steps := 0; ; steps++ {
		if steps&(1<<20-1) == 0 && ctx.Err() != nil {
			return Neck{}, false, ctx.Err()
		}
		at, ok := f.next()
		if !ok {
			return Neck{}, false, nil
		}
		if f.pass(at) {
			return Neck{Radius: float64(d.Data[f.neck]), At: d.Position(f.neck)}, true, nil
		}
	}
}

// flood is what is wet.
type flood struct {
	d      *volume.Volume[float32]
	axis   int
	seen   []uint64 // bits: wet, or at the edge
	neck   int      // the voxel that had to be passed last, no wider one being left; -1 before the first
	within []int    // edge voxels wider than the neck: any order does
	beyond edge     // the others, the widest first
}

func newFlood(d *volume.Volume[float32], axis int) *flood {
	f := &flood{d: d, axis: axis, seen: make([]uint64, (d.Len()+63)/64), neck: -1}
	n := d.N
	n[axis] = 1
	for z := range n[2] {
		for y := range n[1] {
			for x := range n[0] {
				f.meet(d.Offset(x, y, z))
			}
		}
	}
	return f
}

// meet puts a voxel on the edge, unless it is a wall or known.
func (f *flood) meet(at int) {
	if f.d.Data[at] <= 0 || f.seen[at/64]&(1<<(at%64)) != 0 {
		return
	}
	f.seen[at/64] |= 1 << (at % 64)
	if f.neck >= 0 && f.d.Data[at] > f.d.Data[f.neck] {
		f.within = append(f.within, at)
		return
	}
	heap.Push(&f.beyond, spot{f.d.Data[at], at})
}

// next takes a voxel off the edge. One that is no wider than all before becomes the neck: what was wet
// without it did not reach the high face.
func (f *flood) next() (at int, ok bool) {
	if n := len(f.within); n > 0 {
		at = f.within[n-1]
		f.within = f.within[:n-1]
		return at, true
	}
	if len(f.beyond) == 0 {
		return 0, false
	}
	f.neck = heap.Pop(&f.beyond).(spot).at
	return f.neck, true
}

// pass wets a voxel and meets its neighbours; true when it lies at the high face.
func (f *flood) pass(at int) bool {
	p, step := f.d.Position(at), 1
	if p[f.axis] == f.d.N[f.axis]-1 {
		return true
	}
	for a, i := range p {
		if i > 0 {
			f.meet(at - step)
		}
		if i < f.d.N[a]-1 {
			f.meet(at + step)
		}
		step *= f.d.N[a]
	}
	return false
}

// spot is a voxel on the edge.
type spot struct {
	d  float32
	at int
}

// edge is a heap of spots, the largest distance on top, of equal ones the lowest index.
type edge []spot

func (e edge) Len() int      { return len(e) }
func (e edge) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *edge) Push(x any)   { *e = append(*e, x.(spot)) }

func (e edge) Less(i, j int) bool {
	if e[i].d != e[j].d {
		return e[i].d > e[j].d
	}
	return e[i].at < e[j].at
}

func (e *edge) Pop() any {
	old := *e
	last := old[len(old)-1]
	*e = old[:len(old)-1]
	return last
}
