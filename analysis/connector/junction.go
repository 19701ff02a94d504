package connector

import (
	"context"
	"math"
	"slices"

	"explant/volume/parallel"
)

// bounds gives each piece the stretch that its neighbours' free planes leave.
func bounds(all []plane, ps []piece) {
	for i := range ps {
		ps[i].from, ps[i].to = all[0].s, all[len(all)-1].s
		if i > 0 {
			ps[i].from = all[ps[i-1].last()-1].s
		}
		if i+1 < len(ps) {
			ps[i].to = all[ps[i+1].runs[0][0]].s
		}
	}
}

// solid is the range of greys that is taken for a piece's wall between air and deposit.
type solid struct{ lo, hi float64 }

func (lv levels) around(wall float64) solid {
	w := solid{(lv.air + wall) / 2, math.Inf(1)}
	if d := lv.deposit; d > wall {
		w.hi = (wall + d) / 2
	} else if d > lv.air {
		w.lo = (wall + d) / 2
	}
	return w
}

// meet finds where two pieces meet: the wall of the narrower one begins between the radii of both. The
// distances from its middle are tried apart: edges are chamfered, and the farthest reach counts, but for the square
// edges of a gap, where the median does.
func (s *scan) meet(ctx context.Context, f *frame, all []plane, a, b *piece, lv levels) (float64, error) {
	from, to := a.last()-1, b.runs[0][0]+1
	narrow, wide, flip := b, a, false
	mid := (all[from].s + all[min(to, len(all))-1].s) / 2
	if a.r.of(mid) < b.r.of(mid) {
		narrow, wide, flip = a, b, true
	}
	from, to = max(from-2, 0), min(to+2, len(all))
	share := make([][]float64, to-from)
	radii := s.between(narrow.r.of(mid), wide.r.of(mid))
	w := lv.around(narrow.wall)
	err := parallel.Each(ctx, to-from, s.o, nil, func(_ context.Context, k int) error {
		share[k] = s.walled(f, all[from+k].s, narrow, radii, w)
		return nil
	})
	if err != nil {
		return 0, err
	}
	var found []float64
	for j := range share[0] {
		column := make([]float64, len(share))
		for k := range share {
			column[k] = share[k][j]
			if flip {
				column[k] = share[len(share)-1-k][j]
			}
		}
		at, ok := onset(column)
		if flip {
			at = float64(len(column)-1) - at
		}
		if ok {
			found = append(found, all[from].s+at*s.h)
		}
	}
	switch {
	case len(found) == 0:
		return mid, nil
	case wide.recess:
		return median(found), nil
	case flip:
		return slices.Max(found), nil
	}
	return slices.Min(found), nil
}

// onset is where a column rises for good through one half, coming from its end.
func onset(v []float64) (float64, bool) {
	k := len(v) - 1
	if v[k] < 0.5 {
		return 0, false
	}
	for k > 0 && v[k-1] >= 0.5 {
		k--
	}
	if k == 0 {
		return 0, false
	}
	return float64(k) - (v[k]-0.5)/(v[k]-v[k-1]), true
}

// walled is the share of the directions whose grey, the mean of 5 rays, is that of the wall, at
// distances from the narrow bore outwards.
func (s *scan) walled(f *frame, at float64, narrow *piece, radii []float64, w solid) []float64 {
	c := narrow.at(at)
	out := make([]float64, len(radii))
	for j, more := range radii {
		r := c.r + more
		var ring [rays]float64
		for i, dir := range directions {
			ring[i] = s.at(f.place(c.x+r*dir[0], c.y+r*dir[1], at))
		}
		for i := range ring {
			g := 0.0
			for k := -2; k <= 2; k++ {
				g += ring[(i+k+rays)%rays] / 5
			}
			if g > w.lo && g < w.hi {
				out[j] += 1.0 / rays
			}
		}
	}
	return out
}

// between are the distances from the narrow bore, half a voxel apart, at which its wall is looked for.
func (s *scan) between(narrow, wide float64) (d []float64) {
	for r := 0.5 * s.h; r <= wide-narrow-1.5*s.h; r += fine * s.h {
		d = append(d, r)
	}
	if len(d) == 0 {
		d = []float64{(wide - narrow) / 2}
	}
	return d
}
