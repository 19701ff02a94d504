package oxygenator

import (
	"context"
	"math"
	"slices"
	"sync/atomic"

	"explant/volume/parallel"
)

const (
	settleReach    = 4.0 // voxels to either side of the wall's face that are looked at
	settleStep     = 0.5 // voxels of depth whose greys are taken together
	settleBins     = int(2 * settleReach / settleStep)
	settleFewest   = 60  // columns that must see air
	settleFurthest = 1.0 // voxels by which a wall may move
)

// settle moves each flat wall to where it is seen against air. Fibres and deposit on a wall push the face
// that [finder.findWall] sees inwards, always in one direction; once the fibres are known, columns that
// pass one can be left out, and deposit is an outlier on one side.
func (s *session) settle(ctx context.Context) error {
	if len(s.in.walls) == 0 || len(s.fibres) < fewestFibres {
		return nil
	}
	near, err := s.nearFibres(ctx)
	if err != nil {
		return err
	}
	by := make([]float64, len(s.in.walls))
	if err := parallel.Each(ctx, len(by), s.o, nil, func(_ context.Context, k int) error {
		by[k] = s.offset(s.in.walls[k], near)
		return nil
	}); err != nil {
		return err
	}
	for k, d := range by {
		if abs(d) < settleFurthest {
			s.in.walls[k].c[0] += d
		}
	}
	return nil
}

// nearFibres has a bit for each voxel about the walls that a fibre's blur reaches.
func (s *session) nearFibres(ctx context.Context) ([]uint64, error) {
	g := s.raw.Grid
	bits := make([]uint64, (g.Len()+63)/64)
	return bits, parallel.Each(ctx, len(s.fibres), s.o, nil, func(ctx context.Context, i int) error {
		f := s.fibres[i]
		reach := f.outer + 2.5*s.lv.sigma
		for k := range len(f.knots) - 1 {
			p := f.piece(k)
			if lo, hi := p.box(g, reach); s.in.holdsBox(g.N, lo, hi) {
				continue
			}
			p.each(g, reach, 0, g.N[2], func(at int, _, _ float64) {
				atomic.OrUint64(&bits[at/64], 1<<(at%64))
			})
		}
		return ctx.Err()
	})
}

// offset is how far inside of the plane the wall's face is seen: the place of the blurred edge, of any two
// levels, that is nearest to the greys by depth. NaN where too few columns see air.
func (s *session) offset(w wall, near []uint64) float64 {
	var greys [settleBins][]float64
	columns := 0
	n := s.raw.N
	a, b := others(w.axis)
	var i [3]int
	for i[b] = 0; i[b] < n[b]; i[b] += wallPitch {
		for i[a] = 0; i[a] < n[a]; i[a] += wallPitch {
			if s.face(w, i, near, &greys) {
				columns++
			}
		}
	}
	if columns < settleFewest {
		return math.NaN()
	}
	var depth, grey []float64
	for k, g := range greys {
		if len(g) >= settleFewest/2 {
			depth, grey = append(depth, settleStep*(float64(k)+0.5)-settleReach), append(grey, lowMiddle(g))
		}
	}
	best, least := math.NaN(), math.Inf(1)
	for at := -settleFurthest; at <= settleFurthest; at += settleStep / 50 {
		if e := edgeMisfit(depth, grey, at, s.lv.sigma); e < least {
			best, least = at, e
		}
	}
	return best
}

// face enters the greys of a column about the wall's face, where no fibre is near.
func (s *session) face(w wall, i [3]int, near []uint64, greys *[settleBins][]float64) bool {
	n := s.raw.N[w.axis]
	i[w.axis] = 0
	if w.high {
		i[w.axis] = n - 1
	}
	before := w.depth(s.raw.N, i) // of the first voxel
	from, to := int(math.Ceil(-before-settleReach)), int(math.Floor(-before+settleReach))
	if from < 1 || to >= n/2 || s.cornered(w, i, to) {
		return false
	}
	visit := func(each func(at int, depth float64) bool) bool {
		for d := from; d <= to; d++ {
			if i[w.axis] = d; w.high {
				i[w.axis] = n - 1 - d
			}
			if !each(s.raw.Offset(i[0], i[1], i[2]), before+float64(d)) {
				return false
			}
		}
		return true
	}
	if !visit(func(at int, depth float64) bool { return depth < 0 || near[at/64]>>(at%64)&1 == 0 }) {
		return false
	}
	return visit(func(at int, depth float64) bool {
		k := min(int((depth+settleReach)/settleStep), settleBins-1)
		greys[k] = append(greys[k], float64(s.raw.Data[at])/s.gain.at(s.raw.Grid, at))
		return true
	})
}

// cornered reports a column of the wall that another one is near.
func (s *session) cornered(w wall, i [3]int, to int) bool {
	if i[w.axis] = to; w.high {
		i[w.axis] = s.raw.N[w.axis] - 1 - to
	}
	return s.in.depth(s.raw.N, i) < w.depth(s.raw.N, i)
}

// lowMiddle is the median after what deposit makes brighter has been left out: it is as far from the
// median as no more than one in forty is on the other side.
func lowMiddle(v []float64) float64 {
	slices.Sort(v)
	for range 8 {
		middle := v[len(v)/2]
		reach := 2 * (middle - v[len(v)*16/100])
		end := len(v)
		for v[end-1] > middle+reach {
			end--
		}
		if end == len(v) {
			break
		}
		v = v[:end]
	}
	return v[len(v)/2]
}

// edgeMisfit is the sum of squares about an edge at the given depth whose two levels fit best.
func edgeMisfit(depth, grey []float64, at, sigma float64) float64 {
	var n, x, y, xx, xy, yy float64
	for k, d := range depth {
		u, v := math.Erf((d-at)/(math.Sqrt2*sigma)), grey[k]
		n, x, y, xx, xy, yy = n+1, x+u, y+v, xx+u*u, xy+u*v, yy+v*v
	}
	xx, xy, yy = xx-x*x/n, xy-x*y/n, yy-y*y/n
	return yy - xy*xy/xx
}
