package phantom

import (
	"math"
	"slices"
)

// planeStepMM is the distance of the planes on which the truth is integrated and searched for extremes.
const planeStepMM = 0.005

// clotRays is the number of directions in which heights are taken on a plane.
const clotRays = 360

// free is the part of the lumen at s that clots of the given choice leave.
func (c *connectorScene) free(s float64, choose func(*anchored) bool) shared {
	discs := []disc{c.lumen(s)}
	for i := range c.clots {
		if k := &c.clots[i]; choose(k) {
			if d, ok := k.free(s, c.smoothWall(s)); ok {
				discs = append(discs, d)
			}
		}
	}
	return intersect(discs...)
}

func anyClot(*anchored) bool { return true }

// crevice is the area between tube and connector at s that is open to the blood.
func (c *connectorScene) crevice(s float64) float64 {
	p := c.pieceAt(s)
	if !p.body || p.behind != classVoid {
		return 0
	}
	in, skin := p.inner.of(s), p.skin.of(s)
	return math.Pi * max(in*in-skin*skin, 0)
}

// planes are the middles of equal steps between two places, none of which a step of the geometry divides,
// with the length that each stands for.
func (c *connectorScene) planes(from, to float64, visit func(s, ds float64)) {
	cuts := []float64{from, to, (c.GapMM[0] + c.GapMM[1]) / 2, c.CreviceFillMM}
	for _, p := range c.pieces {
		cuts = append(cuts, p.from)
	}
	for _, k := range c.clots {
		a, b := k.ends()
		cuts = append(cuts, a, k.AtMM, b)
	}
	cuts = slices.DeleteFunc(cuts, func(s float64) bool { return s < from || s > to })
	slices.Sort(cuts)
	for i := range len(cuts) - 1 {
		length := cuts[i+1] - cuts[i]
		n := math.Ceil(length / planeStepMM)
		for k := 0.5; k < n; k++ {
			visit(cuts[i]+k*length/n, length/n)
		}
	}
}

// clotFacts measures the clots of a junction together, with the crevice at the tip.
func (c *connectorScene) clotFacts(choose func(*anchored) bool, at float64, crevice bool) *ClotTruth {
	t := &ClotTruth{FromMM: math.Inf(1), ToMM: math.Inf(-1)}
	for i := range c.clots {
		if k := &c.clots[i]; choose(k) {
			from, to := k.ends()
			t.FromMM, t.ToMM = min(t.FromMM, from), max(t.ToMM, to)
		}
	}
	if crevice && c.CreviceFillMM > 0 {
		t.FromMM, t.ToMM = min(t.FromMM, 0), max(t.ToMM, min(c.CreviceFillMM, c.BarbsMM[0]/2))
	}
	if t.FromMM >= t.ToMM {
		return nil
	}
	count := 0
	c.planes(t.FromMM, t.ToMM, func(s, ds float64) {
		c.addPlane(t, s, ds, choose, at, crevice)
		if count++; count%4 == 0 {
			c.addHeights(t, s, choose)
		}
	})
	t.Present, t.LengthMM = t.VolumeMM3 > 0, t.ToMM-t.FromMM
	t.DistanceMM = max(0, t.FromMM, -t.ToMM)
	return t
}

// addPlane adds the clot of a slice of thickness ds.
func (c *connectorScene) addPlane(t *ClotTruth, s, ds float64, choose func(*anchored) bool, at float64, crevice bool) {
	wall, free := c.lumen(s), c.free(s, choose)
	clot := (math.Pi*wall.r*wall.r - free.area) * ds
	if fill := c.crevice(s) * ds; crevice && s < c.CreviceFillMM && fill > 0 {
		t.CreviceMM3 += fill
		clot += fill
	}
	t.VolumeMM3 += clot
	if s < at {
		t.UpstreamMM3 += clot
	} else {
		t.DownstreamMM3 += clot
	}
	t.ExtentDeg = max(t.ExtentDeg, 360-free.arc[0]*180/math.Pi)
}

// addHeights takes the height over the wall and the reach beyond the tube's wall line on the plane at s.
func (c *connectorScene) addHeights(t *ClotTruth, s float64, choose func(*anchored) bool) {
	wall, tube := c.lumen(s), c.lumen(-liftMM-1)
	for i := range c.clots {
		k := &c.clots[i]
		if !choose(k) {
			continue
		}
		free, ok := k.free(s, c.smoothWall(s))
		if !ok {
			continue
		}
		for step := range clotRays {
			angle := 2*math.Pi*float64(step)/clotRays + k.DirectionDeg*math.Pi/180
			t.HeightMM = max(t.HeightMM, wall.ray(wall.x, wall.y, angle)-free.ray(wall.x, wall.y, angle))
			if reach := free.ray(tube.x, tube.y, angle); reach < wall.ray(tube.x, tube.y, angle) {
				t.ProtrusionMM = max(t.ProtrusionMM, tube.r-reach)
			}
		}
	}
}

// ledge is the jump of the radius from one outline to the next.
func ledge(before, after disc) (l Ledge) {
	const steps = 7200
	l.MinMM = math.Inf(1)
	for i := range steps {
		deg := 360 * float64(i) / steps
		jump := before.ray(0, 0, deg*math.Pi/180) - after.ray(0, 0, deg*math.Pi/180)
		l.MeanMM += jump / steps
		l.MinMM = min(l.MinMM, jump)
		if i == 0 || jump > l.MaxMM {
			l.MaxMM, l.MaxDeg = jump, deg
		}
	}
	return l
}
