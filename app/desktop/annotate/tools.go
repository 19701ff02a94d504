package annotate

import (
	"math"

	"explant/app/desktop/screen"
	"explant/app/desktop/viewport"
	"explant/io/geojson"
)

// How far from a line or a grip a click still picks it, in pixels of the screen.
const clickReach, gripReach = 6, 8

// point is the place of the pointer on its sheet.
func (m *Marker) point(at viewport.Place) geojson.Point {
	return m.turn(geojson.Point{at.X, at.Y}, at.Sheet)
}

// Press begins what the tool does; false leaves the press to the hand.
func (m *Marker) Press(at viewport.Place, p screen.Pointer) bool {
	here := m.point(at)
	switch m.Kind() {
	case Select:
		return m.hold(at, here)
	case Polygon:
		m.corner(at.Sheet, here)
	case Angle:
		if m.corner(at.Sheet, here) == 4 { // the last one follows the pointer
			m.Finish()
		}
	case Points:
		m.dot(at.Sheet, here)
	case Wand:
		m.wave(at, here)
	case Rectangle, Ellipse, Ruler:
		m.change(func() { m.draft = draft{on: at.Sheet, points: []geojson.Point{here, here}, drawing: true} })
	default:
		m.change(func() {
			m.draft = draft{on: at.Sheet, points: []geojson.Point{here}, drawing: true, width: m.radius * at.PerPixel}
		})
	}
	return true
}

// hold takes the grip of the selected object, or selects what is there and takes all of it.
func (m *Marker) hold(at viewport.Place, here geojson.Point) bool {
	o := m.Book.Object(m.Selected())
	if o != nil && m.Book.sheet(o) != at.Sheet {
		o = nil
	}
	g := held(o, here, gripReach*at.PerPixel)
	if g == nil {
		id := m.pick(at.Sheet, here, clickReach*at.PerPixel)
		m.Choose(id)
		if id == "" {
			return false
		}
	}
	m.change(func() { m.draft = draft{on: at.Sheet, points: []geojson.Point{here}, drawing: true, grip: g} })
	return true
}

// corner puts a corner where the pointer is; one more follows it. It returns how many there are with it.
func (m *Marker) corner(on viewport.Sheet, here geojson.Point) (n int) {
	m.change(func() {
		if m.draft.on != on || len(m.draft.points) == 0 {
			m.draft = draft{on: on, points: []geojson.Point{here}}
		}
		m.draft.points[len(m.draft.points)-1] = here
		m.draft.points = append(m.draft.points, here)
		m.draft.drawing = true
		n = len(m.draft.points)
	})
	return n
}

// Move goes on with it.
func (m *Marker) Move(at viewport.Place, p screen.Pointer) {
	here := m.point(at)
	if k := m.Kind(); k == Select || k == Wand {
		m.drag(k, at, here)
		return
	}
	m.change(func() {
		m.hover, m.hovering = viewport.Place{Sheet: at.Sheet, X: here[0], Y: here[1]}, true
		d := &m.draft
		if !d.drawing || len(d.points) == 0 || d.on != at.Sheet {
			return
		}
		last := &d.points[len(d.points)-1]
		switch m.kind {
		case Polygon, Angle:
			*last = here
		case Rectangle, Ellipse, Ruler:
			*last = here
			if p.Shift && m.kind != Ruler {
				*last = squared(d.points[0], here)
			}
		default:
			if math.Hypot(here[0]-last[0], here[1]-last[1]) >= at.PerPixel {
				d.points = append(d.points, here)
			}
		}
	})
}

// squared is the corner of a square, the other one of which is a.
func squared(a, b geojson.Point) geojson.Point {
	side := max(math.Abs(b[0]-a[0]), math.Abs(b[1]-a[1]))
	return geojson.Point{a[0] + math.Copysign(side, b[0]-a[0]), a[1] + math.Copysign(side, b[1]-a[1])}
}

