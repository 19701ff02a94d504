package report

import (
	"bytes"
	"fmt"
	"html/template"
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"explant/analysis/composition"
	"explant/analysis/result"
)

// composed is what the deposit of a device is made of: a table with a row a component and a column a zone, and
// the same as bars.
type composed struct {
	Zones        []string
	Rows         []composedRow
	Sections     []string // behind the figures of each zone
	Unit, Of     string
	Wide, Narrow template.HTML
}

// composedRow is one component.
type composedRow struct {
	Name  string
	Color template.CSS
	Cells []composedCell
}

// composedCell is one component in one zone; empty where it was not measured.
type composedCell struct{ Volume, VolumeInterval, Burden, BurdenInterval string }

// wholeColumn is the heading of the whole device.
const wholeColumn = "whole device"

// compose gathers the values of a summary; nil where there is none.
func compose(all []result.Measurement, colors map[string]string) (*composed, error) {
	volumes, burdens := of(all, composition.MetricVolume), of(all, composition.MetricBurden)
	if len(volumes) == 0 {
		return nil, nil
	}
	c := &composed{Unit: Unit(volumes[0].Unit), Of: "blood-side space"}
	var names []string
	for _, m := range volumes {
		name, zone := componentAndZone(m)
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
		if !slices.Contains(c.Zones, zone) {
			c.Zones = append(c.Zones, zone)
		}
	}
	share := make([][]float64, len(names)) // of the bars: one a component, with a value a zone
	for i, name := range names {
		row := composedRow{Name: part(name), Color: template.CSS(colors[name])}
		for _, zone := range c.Zones {
			cell := composedCell{}
			cell.Volume, cell.VolumeInterval, _ = cellOf(volumes, name, zone)
			var burden float64
			cell.Burden, cell.BurdenInterval, burden = cellOf(burdens, name, zone)
			row.Cells = append(row.Cells, cell)
			share[i] = append(share[i], burden)
		}
		c.Rows = append(c.Rows, row)
	}
	c.Sections = behind(of(all, composition.MetricSection), c.Zones)
	for _, form := range []struct {
		width vg.Length
		into  *template.HTML
	}{{widePlot[0], &c.Wide}, {narrowPlot[0], &c.Narrow}} {
		svg, err := stackedBars(c.Zones, names, share, colors, form.width)
		if err != nil {
			return nil, err
		}
		*form.into = template.HTML(svg)
	}
	return c, nil
}

func componentAndZone(m result.Measurement) (component, zone string) {
	component, zone, found := strings.Cut(m.Part, ": ")
	if !found {
		zone = wholeColumn
	}
	return component, zone
}

func cellOf(all []result.Measurement, name, zone string) (text, limits string, v float64) {
	for _, m := range all {
		if n, z := componentAndZone(m); n == name && z == zone {
			return value(m), interval(m), m.Value
		}
	}
	return "", "", 0
}

// behind lists the sections of each zone.
func behind(all []result.Measurement, zones []string) []string {
	names := make([][]string, len(zones))
	for _, m := range all {
		_, text, _ := strings.Cut(m.Part, ": ")
		words := strings.Split(text, ", ")
		if len(words) < 2 {
			continue
		}
		for k, zone := range zones {
			if (zone == words[1] || zone == wholeColumn) && !slices.Contains(names[k], words[0]) {
				names[k] = append(names[k], words[0])
			}
		}
	}
	out := make([]string, len(zones))
	for k, n := range names {
		slices.Sort(n)
		out[k] = strings.Join(n, ", ")
		if len(n) == 0 {
			out[k] = "none"
		}
	}
	return out
}

// Height of a stacked bar and of what stands around the bars.
const (
	stackedBar    = 26
	aroundStacked = 58
)

// stackedBars draws a bar a zone, the whole device on top: the burden of its components side by side.
func stackedBars(zones, names []string, share [][]float64, colors map[string]string, width vg.Length) (string, error) {
	p := plot.New()
	p.BackgroundColor = color.Transparent
	var below *plotter.BarChart
	for i := range names {
		values := make(plotter.Values, len(zones))
		for k, v := range share[i] {
			values[len(zones)-1-k] = max(v, 0)
		}
		chart, err := plotter.NewBarChart(values, stackedBar-8)
		if err != nil {
			return "", fmt.Errorf("plot components: %w", err)
		}
		ink, _ := parseColor(colors[names[i]])
		chart.Horizontal, chart.Color, chart.LineStyle.Width = true, ink, 0
		if below != nil {
			chart.StackOn(below)
		}
		p.Add(chart)
		below = chart
	}
	order := slices.Clone(zones)
	slices.Reverse(order)
	p.NominalY(order...)
	calm(&p.X)
	calm(&p.Y)
	heading := "Burden (% of the blood-side space)"
	p.X.Label.Text, p.X.Tick.Marker, p.X.Min = heading, fewTicks{}, 0
	p.Y.Tick.Length, p.Y.Tick.LineStyle.Width, p.Y.LineStyle.Width = vg.Length(8+3*longest(zones)), 0, 0.8
	if p.X.Max <= 0 {
		p.X.Max = 1
	}
	canvas := vgsvg.New(width, vg.Length(aroundStacked+stackedBar*len(zones)))
	p.Draw(draw.New(canvas))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", fmt.Errorf("plot components: %w", err)
	}
	return inline(b.String(), heading+" of the components in every zone; the values are in the table beside it"), nil
}
