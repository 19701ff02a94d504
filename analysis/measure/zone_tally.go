package measure

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"

	"explant/analysis/frame"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// fraction is the part of a voxel in which the occupancy is counted. Everything here is whole numbers, so
// that sums depend neither on the order of voxels nor on slabs.
const fraction = 1 << 16

// mostOccupancy bounds what one voxel of noise may weigh, in voxels.
const mostOccupancy = 1 << 10

// Amount is what a place holds.
type Amount struct {
	N        [segment.ClassCount]int64 // voxels of each class
	Weighted int64                     // deposit by occupancy, in 65536ths of a voxel; its count where that is the rule
}

func (a *Amount) add(b Amount) {
	for c, n := range b.N {
		a.N[c] += n
	}
	a.Weighted += b.Weighted
}

func (a *Amount) count(class uint8, weight int64) {
	a.N[class]++
	a.Weighted += weight
}

// bloodSide is the number of voxels that blood could fill.
func (a Amount) bloodSide() int64 { return a.N[segment.Void] + a.N[segment.Deposit] }

// fibre is the number of voxels of hollow fibres.
func (a Amount) fibre() int64 { return a.N[segment.Polymer] + a.N[segment.Lumen] }

// inside is the number of voxels inside the housing.
func (a Amount) inside() int64 { return a.bloodSide() + a.fibre() }

// Places is what lies where in the frame of a device. What nobody asks for is empty.
type Places struct {
	Along   []Amount // along the flow
	Across  []Amount // across it, v before w
	Columns []Amount // in columns along the flow: along it, then by v, then by w
	Zones   []Amount // by the values of the zone map
}

func (p *Places) all() [4][]Amount { return [4][]Amount{p.Along, p.Across, p.Columns, p.Zones} }

// add adds what other slices hold.
func (p *Places) add(q *Places) error {
	mine, theirs := p.all(), q.all()
	for k := range mine {
		if len(mine[k]) != len(theirs[k]) {
			return fmt.Errorf("%d places and %d are not those of one frame: %w", len(mine[k]), len(theirs[k]), ErrShards)
		}
		for i, a := range theirs[k] {
			mine[k][i].add(a)
		}
	}
	return nil
}

// addPlaces adds the places of a shard, the first of which brings what the others are added to.
func (s *Sums) addPlaces(p *Places, first bool) error {
	switch {
	case first && p != nil:
		s.Places = &Places{slices.Clone(p.Along), slices.Clone(p.Across), slices.Clone(p.Columns), slices.Clone(p.Zones)}
		return nil
	case first || p == nil && s.Places == nil:
		return nil
	case p == nil || s.Places == nil:
		return fmt.Errorf("some shards were measured in a frame and some without: %w", ErrShards)
	}
	return s.Places.add(p)
}

// scale cuts a length in mm into bins.
type scale struct {
	from, step float64
	n          int
}

// newScale covers from..to with bins of at least step, at most n of them.
func newScale(from, to, step float64, most int) scale {
	step = max(step, (to-from)/float64(most))
	return scale{from, step, max(int(math.Ceil((to-from)/step-1e-6)), 1)}
}

// bin is that of a place; places beyond the ends belong to the first and the last.
func (s scale) bin(at float64) int { return max(0, min(int((at-s.from)/s.step), s.n-1)) }

// middle of a bin.
func (s scale) middle(bin int) float64 { return s.from + (float64(bin)+0.5)*s.step }

// The finest cutting of a device: along the flow and across it a voxel, up to so many bins; columns of at
// least so many voxels, up to so many along v and w.
const (
	mostAlong    = 1 << 14
	mostAcross   = 1 << 9
	columnVoxels = 8
	mostColumns  = 24
)

// cut says how the box of a volume is cut into places.
type cut struct {
	vox                                         frame.Voxels
	box                                         segment.Box
	along, acrossV, acrossW, columnsV, columnsW scale
	asked
}

// asked says what is to be counted beside the course along the flow.
type asked struct{ across, columns, zones, weighed bool }

