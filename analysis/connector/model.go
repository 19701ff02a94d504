package connector

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// Model is what was fitted to a connector. Lengths are in units: mm, or voxels where their size is unknown.
type Model struct {
	scan   *scan
	frame  frame
	planes []plane
	pieces []piece
	lv     levels
	tubes  []*tube // by piece: nil but for tubes beside a connector
	gaps   []crevice
	clots  []clot // by junction, the last one those away from all
}

// fit finds axis, bores and junctions.
func fit[T volume.Voxel](ctx context.Context, v *volume.Volume[T], axis string, o parallel.Options, p parallel.Progress) (*Model, error) {
	s, err := newScan(ctx, v, o, p)
	if err != nil {
		return nil, err
	}
	h, err := threshold.Of(ctx, s.grey, o, nil)
	if err != nil {
		return nil, err
	}
	m := &Model{scan: s}
	if m.lv.cut, err = threshold.Otsu(h); err != nil {
		return nil, fmt.Errorf("levels of air and solid: %w", err)
	}
	m.lv.air, _ = h.Mean(math.Inf(-1), m.lv.cut)
	r, err := m.orient(ctx, axis)
	if err != nil {
		return nil, err
	}
	if err := m.trace(ctx, r); err != nil {
		return nil, err
	}
	dx, dy := lean(m.planes, m.pieces)
	f := m.frame
	m.frame = along(f.o, f.w.plus(dx, f.u).plus(dy, f.v))
	if err := m.trace(ctx, r); err != nil {
		return nil, err
	}
	return m, m.join(ctx)
}

// orient finds the rough axis: along the image axis that the user names, else along that which shows a bore in most
// of its slices.
func (m *Model) orient(ctx context.Context, axis string) (float64, error) {
	tried := []int{2, 1, 0}
	down := false
	switch axis {
	case "", "none":
	case "x", "y", "z", "-x", "-y", "-z":
		down = len(axis) == 2
		tried = []int{int(axis[len(axis)-1] - 'x')}
	default:
		return 0, fmt.Errorf("axis %q: must be x, y, z, -x, -y, -z or none", axis)
	}
	var best []channel
	bestAxis, most := tried[0], -1.0
	for _, a := range tried {
		all, err := m.scan.channels(ctx, a, m.lv.cut)
		if err != nil {
			return 0, err
		}
		n := 0.0
		for _, c := range all {
			if c.area > 0 {
				n += 1 / float64(len(all))
			}
		}
		if n > most {
			best, bestAxis, most = all, a, n
		}
	}
	f, r, err := rough(best, bestAxis)
	if err == nil && down {
		f = along(f.o, vec{}.plus(-1, f.w))
	}
	m.frame = f
	return r, err
}

// trace lays planes a voxel apart across the axis and finds the bores on them.
func (m *Model) trace(ctx context.Context, r float64) error {
	s := m.scan
	m.planes = m.planes[:0]
	span := 0.0
	for a := range 3 {
		span += float64(s.grey.N[a]) * s.size[a]
	}
	for k := -math.Floor(span / s.h); k*s.h <= span; k++ {
		if m.whole(k*s.h, r+3*s.h) {
			m.planes = append(m.planes, plane{s: k * s.h, ref: circle{r: r}})
		}
	}
	if len(m.planes) < 16 {
		return fmt.Errorf("%w: only %d planes across the bore lie within the image; %s", ErrNoConnector, len(m.planes), remedy)
	}
	if err := s.look(ctx, &m.frame, m.planes, nil, m.lv, 1.6); err != nil {
		return err
	}
	m.pieces = pieces(m.planes, s.h)
	free := 0
	for _, p := range m.pieces {
		for _, run := range p.runs {
			free += run[1] - run[0]
		}
	}
	if float64(free) < leastFree*float64(len(m.planes)) {
		return fmt.Errorf("%w: the channel of air is round and free of clot on %d of %d planes only; %s", ErrNoConnector, free, len(m.planes), remedy)
	}
	return nil
}

// leastFree is the share of the planes on which the bore must be seen free.
const leastFree = 0.2

// whole reports whether the circle of radius r about the axis at s lies in the image.
func (m *Model) whole(at, r float64) bool {
	for i := 0; i < rays; i += rays / 12 {
		if !m.scan.inside(m.frame.place(r*directions[i][0], r*directions[i][1], at)) {
			return false
		}
	}
	return true
}

// join finds the level of deposit, the places where the pieces meet, and the reference lumen.
func (m *Model) join(ctx context.Context) error {
	if err := m.seen(); err != nil {
		return err
	}
	s, ps := m.scan, m.pieces
	bounds(m.planes, ps)
	if d, ok := s.depositLevel(&m.frame, m.planes, ps, m.lv.cut); ok {
		m.lv.deposit = d
	}
	for i := range len(ps) - 1 {
		at, err := s.meet(ctx, &m.frame, m.planes, &ps[i], &ps[i+1], m.lv)
		if err != nil {
			return err
		}
		ps[i].to, ps[i+1].from = at, at
	}
	m.tubes = make([]*tube, len(ps))
	for _, j := range m.junctions() {
		if err := m.sheathe(ctx, &j); err != nil {
			return err
		}
	}
	if err := m.settle(ctx); err != nil {
		return err
	}
	if err := s.look(ctx, &m.frame, m.planes, ps, m.lv, 1.15); err != nil {
		return err
	}
	return m.tight()
}

// sheathe looks for the outside of the tube at a tip or an exit, over the connector's end too.
func (m *Model) sheathe(ctx context.Context, j *junction) (err error) {
	wide := j.before
	switch {
	case m.pieces[j.before].recess || m.pieces[j.after].recess || j.to > j.from:
		return nil
	case m.pieces[j.after].r.of(j.from) > m.pieces[j.before].r.of(j.from):
		wide = j.after
	}
	if m.tubes[wide] != nil {
		return nil
	}
	p := &m.pieces[wide]
	over := int(creviceMost * p.r.of(j.from) / m.scan.h)
	from := max(int((p.from-m.planes[0].s)/m.scan.h)-over, 0)
	to := min(int((p.to-m.planes[0].s)/m.scan.h)+over, len(m.planes))
	m.tubes[wide], err = m.scan.outside(ctx, &m.frame, m.planes, p, from, to, m.lv)
	return err
}
