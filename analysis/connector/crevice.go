package connector

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

const (
	creviceMost = 0.5  // radii: how deep a crevice is followed
	creviceOpen = 0.25 // share of the directions in which it must be open
	creviceSkin = 1.0  // voxels from the connector's bore that are certainly its wall
	creviceRim  = 0.3  // voxels from the tube's inside that its blur may fill
)

// crevice is the space between a connector's end and the tube around it.
type crevice struct {
	bore     *piece
	tube     *tube
	from, to float64 // along the axis
	air      float64 // darker is void
	clot     float64 // brighter is deposit; infinite where deposit and wall are alike
}

// crevices follows the space between tube and connector inwards from each tip and exit, as long as it is open, filled with
// clot or not.
func (m *Model) crevices() (out []crevice) {
	for _, j := range m.junctions() {
		narrow, wide, way := j.after, j.before, 1.0
		if m.tubes[wide] == nil {
			narrow, wide, way = j.before, j.after, -1
		}
		if m.tubes[wide] == nil || j.to > j.from {
			continue
		}
		c := crevice{bore: &m.pieces[narrow], tube: m.tubes[wide], clot: math.Inf(1)}
		c.air = (m.lv.air + c.bore.wall) / 2
		if m.lv.tells(c.bore.wall) && m.lv.deposit > c.bore.wall {
			c.clot = (m.lv.deposit + c.bore.wall) / 2
		}
		depth := m.follow(&c, j.from, way)
		c.from, c.to = min(j.from, j.from+way*depth), max(j.from, j.from+way*depth)
		if depth > 0 {
			out = append(out, c)
		}
	}
	return out
}

// follow is how far the crevice is open, from the junction at s on.
func (m *Model) follow(c *crevice, s, way float64) float64 {
	h := m.scan.h
	depth := 0.0
	for d := h; d < creviceMost*c.bore.r.of(s); d += h {
		if m.openShare(c, s+way*d) < creviceOpen {
			break
		}
		depth = d
	}
	return depth
}

// openShare is the share of the directions in which the crevice holds air or deposit at s.
func (m *Model) openShare(c *crevice, s float64) (share float64) {
	bore := c.bore.at(s)
	inner, ok := c.tube.at(m.index(s))
	if !ok {
		return 0
	}
	h := m.scan.h
	for _, dir := range directions {
		end := inner.ray(bore.x, bore.y, dir[0], dir[1]) - creviceRim*h
		for r := bore.r + creviceSkin*h; r < end; r += fine * h {
			if g := m.tangent(bore.x+r*dir[0], bore.y+r*dir[1], s, dir); g < c.air || g > c.clot {
				share += 1.0 / rays
				break
			}
		}
	}
	return share
}

// tangent is the mean grey of 5 places a voxel apart across the direction dir.
func (m *Model) tangent(x, y, s float64, dir [2]float64) (g float64) {
	for k := -2.0; k <= 2; k++ {
		g += m.scan.at(m.frame.place(x-k*m.scan.h*dir[1], y+k*m.scan.h*dir[0], s)) / 5
	}
	return g
}

// index is the number of the plane nearest to s.
func (m *Model) index(s float64) int { return int(math.Round((s - m.planes[0].s) / m.scan.h)) }

// fillCrevices labels void and deposit between tubes and connectors.
func (m *Model) fillCrevices(ctx context.Context, l *volume.Labels) error {
	m.gaps = m.crevices()
	all := m.gaps
	if len(all) == 0 {
		return nil
	}
	return parallel.Slabs(ctx, l.N[2], m.scan.o, nil, func(ctx context.Context, b parallel.Slab) error {
		for z := b.Z0; z < b.Z1; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			m.eachVoxel(z, func(i int, x, y, s float64) {
				for k := range all {
					if c := &all[k]; s >= c.from && s <= c.to {
						l.Data[i] = m.creviceClass(c, l.Data[i], x, y, s)
					}
				}
			})
		}
		return nil
	})
}

// creviceClass is the class of a voxel of class before at a place beside the connector.
func (m *Model) creviceClass(c *crevice, before uint8, x, y, s float64) uint8 {
	bore := c.bore.at(s)
	inner, ok := c.tube.at(m.index(s))
	if p := [2]float64{x, y}; !ok || bore.off(p) < creviceSkin*m.scan.h || inner.off(p) > -creviceRim*m.scan.h {
		return before
	}
	r := math.Hypot(x-bore.x, y-bore.y)
	switch g := m.tangent(x, y, s, [2]float64{(x - bore.x) / r, (y - bore.y) / r}); {
	case g < c.air:
		return segment.Void
	case g > c.clot:
		return segment.Deposit
	}
	return before
}
