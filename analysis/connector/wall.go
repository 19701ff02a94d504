package connector

import (
	"context"
	"math"

	"explant/volume/parallel"
)

const (
	coveredBy   = 3.0  // voxels of clot that hide the wall from its free edge
	coveredMost = 0.15 // share of covered rays from which the wall is looked for behind the clot
	edgeWidth   = 0.9  // voxels: standard deviation of the blur with which a free edge is taken away
	searched    = 2.5  // voxels about the expected wall in which it is looked for
	chamfer     = 0.15 // radii: how far from the end of a bore its wall may leave its line
	seen        = 0.25 // least contrast of clot and wall, over that of solid and air, for which their border is looked for
	contrasted  = 0.4  // share of the contrast of clot and wall that its edge must show
)

// settle gives every plane its piece and reference lumen. Where the bore is not seen free near the end of a piece, a
// tube is as wide as its outside tells, and the wall of a connector is moved to where it is seen, behind clot or beside it.
func (m *Model) settle(ctx context.Context) error {
	s, all, ps := m.scan, m.planes, m.pieces
	moved, known := make([]float64, len(all)), make([]bool, len(all))
	free := make([]bool, len(all))
	for _, p := range ps {
		for _, run := range p.runs {
			for k := run[0]; k < run[1]; k++ {
				free[k] = true
			}
		}
	}
	err := parallel.Each(ctx, len(all), s.o, nil, func(_ context.Context, k int) error {
		p := &all[k]
		p.piece = pieceAt(ps, p.s)
		if q := &ps[p.piece]; !free[k] && !q.recess && q.edgeAt(ps, p.piece, p.s) {
			moved[k], known[k] = s.shift(&m.frame, p, q, m.lv)
		}
		return nil
	})
	if err != nil {
		return err
	}
	wider := m.widened(moved, known)
	for k := range all {
		p := &all[k]
		q := &ps[p.piece]
		c := q.at(p.s)
		if flared, ok := m.flare(p.piece, p.s); ok && !free[k] && q.edgeAt(ps, p.piece, p.s) && math.Abs(flared.r-c.r) < searched*s.h {
			c = flared
		} else if !free[k] {
			c.r += wider[k]
		}
		p.ref = c
	}
	return nil
}

func pieceAt(ps []piece, s float64) int {
	i := 0
	for i+1 < len(ps) && s >= ps[i].to {
		i++
	}
	return i
}

// shift is how much wider the wall is on a plane than its piece's line says.
func (s *scan) shift(f *frame, p *plane, q *piece, lv levels) (float64, bool) {
	c := q.at(p.s)
	const side = 12 // samples
	var covered, open int
	var sum [2*side + 1]float64
	var beyond []float64
	g := make([]float64, 2*side+1)
	for _, dir := range directions {
		wall := c.r
		i := rayTo(p, c, dir)
		d := p.free[i] - c.ray(p.ref.x, p.ref.y, directions[i][0], directions[i][1])
		switch {
		case d < -coveredBy*s.h:
			covered++
			start := wall - side*fine*s.h
			s.profile(f, c.x+start*dir[0], c.y+start*dir[1], p.s, dir, g)
			for j := range sum {
				far := start + float64(j)*fine*s.h - (c.r + d)
				sum[j] += g[j] + (lv.deposit-lv.air)*math.Erfc(far/(edgeWidth*s.h*math.Sqrt2))/2
			}
		case d > -0.3*s.h && d < searched*s.h:
			open++
			beyond = append(beyond, d)
		}
	}
	if float64(covered) > coveredMost*rays && lv.tells(q.wall) {
		if at, ok := step(sum[:], q.wall-lv.deposit, float64(covered)); ok {
			return (at - side) * fine * s.h, true
		}
	}
	if float64(open) > freeShare*rays {
		if d := median(beyond); d > 0.5*s.h {
			return d, true
		}
	}
	return 0, false
}

// edgeAt reports whether s lies so near to the end of piece i that its edge may be chamfered there.
func (p *piece) edgeAt(ps []piece, i int, s float64) bool {
	near := chamfer * p.r.of(s)
	return i > 0 && s-p.from < near || i+1 < len(ps) && p.to-s < near
}

// tells reports whether deposit differs enough from a wall for their border to be seen.
func (lv levels) tells(wall float64) bool {
	return lv.deposit > 0 && math.Abs(lv.deposit-wall) > seen*(max(lv.deposit, wall)-lv.air)
}

// rayTo is the ray of a plane in the direction of dir from the middle of c, near enough.
func rayTo(p *plane, c circle, dir [2]float64) int {
	x, y := c.x+c.r*dir[0]-p.ref.x, c.y+c.r*dir[1]-p.ref.y
	return (int(math.Round(math.Atan2(y, x)/(2*math.Pi)*rays)) + rays) % rays
}

// step is where the sum of n profiles changes most in the direction of contrast.
func step(sum []float64, contrast, n float64) (float64, bool) {
	const near, far = 2, 6 // samples on either side
	middle := len(sum) / 2
	reach := int(searched / fine)
	score := func(i int) float64 {
		d := mean(sum[i+near:i+far]) - mean(sum[i-far+1:i-near+1])
		return d / n / contrast
	}
	best := middle - reach
	for i := best; i <= middle+reach; i++ {
		if score(i) > score(best) {
			best = i
		}
	}
	if best == middle-reach || best == middle+reach || score(best) < contrasted {
		return 0, false
	}
	a, b, c := score(best-1), score(best), score(best+1)
	return float64(best) + 0.5*(a-c)/(a-2*b+c), true
}
