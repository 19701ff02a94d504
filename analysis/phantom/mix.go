package phantom

import (
	"fmt"
	"math"
	"slices"
)

// Mix is what the tissue of a slide is made of, as shares of its area; the rest is other. A leukocyte
// counts with its nucleus. On a slide with a marker, the marker shows the platelets.
type Mix struct {
	Fibrin    float64 `json:"fibrin"`
	Platelet  float64 `json:"platelet"`
	RBC       float64 `json:"rbc"`
	Leukocyte float64 `json:"leukocyte"`
}

// Limits of what can be drawn: cells lie on lattices that leave gaps.
const (
	maxLeukocytes = 0.15
	maxRedCells   = 0.6 // of what leukocytes and platelets leave
)

// Check reports shares that cannot be drawn.
func (m Mix) Check() error {
	for _, v := range []float64{m.Fibrin, m.Platelet, m.RBC, m.Leukocyte} {
		if !(v >= 0 && v <= 1) {
			return fmt.Errorf("share %v of a mix is not in 0 to 1", v)
		}
	}
	if sum := m.Fibrin + m.Platelet + m.RBC + m.Leukocyte; sum > 1+1e-9 {
		return fmt.Errorf("shares of a mix add up to %v, more than 1", sum)
	}
	if m.Leukocyte > maxLeukocytes {
		return fmt.Errorf("leukocyte share %v of a mix is more than %v", m.Leukocyte, maxLeukocytes)
	}
	if limit := maxRedCells * (1 - m.Leukocyte - m.Platelet); m.RBC > limit {
		return fmt.Errorf("red cell share %v of a mix is more than %.3f, %v of what leukocytes and platelets leave", m.RBC, limit, maxRedCells)
	}
	return nil
}

// mixLevels are the levels of the noise fields at which the components of a mix begin.
type mixLevels struct{ platelet, rbc, fibrin float64 }

// mixPoints is about how many points of the slide the levels are taken from: the share of a component
// is then within about 0.5 % of the tissue.
const mixPoints = 40_000

// levelMix finds the levels that give the components their shares of this slide's tissue. A component
// takes its share of the points that those before it leave.
func (c *slideScene) levelMix(m Mix) {
	points := c.tissuePoints()
	all := float64(len(points))
	goal := func(share float64) int { return int(math.Round(share * all)) }
	c.cells, points = take(points, goal(m.Leukocyte), func(p slidePoint) float64 { return c.cellLevel(p.x, p.y) })
	var l mixLevels
	l.platelet, points = take(points, goal(m.Platelet), func(p slidePoint) float64 { return -c.plateletField(p.x, p.y) })
	l.rbc, points = take(points, goal(m.RBC), func(p slidePoint) float64 {
		if !c.redCell(p.x, p.y) {
			return math.Inf(1)
		}
		return -c.redField(p.x, p.y)
	})
	l.fibrin, _ = take(points, goal(m.Fibrin), func(p slidePoint) float64 { return math.Abs(c.fibrinField(p.x, p.y)) })
	c.mix = &l
}

// take gives the level that n of the points do not exceed, and the points above it.
func take(points []slidePoint, n int, of func(slidePoint) float64) (float64, []slidePoint) {
	values := make([]float64, len(points))
	for i, p := range points {
		values[i] = of(p)
	}
	if n == 0 {
		return math.Inf(-1), points
	}
	sorted := slices.Sorted(slices.Values(values))
	level := sorted[min(n, len(sorted))-1]
	var rest []slidePoint
	for i, v := range values {
		if v > level {
			rest = append(rest, points[i])
		}
	}
	return level, rest
}

// tissuePoints are the points of an even grid over the slide that lie on deposit.
func (c *slideScene) tissuePoints() (points []slidePoint) {
	step := max(math.Sqrt(float64(c.W)*float64(c.H)/mixPoints), 0.5)
	for y := step / 2; y < float64(c.H); y += step {
		for x := step / 2; x < float64(c.W); x += step {
			p := slidePoint{x * c.PixelSizeUM, y * c.PixelSizeUM}
			if d := c.outside(p.x, p.y); d >= 0 && c.deposit(p.x, p.y, d) {
				points = append(points, p)
			}
		}
	}
	return points
}

// cellLevel is the least crowding at which a leukocyte covers a point; +Inf where none can.
func (c *slideScene) cellLevel(x, y float64) float64 {
	level, crowd := math.Inf(1), c.crowd(x, y)
	c.nearby(streamCells+40, x, y, cellPitchUM, 0.35, func(ox, oy, chance float64, _ int) {
		if ox*ox+oy*oy <= cellRadiusUM*cellRadiusUM {
			level = min(level, chance-crowd)
		}
	})
	return level
}

// mixed tells what a deposit of known mix is made of at a point outside its leukocytes.
func (c *slideScene) mixed(x, y float64) uint8 {
	switch {
	case -c.plateletField(x, y) <= c.mix.platelet:
		return c.platelets()
	case -c.redField(x, y) <= c.mix.rbc && c.redCell(x, y):
		return slideRBC
	case math.Abs(c.fibrinField(x, y)) <= c.mix.fibrin:
		return slideFibrin
	}
	return slideOther
}
