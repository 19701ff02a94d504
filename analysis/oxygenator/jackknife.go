package oxygenator

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// blocks is the number of octants of the volume that are left out in turn.
const blocks = 8

// replica is what the plain decision counts with levels from all but one block.
type replica struct {
	deposit float64 // ratio to the count with all blocks
	solid   float64 // change of the fibres' volume, voxels
}

// octant of voxel i.
func octant(g volume.Grid, i int) int {
	plane := g.N[0] * g.N[1]
	k := 0
	if 2*(i%g.N[0]) >= g.N[0] {
		k |= 1
	}
	if 2*(i%plane/g.N[0]) >= g.N[1] {
		k |= 2
	}
	if 2*(i/plane) >= g.N[2] {
		k |= 4
	}
	return k
}

// jackknife estimates the level of deposit without one octant in turn, and those of air and polymer,
// the point spread and with them all radii without every eighth fibre, and applies the decision
// before restoration again.
func (s *session) jackknife(ctx context.Context, c *clean, contrast float64) ([]replica, error) {
	out := make([]replica, blocks)
	all := float64(c.count(contrast, 0, 0))
	means := c.octantMeans(contrast)
	s.p.Stage("leave blocks out", blocks)
	err := parallel.Each(ctx, blocks, s.o, s.p, func(ctx context.Context, b int) error {
		lv, solid, err := s.without(ctx, b)
		if err != nil {
			return err
		}
		k := contrast * means[b]
		out[b].solid = solid
		out[b].deposit = 1
		if all > 0 {
			out[b].deposit = float64(c.count(k+s.lv.air-lv.air, lv.air-s.lv.air, lv.polymer-s.lv.polymer)) / all
		}
		return nil
	})
	return out, err
}

// count is the number of voxels that the plain decision calls deposit after the levels of air and
// polymer have moved.
func (c *clean) count(contrast, air, polymer float64) (n int64) {
	for i, free := range c.free.Data {
		if free <= 127 {
			continue
		}
		open := c.openAt(i)
		if float64(c.excess.Data[i])-air*open-polymer*(1-open) > 0.5*contrast*open {
			n++
		}
	}
	return n
}

// octantMeans gives the mean excess in deposit without one octant over that with all of them.
func (c *clean) octantMeans(contrast float64) [blocks]float64 {
	var sum, n [blocks]float64
	var allSum, allN float64
	for i, open := range c.open.Data {
		if open < mostlyOpen || float64(c.excess.Data[i]) < 0.75*contrast {
			continue
		}
		k := octant(c.labels.Grid, i)
		sum[k] += float64(c.excess.Data[i])
		n[k]++
	}
	for k := range sum {
		allSum, allN = allSum+sum[k], allN+n[k]
	}
	var out [blocks]float64
	for k := range out {
		out[k] = 1
		if allN > n[k] && allSum > 0 {
			out[k] = (allSum - sum[k]) / (allN - n[k]) * allN / allSum
		}
	}
	return out
}

// without fits the levels to all fibres but every eighth, and gives the change of the volume of all
// fibres that follows from them.
func (s *session) without(ctx context.Context, block int) (levels, float64, error) {
	var some, all []curve
	for i, f := range s.fibres {
		k := f.curve()
		all = append(all, k)
		if i%blocks != block {
			some = append(some, k)
		}
	}
	if len(some) == 0 {
		return s.lv, 0, nil
	}
	lv, err := search(ctx, some, s.lv, s.shape, 0.01, 50, parallel.Options{Workers: 1}) // blocks are side by side
	change := 0.0
	for i, f := range s.fibres {
		all[i].fit(lv, s.shape)
		change += math.Pi * (all[i].outer*all[i].outer - f.outer*f.outer) * f.length
	}
	return lv, change, err
}

// counts scales the replicas to what was found at last.
func counts(replicas []replica, deposit, blood int64) []segment.Counts {
	out := make([]segment.Counts, len(replicas))
	for i, r := range replicas {
		out[i] = segment.Counts{
			Deposit:   int64(math.Round(float64(deposit) * r.deposit)),
			BloodSide: int64(math.Round(float64(blood) - r.solid)),
		}
	}
	return out
}
