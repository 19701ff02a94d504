package connector

import "fmt"

const (
	unseenEnd     = 0.6  // radii at an end of the axis that may go without a free plane
	unseenBetween = 1.5  // radii between two free stretches
	leakBy        = 2.0  // voxels beyond the wall at which a ray has leaked
	leakShare     = 0.1  // of the rays of a leaking plane
	leakMost      = 0.03 // of the planes may leak
)

// seen refuses an axis along which bores are not seen free often enough to be drawn on between.
func (m *Model) seen() error {
	last, h := -1, m.scan.h
	limit := unseenEnd
	check := func(k int) error {
		p := &m.planes[min(max(k, 0), len(m.planes)-1)]
		if gap := float64(k-last-1) * h; gap > limit*m.pieces[0].r.of(m.pieces[0].from) {
			return fmt.Errorf("%w: up to %.3g %s before plane %d of %d no round bore is seen free, too far to draw its wall on; scan with smaller voxels, or %s",
				ErrNoConnector, gap, m.unit(), m.index(p.s)+1, len(m.planes), remedy)
		}
		return nil
	}
	for i := range m.pieces {
		for _, run := range m.pieces[i].runs {
			if err := check(run[0]); err != nil {
				return err
			}
			last, limit = run[1]-1, unseenBetween
		}
	}
	limit = unseenEnd
	return check(len(m.planes))
}

// tight refuses a fit through whose walls the open way leaks: walls of less than some 3 voxels, or no bore at all.
func (m *Model) tight() error {
	leaks := 0
	for k := range m.planes {
		p := &m.planes[k]
		n := 0
		for i, dir := range directions {
			if p.free[i] > p.ref.ray(p.ref.x, p.ref.y, dir[0], dir[1])+leakBy*m.scan.h {
				n++
			}
		}
		if !m.mixed(k) && float64(n) > leakShare*rays {
			leaks++
		}
	}
	if float64(leaks) > leakMost*float64(len(m.planes)) {
		return fmt.Errorf("%w: on %d of %d planes the open way leads through the fitted wall, which 3 voxels of thickness would close; scan with smaller voxels, or %s",
			ErrNoConnector, leaks, len(m.planes), remedy)
	}
	return nil
}

// unit of lengths.
func (m *Model) unit() string {
	if m.scan.grey.Calibrated() {
		return "mm"
	}
	return "voxels"
}
