package annotate

import (
	"image"
	"image/color"

	"explant/app/desktop/screen"
	"explant/app/desktop/tiles"
	"explant/app/desktop/viewport"
	"explant/io/geojson"
)

// canvas is a frame, or a part of it, that shows a sheet.
type canvas struct {
	dst     *image.RGBA
	on      viewport.Sheet
	view    viewport.View
	density float64
	turn    func(geojson.Point, viewport.Sheet) geojson.Point
}

// at is the place in the frame of a place of the sheet.
func (c canvas) at(p geojson.Point) screen.Point {
	p = c.turn(p, c.on)
	x, y := c.view.ToScreen(p[0], p[1])
	return screen.Point{X: x + float64(c.dst.Rect.Min.X), Y: y + float64(c.dst.Rect.Min.Y)}
}

// Layer is the tiles of the objects on a sheet; nil while they are hidden.
func (m *Marker) Layer(on viewport.Sheet) *tiles.Cache {
	m.mu.Lock()
	hidden := m.hidden
	m.mu.Unlock()
	l := m.layers[on.Axis]
	if hidden || l == nil {
		return nil
	}
	if l.src.slice.Swap(int64(on.Slice)) != int64(on.Slice) {
		l.Forget()
	}
	return l.Cache
}

// Draw draws over the objects of a sheet the selected one, stronger, and what is being drawn on it. The picture
// begins at the corner of dst.
func (m *Marker) Draw(dst *image.RGBA, on viewport.Sheet, v viewport.View, density float64) {
	m.mu.Lock()
	kind, ink, now, hidden := m.kind, m.color, m.draft, m.hidden
	now.points = append([]geojson.Point(nil), now.points...)
	radius, hover, hovering, selected := m.radius*density, m.hover, m.hovering, m.selected
	if m.class == "" {
		ink = none
	}
	m.mu.Unlock()
	if hidden {
		return
	}
	c := canvas{dst, on, v, density, m.turn}
	if o := m.Book.Object(selected); o != nil && m.Book.sheet(o) == on {
		m.drawSelected(c, o, kind, now.shape)
	}
	if now.on == on && now.shape == nil && len(now.points) > 0 {
		m.drawDraft(c, kind, now, color.NRGBA{ink[0], ink[1], ink[2], 255})
	}
	if hovering && hover.Sheet == on && (kind == Brush || kind == Eraser) {
		ring := screen.Circle(c.at(geojson.Point{hover.X, hover.Y}), radius)
		screen.Line(dst, ring, true, 1.5*density, color.NRGBA{0, 0, 0, 160})
		screen.Line(dst, ring, true, density, color.NRGBA{255, 255, 255, 230})
	}
}

// drawSelected draws an object stronger, as it is being changed, with its measure and what it can be held by.
func (m *Marker) drawSelected(c canvas, o *Object, kind Kind, changed *geojson.Geometry) {
	if changed != nil {
		next := *o
		next.Geometry = *changed
		o = &next
	}
	drawObject(c.dst, o, c.at, 3*c.density, 2*areaAlpha)
	m.label(c, o)
	if kind != Select || o.Locked {
		return
	}
	for _, g := range grips(o.Geometry) {
		p := c.at(g.at)
		screen.Dot(c.dst, p, 4.5*c.density, color.NRGBA{0, 0, 0, 200})
		screen.Dot(c.dst, p, 3.5*c.density, color.NRGBA{255, 255, 255, 255})
	}
}

// drawDraft draws what is not finished yet.
func (m *Marker) drawDraft(c canvas, kind Kind, d draft, ink color.NRGBA) {
	line := 2 * c.density
	points := along(d.points, c.at)
	switch kind {
	case Brush, Eraser:
		if kind == Eraser {
			ink = color.NRGBA{255, 255, 255, 255}
		}
		ink.A = 110
		capsules(c.dst, points, d.width*c.view.Scale, ink)
	case Wand:
		drawObject(c.dst, &Object{Geometry: geojson.Geometry{Polygons: d.taken}, Color: &[3]uint8{ink.R, ink.G, ink.B}}, c.at, line, 2*areaAlpha)
	case Rectangle, Ellipse:
		if len(d.points) == 2 {
			p := rectangle(d.points[0], d.points[1])
			if kind == Ellipse {
				p = ellipse(d.points[0], d.points[1])
			}
			screen.Line(c.dst, along(p[0], c.at), true, line, ink)
		}
	default:
		screen.Line(c.dst, points, false, line, ink)
		if kind == Polygon || kind == Angle {
			for _, p := range points {
				screen.Dot(c.dst, p, 1.8*line, ink)
			}
		}
		if o := measured(kind, d); o != nil {
			m.label(c, o)
		}
	}
}

// measured is a ruler or an angle that is being drawn; nil while it measures nothing.
func measured(kind Kind, d draft) *Object {
	o := &Object{Geometry: geojson.Geometry{Lines: [][]geojson.Point{d.points}}}
	onSheet(o, d.on)
	switch {
	case kind == Ruler && len(d.points) == 2:
		return o
	case kind == Angle && len(d.points) == 3:
		setMetadata(o, measureKey, angleMeasure)
		return o
	}
	return nil
}

// capsules draws the way of a brush as one area.
func capsules(dst *image.RGBA, points []screen.Point, radius float64, c color.NRGBA) {
	if len(points) == 1 {
		screen.Dot(dst, points[0], radius, c)
		return
	}
	screen.Line(dst, points, false, 2*radius, c)
	screen.Dot(dst, points[0], radius, c)
}

// label writes the measure of an object beside it.
func (m *Marker) label(c canvas, o *Object) {
	text := m.Measure(o)
	_, b := m.Where(o)
	x, y := c.view.ToScreen(b.X1, b.Y0)
	r := c.dst.Rect
	size := int(13*c.density + 0.5)
	left := min(max(r.Min.X+int(x)+size/2, r.Min.X), r.Max.X-screen.TextWidth(text, size)-size/2)
	screen.Label(c.dst, left, min(max(r.Min.Y+int(y)-size*2/3, r.Min.Y+2*size), r.Max.Y-size), text, size)
}
