package report

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"math"
	"slices"
	"unicode/utf8"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"explant/analysis/metrics"
	"explant/analysis/result"
)

// zoneMetric is drawn as bars, one a zone.
const zoneMetric = "prof.zone"

// How many zones a drawing holds, and how high it is: for each bar, and for what stands around them.
const (
	fewestZones = 2
	mostZones   = 60
	barHeight   = 14
	aroundBars  = 46
)

// zones draws burden by zone; ok is false where too few zones were measured.
func zones(all []result.Measurement) (p plotted, ok bool, err error) {
	rows := of(all, zoneMetric)
	if len(rows) < fewestZones {
		return p, false, nil
	}
	m, _ := metrics.Lookup(zoneMetric)
	p = plotted{Name: m.Name, Definition: m.Definition, Axis: "Zone", Heading: "Burden (" + Unit(rows[0].Unit) + ")"}
	for _, z := range rows {
		p.Rows = append(p.Rows, binRow{Bin: z.Part, Value: value(z), Interval: interval(z)})
	}
	drawn := rows[:min(len(rows), mostZones)]
	if len(drawn) < len(rows) {
		p.Note = fmt.Sprintf("The first %d of %d zones are drawn.", len(drawn), len(rows))
	}
	title := p.Heading + " of every zone; the values are in the table below"
	for _, form := range []struct {
		width vg.Length
		into  *template.HTML
	}{{widePlot[0], &p.Wide}, {narrowPlot[0], &p.Narrow}} {
		svg, err := bars(drawn, form.width, p.Heading, title)
		if err != nil {
			return p, false, err
		}
		*form.into = template.HTML(svg)
	}
	return p, true, nil
}

// bars draws one horizontal bar a zone, the first one on top.
func bars(rows []result.Measurement, width vg.Length, heading, title string) (string, error) {
	p := plot.New()
	p.BackgroundColor = color.Transparent
	values, names := make(plotter.Values, len(rows)), make([]string, len(rows))
	for i, m := range rows {
		values[len(rows)-1-i], names[len(rows)-1-i] = m.Value, m.Part
	}
	chart, err := plotter.NewBarChart(values, barHeight-5)
	if err != nil {
		return "", fmt.Errorf("plot %s: %w", zoneMetric, err)
	}
	chart.Horizontal, chart.Color, chart.LineStyle.Width = true, plotLine, 0
	p.NominalY(names...)
	calm(&p.X)
	calm(&p.Y)
	p.X.Label.Text, p.X.Tick.Marker = heading, fewTicks{}
	p.Y.Tick.Length, p.Y.Tick.LineStyle.Width, p.Y.LineStyle.Width = vg.Length(5+longest(names)), 0, 0.8 // browsers write wider than the plot knows
	grid := plotter.NewGrid()
	grid.Horizontal.Width = 0
	grid.Vertical.Color, grid.Vertical.Width = plotRule, 0.6
	p.Add(grid, chart)
	p.X.Min, p.X.Max = min(slices.Min(values), 0), max(slices.Max(values), 0)
	if p.X.Max-p.X.Min <= 0 || math.IsNaN(p.X.Max-p.X.Min) {
		p.X.Max = p.X.Min + 1
	}
	canvas := vgsvg.New(width, vg.Length(aroundBars+barHeight*len(rows)))
	p.Draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", fmt.Errorf("plot %s: %w", zoneMetric, err)
	}
	return inline(b.String(), title), nil
}

// longest is the number of characters of the longest name.
func longest(names []string) (n int) {
	for _, s := range names {
		n = max(n, utf8.RuneCountInString(s))
	}
	return n
}
