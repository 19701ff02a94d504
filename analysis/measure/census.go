package measure

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// plane is what one plane across the flow axis holds.
type plane struct {
	n         [segment.ClassCount]int64 // voxels of each class
	occupancy float64                   // deposit, border voxels weighted by their grey; voxels
}

// census is one pass over the labels and greys.
type census struct {
	box    segment.Box
	axis   int
	planes []plane // along the axis, from the low end of the box
	total  plane
	faces  int64     // voxel faces between deposit and anything else in the box
	slice  []float64 // occupancy of the planes in the slice that is being counted
}

// take counts classes plane by plane and the deposit's occupancy:
//
//	o = 1 in deposit off its border; in the voxels on both sides of a deposit border
//	o = (I - b)/(d - b), I the grey, d the level of bare deposit, b that of the neighbouring class
//
// not clamped, so that noise and both tails of the blur cancel. The neighbouring class of a voxel
// outside the deposit is its own; of one inside, the commonest other class among its 26 neighbours
// (void before lumen before polymer). Housing, and classes whose level is unknown or nearer to that
// of deposit than a tenth of the span of levels, have no such voxels: their border is where the
// label changes.
//
// Occupancies are summed slice by slice and these sums in the order of the slices, so that they depend
// neither on slabs nor on shards.
func take[T volume.Voxel](ctx context.Context, v *volume.Volume[T], s *segment.Segmentation, axis, z0, z1 int, o parallel.Options, p parallel.Progress) (*Census, error) {
	b := s.Box()
	n := b.Max[axis] - b.Min[axis]
	stage(p, "voxels", z1-z0)
	weigh := newWeigher(s)
	c := &Census{Axis: axis, Planes: make([][segment.ClassCount]int64, n), Slices: make([][]float64, z1-z0)}
	parts := make([]*census, o.Count(z1-z0))
	err := parallel.Slabs(ctx, z1-z0, o, p, func(ctx context.Context, slab parallel.Slab) error {
		part := &census{box: b, axis: axis, planes: make([]plane, n)}
		for z := max(z0+slab.Z0, b.Min[2]); z < min(z0+slab.Z1, b.Max[2]); z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			part.slice = make([]float64, n)
			countSlice(part, v, weigh, z)
			c.Slices[z-z0] = part.slice
			if axis == 2 { // the others are 0
				c.Slices[z-z0] = part.slice[z-b.Min[2]:][:1:1]
			}
		}
		parts[slab.Index(o)] = part
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, part := range parts {
		c.Faces += part.faces
		for i, pl := range part.planes {
			for class, k := range pl.n {
				c.Planes[i][class] += k
			}
		}
	}
	return c, nil
}

// Census is what the slices of a shard hold, plane by plane across the flow axis.
type Census struct {
	Axis   int
	Planes [][segment.ClassCount]int64 // voxels of each class in the planes of the box
	Slices [][]float64                 // of each slice in the box the occupancy by planes, of the one plane where it is one
	Faces  int64
}

// count makes the census of the box from that of slices [0, len(c.Slices)).
func (c *Census) count(b segment.Box) *census {
	out := &census{box: b, axis: c.Axis, planes: make([]plane, len(c.Planes)), faces: c.Faces}
	for i, n := range c.Planes {
		out.planes[i].n = n
	}
	for z, slice := range c.Slices {
		for i, o := range slice {
			if c.Axis == 2 {
				i = z - b.Min[2]
			}
			out.planes[i].occupancy += o
		}
	}
	for _, pl := range out.planes {
		out.total.add(pl)
	}
	return out
}

func (p *plane) add(q plane) {
	for c, n := range q.n {
		p.n[c] += n
	}
	p.occupancy += q.occupancy
}

// bloodSide is the number of voxels that blood could fill.
func (p plane) bloodSide() int64 { return p.n[segment.Void] + p.n[segment.Deposit] }

// all is the number of voxels looked at.
func (p plane) all() (sum int64) {
	for c, n := range p.n {
		if uint8(c) != segment.Outside {
			sum += n
		}
	}
	return sum
}

func countSlice[T volume.Voxel](part *census, v *volume.Volume[T], w *weigher, z int) {
	b := part.box
	marks := make([]uint8, b.Max[0]-b.Min[0]+2)
	for y := b.Min[1]; y < b.Max[1]; y++ {
		part.classes(w.l, y, z)
		w.mark(marks, y, z)
		for x := nextMark(marks, 0); x < b.Max[0]-b.Min[0]; x = nextMark(marks, x+1) {
			weigh(part, v, w, b.Min[0]+x, y, z)
		}
	}
}

// plane is that of a voxel.
func (c *census) plane(x, y, z int) *plane { return &c.planes[c.index(x, y, z)] }

func (c *census) index(x, y, z int) int { return [3]int{x, y, z}[c.axis] - c.box.Min[c.axis] }

// classes counts the classes of row (y, z).
func (c *census) classes(l *volume.Labels, y, z int) {
	row := l.Data[l.Offset(c.box.Min[0], y, z):l.Offset(c.box.Max[0], y, z)]
	for x := 0; x < len(row); {
		end := label.SameUntil(row, x)
		if c.axis == 0 {
			end = x + 1 // each voxel lies in a plane of its own
		}
		c.plane(c.box.Min[0]+x, y, z).n[row[x]] += int64(end - x)
		x = end
	}
}

// weigh adds a voxel in the deposit or at its border.
func weigh[T volume.Voxel](c *census, v *volume.Volume[T], w *weigher, x, y, z int) {
	at := w.l.Offset(x, y, z)
	class := w.l.Data[at]
	unlike := w.unlike(at, x, y, z)
	if class == segment.Deposit {
		c.faces += int64(unlike)
	}
	if unlike > 0 {
		c.slice[c.index(x, y, z)] += w.occupancy(float64(v.Data[at]), class, x, y, z)
	} else if class == segment.Deposit {
		c.slice[c.index(x, y, z)]++
	}
}

// weigher knows how much deposit a voxel at a border holds.
type weigher struct {
	l      *volume.Labels
	box    segment.Box
	levels [segment.ClassCount]float64
	soft   [segment.ClassCount]bool // classes whose border with deposit is weighted
}

func newWeigher(s *segment.Segmentation) *weigher {
	w := &weigher{l: s.Labels, box: s.Box(), levels: s.Levels}
	lo, hi := math.Inf(1), math.Inf(-1)
	for c, level := range s.Levels {
		if !math.IsNaN(level) && uint8(c) != segment.Outside {
			lo, hi = min(lo, level), max(hi, level)
		}
	}
	d := s.Levels[segment.Deposit]
	for c, level := range s.Levels {
		w.soft[c] = c != int(segment.Deposit) && c != int(segment.Housing) && c != int(segment.Outside) && math.Abs(level-d) >= (hi-lo)/10 && hi > lo
	}
	return w
}

// unlike is the number of face neighbours in the box that are deposit where the voxel is not, or
// are not where it is.
func (w *weigher) unlike(at, x, y, z int) (n int) {
	deposit := w.l.Data[at] == segment.Deposit
	b, nx := &w.box, w.l.N[0]
	nxy := nx * w.l.N[1]
	if x > b.Min[0] && (w.l.Data[at-1] == segment.Deposit) != deposit {
		n++
	}
	if x < b.Max[0]-1 && (w.l.Data[at+1] == segment.Deposit) != deposit {
		n++
	}
	if y > b.Min[1] && (w.l.Data[at-nx] == segment.Deposit) != deposit {
		n++
	}
	if y < b.Max[1]-1 && (w.l.Data[at+nx] == segment.Deposit) != deposit {
		n++
	}
	if z > b.Min[2] && (w.l.Data[at-nxy] == segment.Deposit) != deposit {
		n++
	}
	if z < b.Max[2]-1 && (w.l.Data[at+nxy] == segment.Deposit) != deposit {
		n++
	}
	return n
}

// occupancy of a voxel at the border; a grey that is not finite leaves its label as it is.
func (w *weigher) occupancy(grey float64, class uint8, x, y, z int) float64 {
	whole, other := 0.0, class
	if class == segment.Deposit {
		whole, other = 1, w.commonest(x, y, z)
	}
	if !w.soft[other] || math.IsNaN(grey) || math.IsInf(grey, 0) {
		return whole
	}
	return (grey - w.levels[other]) / (w.levels[segment.Deposit] - w.levels[other])
}

// commonest is the commonest class but deposit among the 26 neighbours in the box.
func (w *weigher) commonest(x, y, z int) uint8 {
	var n [segment.ClassCount]int
	b := &w.box
	for k := max(z-1, b.Min[2]); k <= min(z+1, b.Max[2]-1); k++ {
		for j := max(y-1, b.Min[1]); j <= min(y+1, b.Max[1]-1); j++ {
			for i := max(x-1, b.Min[0]); i <= min(x+1, b.Max[0]-1); i++ {
				n[w.l.At(i, j, k)]++
			}
		}
	}
	n[segment.Deposit] = 0
	best := 0
	for c := range n {
		if n[c] > n[best] {
			best = c
		}
	}
	return uint8(best)
}

func stage(p parallel.Progress, name string, total int) {
	if p != nil {
		p.Stage(name, total)
	}
}