// drag moves the selected object or its grip, or lets the wand take more.
func (m *Marker) drag(k Kind, at viewport.Place, here geojson.Point) {
	m.mu.Lock()
	d, selected := m.draft, m.selected
	m.mu.Unlock()
	if !d.drawing || d.on != at.Sheet {
		return
	}
	if k == Wand {
		m.change(func() { m.draft.taken = d.flood.take(here) })
		return
	}
	o := m.Book.Object(selected)
	if o == nil || o.Locked {
		return
	}
	shape := moved(o.Geometry, here[0]-d.points[0][0], here[1]-d.points[0][1])
	if d.grip != nil {
		shape = d.grip.moved(here)
	}
	m.change(func() { m.draft.shape, m.draft.points = &shape, append(d.points[:1:1], here) })
}

// Release ends it: what was drawn becomes a step.
func (m *Marker) Release(at viewport.Place, p screen.Pointer) {
	m.mu.Lock()
	kind, d, selected := m.kind, m.draft, m.selected
	if !d.drawing || kind == Polygon || kind == Angle {
		m.mu.Unlock()
		return
	}
	m.draft = draft{}
	m.mu.Unlock()
	wide := len(d.points) == 2 && max(math.Abs(d.points[0][0]-d.points[1][0]), math.Abs(d.points[0][1]-d.points[1][1])) >= 2*at.PerPixel
	switch kind {
	case Select:
		if wide && d.shape != nil && !flat(*d.shape, at.PerPixel) {
			m.settle(selected, d)
		}
	case Brush:
		m.brush(d)
	case Eraser:
		m.erase(d)
	case Wand:
		m.cast(d)
	case Freehand:
		m.area(d, at.PerPixel)
	default:
		if wide {
			m.addShape(kind, d)
		}
	}
	m.redraw()
}

// addShape adds what is drawn between two points.
func (m *Marker) addShape(kind Kind, d draft) {
	a, b := d.points[0], d.points[1]
	switch kind {
	case Rectangle:
		m.add(string(kind), d.on, geojson.Geometry{Polygons: []geojson.Polygon{rectangle(a, b)}})
	case Ellipse:
		m.add(string(kind), d.on, geojson.Geometry{Polygons: []geojson.Polygon{ellipse(a, b)}, Ellipse: true})
	case Ruler:
		m.add(string(kind), d.on, geojson.Geometry{Lines: [][]geojson.Point{d.points}})
	}
}

// settle keeps an object where it was moved to, or as it was reshaped.
func (m *Marker) settle(id string, d draft) {
	o := m.Book.Object(id)
	if o == nil {
		return
	}
	name := "Move"
	if d.grip != nil {
		name = "Reshape"
	}
	next := *o
	next.Geometry = *d.shape
	m.step(m.Book.Change(name, id, next))
}

// Double closes a polygon; false leaves a double click to the picture.
func (m *Marker) Double() bool {
	k := m.Kind()
	if k == Polygon {
		m.Finish()
	}
	return k != Select
}

// Finish closes the polygon, or ends the angle, that is being drawn.
func (m *Marker) Finish() {
	m.mu.Lock()
	d, kind := m.draft, m.kind
	if kind == Polygon || kind == Angle {
		m.draft = draft{}
	}
	m.mu.Unlock()
	m.redraw()
	var corners []geojson.Point
	for i, p := range d.points {
		if i == 0 || p != d.points[i-1] {
			corners = append(corners, p)
		}
	}
	switch {
	case len(corners) < 3:
	case kind == Polygon:
		m.add("Polygon", d.on, geojson.Geometry{Polygons: []geojson.Polygon{{corners}}})
	case kind == Angle:
		o := m.fresh(d.on, geojson.Geometry{Lines: [][]geojson.Point{corners[:3]}})
		setMetadata(&o, measureKey, angleMeasure)
		m.put("Angle", o)
	}
}

// Cancel drops what is half drawn; with nothing half drawn it selects nothing.
func (m *Marker) Cancel() {
	m.change(func() {
		if len(m.draft.points) == 0 {
			m.selected = ""
		}
		m.draft = draft{}
	})
	m.Told()
}

// DropCorner takes the last corner of the polygon back that is being drawn; false when there is none.
func (m *Marker) DropCorner() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.draft.points)
	if m.kind != Polygon && m.kind != Angle || n == 0 {
		return false
	}
	if n <= 2 {
		m.draft = draft{}
	} else {
		m.draft.points = append(m.draft.points[:n-2], m.draft.points[n-1])
	}
	return true
}

// Out hides the ring of the brush when the pointer leaves.
func (m *Marker) Out() { m.change(func() { m.hovering = false }) }
