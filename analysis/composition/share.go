package composition

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Coverage is the probability of the intervals.
const Coverage = 0.95

// Estimate is a value with the distances of its limits: between sections, and what all sections have in common.
// NaN where they are not known.
type Estimate struct {
	Value    float64
	Lo, Hi   float64 // limits by the sections alone
	Common   float64 // half width from the classes of the slides
	Sections int
	Pooled   bool // from sections of other zones

	counted float64 // variance by the counting of objects
}

// Known reports whether the estimate has an interval.
func (e Estimate) Known() bool { return !math.IsNaN(e.Lo) }

// share estimates the share of a component in a zone from its sections.
func (d *Device) share(component, zone string, s Spread) Estimate {
	all := d.of(component, zone)
	area, tissue := sums(all)
	e := Estimate{Value: area / tissue, Lo: math.NaN(), Hi: math.NaN(), Sections: len(all)}
	for _, x := range all {
		e.Common += x.Half * x.Tissue / tissue
	}
	s = s.of(d, component)
	if s.DF > 0 {
		counting := sizes * d.objectArea(component) / tissue
		e.Lo, e.Hi = limits(e.Value, s.Phi/worth(all), counting, 0, quantile(s.DF))
		e.counted = counting * e.Value
	}
	return e
}

// limits are the shares whose own scatter just reaches the value: p with
// (value - p)² = t² (phi p (1-p) + counting p + other).
func limits(value, phi, counting, other, t float64) (lo, hi float64) {
	far := func(p float64) bool { return square(value-p) > t*t*(phi*p*(1-p)+counting*p+other) }
	return bisect(far, value, 0), bisect(far, value, 1)
}

// bisect finds where far begins between near, where it is false, and end.
func bisect(far func(float64) bool, near, end float64) float64 {
	if !far(end) {
		return end
	}
	for range 60 {
		if middle := (near + end) / 2; far(middle) {
			end = middle
		} else {
			near = middle
		}
	}
	return (near + end) / 2
}

func quantile(df float64) float64 {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}.Quantile((1 + Coverage) / 2)
}

// elsewhere estimates the share in a zone without sections from all other zones: the interval holds the
// differences between zones, which at least two with sections must tell.
func (d *Device) elsewhere(component string) Estimate {
	all := d.of(component, "")
	area, tissue := sums(all)
	e := Estimate{Value: area / tissue, Lo: math.NaN(), Hi: math.NaN(), Sections: len(all), Pooled: true}
	var zones []float64
	for _, z := range d.Zones {
		if in := d.of(component, z.Name); len(in) > 0 {
			a, t := sums(in)
			zones = append(zones, a/t)
		}
	}
	for _, x := range all {
		e.Common += x.Half * x.Tissue / tissue
	}
	n := float64(len(zones))
	if n < 2 {
		return e
	}
	mean, squares := 0.0, 0.0
	for _, v := range zones {
		mean += v / n
	}
	for _, v := range zones {
		squares += square(v - mean)
	}
	half := quantile(n-1) * math.Sqrt(squares/(n-1)*(1+1/n))
	e.Lo, e.Hi = math.Max(e.Value-half, 0), math.Min(e.Value+half, 1)
	return e
}

// rest is what the named components leave.
func rest(named []Estimate, s Spread, sections float64) Estimate {
	e := Estimate{Value: 1, Lo: math.NaN(), Hi: math.NaN()}
	squares, below, above, counted, known := 0.0, 0.0, 0.0, 0.0, true
	for _, n := range named {
		e.Value -= n.Value
		squares += square(n.Common)
		counted += n.counted
		below, above = below+square(n.Hi-n.Value), above+square(n.Value-n.Lo)
		e.Sections = max(e.Sections, n.Sections)
		e.Pooled = e.Pooled || n.Pooled
		known = known && n.Known()
	}
	e.Value, e.Common = math.Max(e.Value, 0), math.Sqrt(squares)
	switch {
	case !known:
	case e.Pooled:
		e.Lo, e.Hi = math.Max(e.Value-math.Sqrt(below), 0), math.Min(e.Value+math.Sqrt(above), 1)
	case s.DF > 0:
		e.Lo, e.Hi = limits(e.Value, s.Phi/sections, 0, counted, quantile(s.DF))
	}
	return e
}
