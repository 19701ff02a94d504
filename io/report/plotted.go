package report

import (
	"fmt"
	"html/template"

	"gonum.org/v1/plot/vg"

	"explant/analysis/metrics"
)

// plotted is a curve in the page: two drawings of it for wide and narrow screens, and its values.
type plotted struct {
	Name, Definition, Note string
	Wide, Narrow           template.HTML
	Axis, Heading          string
	Legend                 []Layer
	Rows                   []binRow
}

// binRow is one value of a curve in its table.
type binRow struct{ Bin, Series, Value, Interval string }

func plotAll(all []curve, colors map[string]string) ([]plotted, error) {
	var out []plotted
	for _, c := range all {
		p, err := c.plotted(colors)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (c *curve) plotted(colors map[string]string) (plotted, error) {
	p := plotted{Name: c.metric, Axis: c.axis()}
	if m, ok := metrics.Lookup(c.metric); ok {
		p.Name, p.Definition = m.Name, m.Definition
	}
	p.Heading = p.Name
	if h := c.value(); h != "" {
		p.Heading = h
	}
	heading := p.Heading
	if u := Unit(c.unit); u != "" {
		p.Heading += " (" + u + ")"
	}
	if c.even() {
		p.Note = "Dashed: 1, where the deposit is as common as the blood-side space. Above it, deposit prefers this distance."
	}
	if len(c.mats) > 0 {
		p.Note = fmt.Sprintf("Bands: the %d mats.", len(c.mats))
	}
	title := fmt.Sprintf("%s against %s; the values are in the table below", p.Heading, p.Axis)
	for _, form := range []struct {
		size [2]vg.Length
		into *template.HTML
	}{{widePlot, &p.Wide}, {narrowPlot, &p.Narrow}} {
		svg, err := c.svg(form.size, heading, title, colors)
		if err != nil {
			return plotted{}, err
		}
		*form.into = template.HTML(svg)
	}
	for _, s := range c.series {
		if len(c.series) > 1 {
			p.Legend = append(p.Legend, Layer{Name: s.name, Color: colors[s.name]})
		}
		for _, b := range s.bins {
			p.Rows = append(p.Rows, binRow{c.place(b), s.name, value(b.Measurement), interval(b.Measurement)})
		}
	}
	return p, nil
}

// place names a bin: its limits, or its number where it has none.
func (c *curve) place(b bin) string {
	if c.along == "" && b.hi-b.lo == 1 && numbered.MatchString(b.Part) {
		return free((b.lo + b.hi) / 2)
	}
	return free(b.lo) + " to " + free(b.hi)
}
