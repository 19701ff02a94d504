package report

import (
	"bytes"
	"fmt"
	"image/color"
	"math"
	"regexp"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Colours that stand for those of the style sheet until the picture is made: the theme decides.
var (
	plotInk  = color.NRGBA{1, 2, 3, 255}
	plotRule = color.NRGBA{4, 5, 6, 255}
	plotLine = color.NRGBA{7, 8, 9, 255}
	plotTint = color.NRGBA{16, 17, 18, 255}
	plotBand = color.NRGBA{19, 20, 21, 255}
	themed   = strings.NewReplacer("#010203", "var(--soft)", "#040506", "var(--rule)", "#070809", "var(--accent)", "#101112", "var(--tint)", "#131415", "var(--wash)")
)

// Sizes of the two forms of a plot in points: the narrow one is for small screens.
var (
	widePlot   = [2]vg.Length{430, 250}
	narrowPlot = [2]vg.Length{300, 220}
)

// Room of a plot, in points, for what stands below its axis along and for half of the last number of it.
const belowAxis, besideAxis = 45, 12

// otherFont is how much wider than here words may become in the fonts of a reader.
const otherFont = 1.25

// svg draws c as an inline picture of the given size that takes its colours from the style sheet.
// Title is what a screen reader says.
func (c *curve) svg(size [2]vg.Length, heading, title string, colors map[string]string) (string, error) {
	p := plot.New()
	p.BackgroundColor = color.Transparent
	p.Add(bands(c.mats))
	style(p, c, heading)
	for _, s := range c.series {
		if err := c.draw(p, s, seriesColor(s.name, colors)); err != nil {
			return "", fmt.Errorf("plot %s: %w", c.metric, err)
		}
	}
	if c.even() {
		one := plotter.NewFunction(func(float64) float64 { return 1 })
		one.Color, one.Width, one.Dashes = plotInk, 1, []vg.Length{3, 3}
		p.Add(one)
		p.Y.Max = max(p.Y.Max, 1.1)
	}
	p.Y.Min = min(p.Y.Min, 0)
	if p.Y.Max <= p.Y.Min {
		p.Y.Max = p.Y.Min + 1
	}
	if y := &p.Y.Label; otherFont*y.TextStyle.Width(y.Text) > size[1]-belowAxis {
		y.Text = Unit(c.unit) // the heading above says the rest
	}
	canvas := vgsvg.New(size[0], size[1])
	p.Draw(draw.Crop(draw.New(canvas), 0, -besideAxis, 0, 0))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", fmt.Errorf("plot %s: %w", c.metric, err)
	}
	return inline(b.String(), title), nil
}

// style gives p calm axes, horizontal rules and the words of c.
func style(p *plot.Plot, c *curve, heading string) {
	p.X.Label.Text = c.axis()
	p.Y.Label.Text = heading
	if u := Unit(c.unit); u != "" {
		p.Y.Label.Text += " (" + u + ")"
	}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		calm(a)
		a.Tick.Marker = fewTicks{}
	}
	p.Y.LineStyle.Width, p.Y.Tick.LineStyle.Width, p.Y.Tick.Length = 0, 0, 2
	p.X.Tick.Length = 4
	grid := plotter.NewGrid()
	grid.Vertical.Width = 0
	grid.Horizontal.Color, grid.Horizontal.Width = plotRule, 0.6
	p.Add(grid)
}

// calm gives an axis quiet words and lines.
func calm(a *plot.Axis) {
	for _, s := range []struct {
		style *text.Style
		size  vg.Length
	}{{&a.Label.TextStyle, 10.5}, {&a.Tick.Label, 10}} {
		s.style.Font.Variant, s.style.Font.Size, s.style.Color = "Sans", s.size, plotInk
	}
	a.LineStyle.Color, a.Tick.LineStyle.Color = plotRule, plotRule
	a.LineStyle.Width, a.Tick.LineStyle.Width = 0.8, 0.8
	a.Label.Padding = 5
}

// fewTicks sets four to ten labelled ticks at round numbers and none between them.
type fewTicks struct{}

// Ticks is what a plot asks for.
func (fewTicks) Ticks(lo, hi float64) []plot.Tick {
	step := roundBelow((hi - lo) / 4)
	var out []plot.Tick
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+1e-9*step; k++ {
		out = append(out, plot.Tick{Value: k * step, Label: Number(k*step, decimals(step, 1))})
	}
	return out
}

// draw adds one series: steps with a tinted ground, or a line with a dot a bin, and its intervals.
func (c *curve) draw(p *plot.Plot, s series, ink color.NRGBA) error {
	course := plotter.XYs{}
	for _, b := range s.bins {
		if c.stepped() {
			course = append(course, plotter.XY{X: b.lo, Y: b.Value}, plotter.XY{X: b.hi, Y: b.Value})
		} else {
			course = append(course, plotter.XY{X: (b.lo + b.hi) / 2, Y: b.Value})
		}
	}
	line, err := plotter.NewLine(course)
	if err != nil {
		return err
	}
	line.Color, line.Width = ink, 1.6
	if c.stepped() && len(c.series) == 1 {
		line.FillColor = plotTint
	}
	p.Add(line)
	if !c.stepped() {
		dots, err := plotter.NewScatter(course)
		if err != nil {
			return err
		}
		dots.GlyphStyle = draw.GlyphStyle{Color: ink, Radius: 2.2, Shape: draw.CircleGlyph{}}
		p.Add(dots)
	}
	return intervals(p, s, ink)
}

// errorBars are the intervals of the bins that have one.
type errorBars struct {
	plotter.XYs
	plotter.YErrors
}

func intervals(p *plot.Plot, s series, ink color.NRGBA) error {
	var e errorBars
	for _, b := range s.bins {
		if b.ULo == nil || b.UHi == nil {
			continue
		}
		e.XYs = append(e.XYs, plotter.XY{X: (b.lo + b.hi) / 2, Y: b.Value})
		e.YErrors = append(e.YErrors, struct{ Low, High float64 }{b.Value - *b.ULo, *b.UHi - b.Value})
	}
	if len(e.XYs) == 0 {
		return nil
	}
	bars, err := plotter.NewYErrorBars(e)
	if err != nil {
		return err
	}
	bars.LineStyle.Color, bars.LineStyle.Width, bars.CapWidth = ink, 0.9, 4
	p.Add(bars)
	return nil
}

// seriesColor is the colour of the class that a series is named for, or the accent of the page.
func seriesColor(name string, colors map[string]string) color.NRGBA {
	if c, ok := parseColor(colors[name]); ok {
		return c
	}
	return plotLine
}

var (
	svgHead = regexp.MustCompile(`(?s)^.*?<svg width="[^"]*" height="[^"]*" viewBox="([^"]*)"[^>]*>`)
	svgFont = regexp.MustCompile(`font-family:[^;"]*;?`)
)

// inline turns a stand-alone SVG file into an element of the page.
func inline(svg, title string) string {
	svg = svgHead.ReplaceAllString(svg, `<svg viewBox="$1" role="img" aria-label="`+strings.ReplaceAll(escape(title), "$", "$$")+`">`)
	svg = svgFont.ReplaceAllString(svg, "")
	return themed.Replace(strings.TrimSpace(svg))
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}
