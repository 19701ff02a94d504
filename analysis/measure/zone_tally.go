package measure

import (
	"context"
	"math"
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

// amount is what a place holds.
type amount struct {
	n        [segment.ClassCount]int64 // voxels of each class
	weighted int64                     // deposit by occupancy, in fractions of a voxel
}

func (a *amount) add(b amount) {
	for c, n := range b.n {
		a.n[c] += n
	}
	a.weighted += b.weighted
}

// bloodSide is the number of voxels that blood could fill.
func (a amount) bloodSide() int64 { return a.n[segment.Void] + a.n[segment.Deposit] }

// fibre is the number of voxels of hollow fibres.
func (a amount) fibre() int64 { return a.n[segment.Polymer] + a.n[segment.Lumen] }

// inside is the number of voxels inside the housing.
func (a amount) inside() int64 { return a.bloodSide() + a.fibre() }

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

// tally counts what lies where in a frame: along the flow, across it, in columns along the flow, in the
// zones of a map.
type tally struct {
	vox                                         frame.Voxels
	box                                         segment.Box
	along, acrossV, acrossW, columnsV, columnsW scale
	byAlong                                     []amount
	byAcross                                    []amount // w after v; nil where nobody asks
	byColumn                                    []amount // along the flow, then v, then w; nil where nobody asks
	byZone                                      *[256]amount
}

// asked says what is to be counted beside the course along the flow.
type asked struct{ across, columns, zones bool }

// newTally cuts the box of a volume in the frame's directions.
func newTally(f frame.Frame, g volume.Grid, box segment.Box, what asked) *tally {
	t := &tally{vox: f.On(g), box: box}
	cut := func(k int, least float64, most int) scale {
		from, to := t.vox.Span(box.Min, box.Max, k)
		return newScale(from, to, least*t.vox.Pace(k), most)
	}
	t.along = cut(0, 1, mostAlong)
	t.byAlong = make([]amount, t.along.n)
	if what.across {
		t.acrossV, t.acrossW = cut(1, 1, mostAcross), cut(2, 1, mostAcross)
		t.byAcross = make([]amount, t.acrossV.n*t.acrossW.n)
	}
	if what.columns {
		t.columnsV, t.columnsW = cut(1, columnVoxels, mostColumns), cut(2, columnVoxels, mostColumns)
		t.byColumn = make([]amount, t.columnsV.n*t.columnsW.n*t.along.n)
	}
	if what.zones {
		t.byZone = new([256]amount)
	}
	return t
}

// fresh is an empty tally of the same cut.
func (t *tally) fresh() *tally {
	out := *t
	out.byAlong, out.byAcross, out.byColumn = make([]amount, len(t.byAlong)), make([]amount, len(t.byAcross)), make([]amount, len(t.byColumn))
	if t.byZone != nil {
		out.byZone = new([256]amount)
	}
	return &out
}

func (t *tally) add(part *tally) {
	for _, pair := range [][2][]amount{{t.byAlong, part.byAlong}, {t.byAcross, part.byAcross}, {t.byColumn, part.byColumn}} {
		for i := range pair[0] {
			pair[0][i].add(pair[1][i])
		}
	}
	if t.byZone != nil {
		for i := range t.byZone {
			t.byZone[i].add(part.byZone[i])
		}
	}
}

// count fills t from the labels and greys, slab by slab; zones may be nil.
func count[T volume.Voxel](ctx context.Context, t *tally, v *volume.Volume[T], s *segment.Segmentation, zones *frame.Lookup, o parallel.Options, p parallel.Progress) error {
	stage(p, "places", v.N[2])
	w := newWeigher(s)
	var mu sync.Mutex
	var idle []*tally
	take := func() *tally {
		mu.Lock()
		defer mu.Unlock()
		if len(idle) == 0 {
			return t.fresh()
		}
		part := idle[len(idle)-1]
		idle = idle[:len(idle)-1]
		return part
	}
	err := parallel.Slabs(ctx, v.N[2], o, p, func(ctx context.Context, slab parallel.Slab) error {
		part := take()
		defer func() {
			mu.Lock()
			idle = append(idle, part)
			mu.Unlock()
		}()
		for z := max(slab.Z0, t.box.Min[2]); z < min(slab.Z1, t.box.Max[2]); z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			countPlaces(part, v, w, zones, z)
		}
		return nil
	})
	for _, part := range idle {
		t.add(part)
	}
	return err
}

// countPlaces counts slice z.
func countPlaces[T volume.Voxel](t *tally, v *volume.Volume[T], w *weigher, zones *frame.Lookup, z int) {
	b := t.box
	n := b.Max[0] - b.Min[0]
	marks, weights, zone := make([]uint8, n+2), make([]int64, n), make([]uint8, n)
	for y := b.Min[1]; y < b.Max[1]; y++ {
		row := w.l.Data[w.l.Offset(b.Min[0], y, z):][:n]
		for x, c := range row {
			weights[x] = 0
			if c == segment.Deposit {
				weights[x] = fraction
			}
		}
		w.mark(marks, y, z)
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
		t.row(row, weights, zone, t.vox.At(b.Min[0], y, z))
	}
}

// row counts the voxels of a row, the first of which lies at p.
func (t *tally) row(classes []uint8, weights []int64, zone []uint8, p [3]float64) {
	for x, c := range classes {
		f := float64(x)
		u := t.along.bin(p[0] + f*t.vox.Step[0][0])
		t.byAlong[u].count(c, weights[x])
		v, w := p[1]+f*t.vox.Step[0][1], p[2]+f*t.vox.Step[0][2]
		if len(t.byAcross) > 0 {
			t.byAcross[t.acrossV.bin(v)+t.acrossV.n*t.acrossW.bin(w)].count(c, weights[x])
		}
		if len(t.byColumn) > 0 {
			t.byColumn[u+t.along.n*(t.columnsV.bin(v)+t.columnsV.n*t.columnsW.bin(w))].count(c, weights[x])
		}
		if t.byZone != nil {
			t.byZone[zone[x]].count(c, weights[x])
		}
	}
}

func (a *amount) count(class uint8, weight int64) {
	a.n[class]++
	a.weighted += weight
}
