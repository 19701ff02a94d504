package histogram

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"explant/app/desktop/screen"
	"explant/volume/threshold"
)

// Ink is what a drawing is coloured with.
type Ink struct {
	Ground, Text, Bars color.Color
	Class              func(name string) color.NRGBA
}

// Picture is a histogram drawn with its lines.
type Picture struct {
	Image *image.RGBA
	lines []Line
	plot  image.Rectangle
	lo    float64 // of the values, at the left edge
	hi    float64
}

// Draw draws counts with their square roots as heights, so that rare classes are seen beside common ones;
// unit is what the values are, text the height of text in pixels.
func Draw(h threshold.Histogram, lines []Line, unit string, w, high, text int, ink Ink) Picture {
	p := Picture{Image: image.NewRGBA(image.Rect(0, 0, w, high)), lines: lines, lo: h.Lo, hi: h.Lo + h.Width*float64(max(len(h.Counts), 1))}
	draw.Draw(p.Image, p.Image.Rect, image.NewUniform(ink.Ground), image.Point{}, draw.Src)
	for _, l := range lines { // a threshold beyond all values is drawn, too
		if room := (p.hi - p.lo) * 0.02; !math.IsInf(l.Value, 0) && !math.IsNaN(l.Value) {
			p.lo, p.hi = min(p.lo, l.Value-room), max(p.hi, l.Value+room)
		}
	}
	if w < 4*text || high < 4*text {
		return p
	}
	p.plot = image.Rect(text/2, text/2, w-text/2, high-text*3/2)
	p.bars(h, ink)
	for k, label := range []string{fmt.Sprintf("%.2g", p.lo), unit, fmt.Sprintf("%.3g", p.hi)} {
		wide := screen.TextWidth(label, text)
		screen.Plain(p.Image, min(max(k*w/2-wide/2, text/3), w-wide-text/3), high-text/3, label, text, ink.Text)
	}
	p.marks(text, ink)
	return p
}

func (p *Picture) bars(h threshold.Histogram, ink Ink) {
	most := math.Sqrt(float64(slices.Max(h.Counts)))
	if most == 0 {
		return
	}
	for x := p.plot.Min.X; x < p.plot.Max.X; x++ {
		from, to := int((p.value(x)-h.Lo)/h.Width), int((p.value(x+1)-h.Lo)/h.Width)
		n := int64(0)
		for i := max(from, 0); i <= min(to, len(h.Counts)-1); i++ {
			n = max(n, h.Counts[i])
		}
		top := p.plot.Max.Y - int(math.Sqrt(float64(n))/most*float64(p.plot.Dy())+0.5)
		screen.Fill(p.Image, image.Rect(x, top, x+1, p.plot.Max.Y), ink.Bars)
	}
}

// marks draws thresholds over the whole height with a grip, and levels as ticks from below; their texts keep
// out of each other's way.
func (p *Picture) marks(text int, ink Ink) {
	row := 0
	for _, l := range p.lines {
		x := p.x(l.Value)
		c := ink.Text
		if l.Class != "" {
			c = ink.Class(l.Class)
		}
		top := p.plot.Min.Y
		if l.Level {
			top = p.plot.Max.Y - p.plot.Dy()/4
		}
		screen.Fill(p.Image, image.Rect(x-1, top, x+1, p.plot.Max.Y), c)
		if l.Path != "" {
			screen.Dot(p.Image, screen.Point{X: float64(x), Y: float64(p.plot.Max.Y - text/2)}, float64(text)/2, c)
		}
		wide := screen.TextWidth(l.Text, text)
		y := p.plot.Min.Y + text + row*(text*5/4)
		row++
		if y > p.plot.Max.Y-text {
			continue
		}
		at := x + text/3
		if at+wide > p.Image.Rect.Dx() {
			at = x - text/3 - wide
		}
		screen.Plain(p.Image, max(at, 0), y, l.Text, text, ink.Text)
	}
}

// x is the pixel of a value.
func (p *Picture) x(v float64) int {
	return p.plot.Min.X + int((v-p.lo)/(p.hi-p.lo)*float64(p.plot.Dx()))
}

// value is the value at a pixel.
func (p *Picture) value(x int) float64 {
	return p.lo + float64(x-p.plot.Min.X)/float64(p.plot.Dx())*(p.hi-p.lo)
}

// Grip is the line that a press at a pixel takes hold of, of those that can be dragged; ok is false where
// none is near.
func (p *Picture) Grip(x, reach int) (l Line, ok bool) {
	best := reach + 1
	if p.plot.Empty() {
		return l, false
	}
	for _, k := range p.lines {
		if d := max(p.x(k.Value)-x, x-p.x(k.Value)); k.Path != "" && d < best {
			best, l, ok = d, k, true
		}
	}
	return l, ok
}

// Typed is the value at a pixel as a rule takes it, in steps of about a pixel.
func (p *Picture) Typed(x int) string {
	v := p.value(min(max(x, p.plot.Min.X), p.plot.Max.X))
	step := math.Pow(10, math.Floor(math.Log10((p.hi-p.lo)/float64(max(p.plot.Dx(), 1)))))
	digits := max(int(-math.Log10(step)+0.5), 0)
	return fmt.Sprintf("%.*f", digits, math.Round(v/step)*step)
}