// newCut cuts the box of a volume in the frame's directions.
func newCut(f frame.Frame, g volume.Grid, box segment.Box, what asked) cut {
	c := cut{vox: f.On(g), box: box, asked: what}
	by := func(k int, least float64, most int) scale {
		from, to := c.vox.Span(box.Min, box.Max, k)
		return newScale(from, to, least*c.vox.Pace(k), most)
	}
	c.along = by(0, 1, mostAlong)
	c.acrossV, c.acrossW = by(1, 1, mostAcross), by(2, 1, mostAcross)
	c.columnsV, c.columnsW = by(1, columnVoxels, mostColumns), by(2, columnVoxels, mostColumns)
	return c
}

// empty are the places of the cut with nothing in them.
func (c *cut) empty() *Places {
	p := &Places{Along: make([]Amount, c.along.n)}
	if c.across {
		p.Across = make([]Amount, c.acrossV.n*c.acrossW.n)
	}
	if c.columns {
		p.Columns = make([]Amount, c.columnsV.n*c.columnsW.n*c.along.n)
	}
	if c.zones {
		p.Zones = make([]Amount, 256)
	}
	return p
}

// count counts what slices [z0, z1) hold; zones may be nil.
func count[T volume.Voxel](ctx context.Context, c *cut, v *volume.Volume[T], s *segment.Segmentation, zones *frame.Lookup, z0, z1 int, o parallel.Options, p parallel.Progress) (*Places, error) {
	stage(p, "places", z1-z0)
	w := newWeigher(s)
	sum := c.empty()
	var mu sync.Mutex
	idle := []*Places{sum}
	take := func() *Places {
		mu.Lock()
		defer mu.Unlock()
		if len(idle) == 0 {
			return c.empty()
		}
		part := idle[len(idle)-1]
		idle = idle[:len(idle)-1]
		return part
	}
	err := parallel.Slabs(ctx, z1-z0, o, p, func(ctx context.Context, slab parallel.Slab) error {
		part := take()
		defer func() {
			mu.Lock()
			idle = append(idle, part)
			mu.Unlock()
		}()
		for z := max(z0+slab.Z0, c.box.Min[2]); z < min(z0+slab.Z1, c.box.Max[2]); z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			countPlaces(part, c, v, w, zones, z)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, part := range idle { // whole numbers: their sum does not depend on who counted what
		if part != sum {
			if err := sum.add(part); err != nil {
				return nil, err
			}
		}
	}
	return sum, nil
}

// countPlaces counts slice z.
func countPlaces[T volume.Voxel](p *Places, c *cut, v *volume.Volume[T], w *weigher, zones *frame.Lookup, z int) {
	b := c.box
	n := b.Max[0] - b.Min[0]
	marks, weights, zone := make([]uint8, n+2), make([]int64, n), make([]uint8, n)
	for y := b.Min[1]; y < b.Max[1]; y++ {
		row := w.l.Data[w.l.Offset(b.Min[0], y, z):][:n]
		for x, class := range row {
			weights[x] = 0
			if class == segment.Deposit {
				weights[x] = fraction
			}
		}
		if c.weighed {
			w.mark(marks, y, z)
		}
		for x := nextMark(marks, 0); x < n; x = nextMark(marks, x+1) {
			at := w.l.Offset(b.Min[0]+x, y, z)
			if w.unlike(at, b.Min[0]+x, y, z) > 0 {
				o := w.occupancy(float64(v.Data[at]), row[x], b.Min[0]+x, y, z)
				weights[x] = int64(math.Round(fraction * max(-mostOccupancy, min(o, mostOccupancy))))
			}
		}
		if zones != nil {
			zones.Row(zone, b.Min[0], y, z)
		}
		p.row(c, row, weights, zone, c.vox.At(b.Min[0], y, z))
	}
}

// row counts the voxels of a row, the first of which lies at start.
func (p *Places) row(c *cut, classes []uint8, weights []int64, zone []uint8, start [3]float64) {
	step := c.vox.Step[0]
	for x, class := range classes {
		f := float64(x)
		u, v, w := c.along.bin(start[0]+f*step[0]), start[1]+f*step[1], start[2]+f*step[2]
		p.Along[u].count(class, weights[x])
		if c.across {
			p.Across[c.acrossV.bin(v)+c.acrossV.n*c.acrossW.bin(w)].count(class, weights[x])
		}
		if c.columns {
			p.Columns[u+c.along.n*(c.columnsV.bin(v)+c.columnsV.n*c.columnsW.bin(w))].count(class, weights[x])
		}
		if c.zones {
			p.Zones[zone[x]].count(class, weights[x])
		}
	}
}
