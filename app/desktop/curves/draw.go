package curves

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"explant/app/desktop/screen"
)

// Ink is what a drawing is coloured with.
type Ink struct {
	Ground, Text, Grid color.Color
	Lines              []color.NRGBA // one after the other
}

// Palette are colours of lines that are told apart with any colour vision, on light and dark.
var Palette = []color.NRGBA{{0x2E, 0x86, 0xDE, 255}, {0xE6, 0x7E, 0x22, 255}, {0x16, 0xA0, 0x85, 255}, {0xC0, 0x39, 0x8B, 255}, {0x8E, 0x9A, 0xA6, 255}}

// Picture is a curve drawn, and where its bins are.
type Picture struct {
	Image *image.RGBA
	curve *Curve
	plot  image.Rectangle
	x0    float64 // along the axis, at the left edge
	x1    float64
}

// Draw draws a curve of a size in pixels; text is the height of text, marked the row of a measurement whose
// bin stands out, or -1.
func Draw(c *Curve, w, h, text int, ink Ink, marked int) Picture {
	p := Picture{Image: image.NewRGBA(image.Rect(0, 0, w, h)), curve: c}
	draw.Draw(p.Image, p.Image.Rect, image.NewUniform(ink.Ground), image.Point{}, draw.Src)
	x0, x1, y0, y1 := c.reach()
	ticks := nice(y0, y1, 4)
	y0, y1 = min(y0, ticks[0]), max(y1, ticks[len(ticks)-1])
	left := text / 2
	for _, t := range ticks {
		left = max(left, screen.TextWidth(short(t), text)+text)
	}
	p.x0, p.x1 = x0, x1
	if w-text-left < 8 || h-text*5 < 8 {
		return p // no room
	}
	p.plot = image.Rect(left, text*2, w-text, h-text*3)
	at := func(x, y float64) screen.Point {
		return screen.Point{X: float64(p.plot.Min.X) + (x-x0)/(x1-x0)*float64(p.plot.Dx()), Y: float64(p.plot.Max.Y) - (y-y0)/(y1-y0)*float64(p.plot.Dy())}
	}
	for _, t := range ticks {
		y := int(at(x0, t).Y)
		screen.Fill(p.Image, image.Rect(p.plot.Min.X, y, p.plot.Max.X, y+1), ink.Grid)
		screen.Plain(p.Image, left-screen.TextWidth(short(t), text)-text/3, y+text/3, short(t), text, ink.Text)
	}
	p.axis(nice(x0, x1, 4), text, ink, func(x float64) float64 { return at(x, 0).X })
	screen.Plain(p.Image, text/3, text+text/4, headline(c), text, ink.Text)
	for k, l := range c.Lines {
		p.line(l, ink.Lines[k%len(ink.Lines)], marked, at, len(c.Lines) == 1)
	}
	p.legend(text, ink)
	return p
}

// headline is what stands over the values.
func headline(c *Curve) string {
	if c.Unit == "" {
		return c.Title
	}
	return c.Title + " (" + c.Unit + ")"
}

// axis writes the numbers along the bins, and what they are.
func (p *Picture) axis(ticks []float64, text int, ink Ink, x func(float64) float64) {
	for _, t := range ticks {
		if t < p.x0 || t > p.x1 {
			continue
		}
		at := int(x(t))
		screen.Fill(p.Image, image.Rect(at, p.plot.Max.Y, at+1, p.plot.Max.Y+text/3), ink.Text)
		wide := screen.TextWidth(short(t), text)
		screen.Plain(p.Image, min(max(at-wide/2, 0), p.Image.Rect.Dx()-wide), p.plot.Max.Y+text*5/4, short(t), text, ink.Text)
	}
	wide := screen.TextWidth(p.curve.Axis, text)
	screen.Plain(p.Image, max(p.plot.Max.X-wide, text/3), p.plot.Max.Y+text*5/2, p.curve.Axis, text, ink.Text)
}

// line draws bars with their intervals where it is the only one, else a line through the middles.
func (p *Picture) line(l Line, c color.NRGBA, marked int, at func(x, y float64) screen.Point, bars bool) {
	var path []screen.Point
	faint := c
	faint.A = 70
	for _, b := range l.Bins {
		mid := (b.From + b.To) / 2
		path = append(path, at(mid, b.Value))
		low, high := at(b.From, max(b.Value, 0)), at(b.To, min(b.Value, 0))
		bar := image.Rect(int(low.X)+1, int(low.Y), int(high.X), int(high.Y)+1)
		switch {
		case b.Row == marked:
			screen.Fill(p.Image, image.Rect(bar.Min.X, p.plot.Min.Y, bar.Max.X, p.plot.Max.Y), color.NRGBA{c.R, c.G, c.B, 40})
			screen.Fill(p.Image, bar, color.NRGBA{c.R, c.G, c.B, 170})
		case bars:
			screen.Fill(p.Image, bar, faint)
		}
		if b.Low != nil && b.High != nil {
			screen.Line(p.Image, []screen.Point{at(mid, *b.Low), at(mid, *b.High)}, false, 1.5, c)
		}
	}
	if !bars {
		screen.Line(p.Image, path, false, 2, c)
	}
	for _, q := range path {
		screen.Dot(p.Image, q, 2.5, c)
	}
}

// legend names the lines where there are several.
func (p *Picture) legend(text int, ink Ink) {
	if len(p.curve.Lines) < 2 {
		return
	}
	y := p.plot.Min.Y + text
	for k, l := range p.curve.Lines {
		x := p.plot.Max.X - screen.TextWidth(l.Name, text) - text*2
		screen.Fill(p.Image, image.Rect(x, y-text/2, x+text, y-text/4), ink.Lines[k%len(ink.Lines)])
		screen.Plain(p.Image, x+text*3/2, y, l.Name, text, ink.Text)
		y += text * 3 / 2
	}
}

// Hit is the bin under a place of the picture, of the line that is nearest there; ok is false beside all.
func (p *Picture) Hit(x, y int) (b Bin, ok bool) {
	if !image.Pt(x, y).In(p.plot) {
		return b, false
	}
	at := p.x0 + (float64(x-p.plot.Min.X)+0.5)/float64(p.plot.Dx())*(p.x1-p.x0)
	_, _, y0, y1 := p.curve.reach()
	value := y0 + float64(p.plot.Max.Y-y)/float64(p.plot.Dy())*(y1-y0)
	best := math.Inf(1)
	for _, l := range p.curve.Lines {
		for _, k := range l.Bins {
			if at >= k.From && at < k.To && math.Abs(k.Value-value) < best {
				best, b, ok = math.Abs(k.Value-value), k, true
			}
		}
	}
	return b, ok
}

// nice are round numbers that part a range into about n.
func nice(low, high float64, n int) []float64 {
	step := math.Pow(10, math.Floor(math.Log10((high-low)/float64(n))))
	for _, f := range []float64{1, 2, 5, 10} {
		if (high-low)/(step*f) <= float64(n)+0.5 {
			step *= f
			break
		}
	}
	var all []float64
	for k := math.Floor(low / step); k <= math.Ceil(high/step) && len(all) < 4*n; k++ {
		all = append(all, k*step)
	}
	return all
}

// short is a number of an axis.
func short(v float64) string { return fmt.Sprintf("%.4g", v) }
