// Package curves gives what was measured bin by bin - profiles, distributions - as drawings in which a bin
// can be pointed at. It knows no window.
package curves

import (
	"slices"

	"explant/analysis/metrics"
	"explant/analysis/result"
	"explant/io/report"
)

// Curve is one metric measured bin by bin.
type Curve struct {
	Title string // of the metric
	Axis  string // of the bins: "Distance from the polymer (µm)"
	Unit  string // of the values, as people write it
	Lines []Line
}

// Line is one line of a curve; its name is "" where it is the only one.
type Line struct {
	Name string
	Bins []Bin
}

// Bin is one value.
type Bin struct {
	From, To float64 // along the axis
	Value    float64
	Low      *float64 // its interval; nil without
	High     *float64
	Row      int // of the measurement in its result
}

// fewest is what makes measurements a curve.
const fewest = 3

// Of are the curves of a result, in the order of its measurements.
func Of(res result.Result) []Curve {
	type key struct{ metric, unit, along string }
	found := map[key]*Curve{}
	var order []key
	for row, m := range res.Measurements {
		line, lo, hi, along, ok := report.Bin(m)
		if !ok {
			continue
		}
		k := key{m.Metric, m.Unit, along}
		c := found[k]
		if c == nil {
			c = &Curve{Title: m.Metric, Axis: report.Along(m.Metric, along), Unit: report.Unit(m.Unit)}
			if d, known := metrics.Lookup(m.Metric); known {
				c.Title = d.Name
			}
			found[k] = c
			order = append(order, k)
		}
		c.add(line, Bin{From: lo, To: hi, Value: m.Value, Low: m.ULo, High: m.UHi, Row: row})
	}
	var all []Curve
	for _, k := range order {
		if c := found[k]; c.longest() >= fewest {
			all = append(all, *c)
		}
	}
	return all
}

func (c *Curve) add(name string, b Bin) {
	i := slices.IndexFunc(c.Lines, func(l Line) bool { return l.Name == name })
	if i < 0 {
		i = len(c.Lines)
		c.Lines = append(c.Lines, Line{Name: name})
	}
	l := &c.Lines[i]
	at, _ := slices.BinarySearchFunc(l.Bins, b.From, func(x Bin, from float64) int {
		if x.From <= from {
			return -1
		}
		return 1
	})
	l.Bins = slices.Insert(l.Bins, at, b)
}

func (c *Curve) longest() (n int) {
	for _, l := range c.Lines {
		n = max(n, len(l.Bins))
	}
	return n
}

// reach is the box of all bins and their intervals; values begin at 0.
func (c *Curve) reach() (x0, x1, y0, y1 float64) {
	first := true
	for _, l := range c.Lines {
		for _, b := range l.Bins {
			if first {
				x0, x1, first = b.From, b.To, false
			}
			x0, x1 = min(x0, b.From), max(x1, b.To)
			y0, y1 = min(y0, b.Value), max(y1, b.Value)
			if b.Low != nil && b.High != nil {
				y0, y1 = min(y0, *b.Low), max(y1, *b.High)
			}
		}
	}
	if y1 <= y0 {
		y1 = y0 + 1
	}
	return x0, x1, y0, y1
}
