package annotate

import (
	"math"

	"explant/app/desktop/screen"
	"explant/io/geojson"
)

// clickReach is how far from a line a click still picks it, in pixels of the screen.
const clickReach = 6

// Press begins what the tool does; false leaves the press to the hand.
func (m *Marker) Press(x, y, perPixel float64, p screen.Pointer) bool {
	at := geojson.Point{x, y}
	switch m.Kind() {
	case Select:
		id := m.pick(at, clickReach*perPixel)
		m.Choose(id)
		if id == "" {
			return false
		}
		m.change(func() { m.draft, m.drawing = []geojson.Point{at}, true })
	case Polygon:
		m.change(func() {
			if len(m.draft) == 0 {
				m.draft = []geojson.Point{at}
			}
			m.draft = append(m.draft, at) // the last one follows the pointer
			m.drawing = true
		})
	case Rectangle, Ellipse, Ruler:
		m.change(func() { m.draft, m.drawing = []geojson.Point{at, at}, true })
	default:
		m.change(func() { m.draft, m.drawing, m.width = []geojson.Point{at}, true, m.radius*perPixel })
	}
	return true
}

// Move goes on with it.
func (m *Marker) Move(x, y, perPixel float64, p screen.Pointer) {
	at := geojson.Point{x, y}
	m.change(func() {
		m.hover, m.hovering = at, true
		if !m.drawing || len(m.draft) == 0 {
			return
		}
		last := &m.draft[len(m.draft)-1]
		switch m.kind {
		case Polygon:
			*last = at
		case Rectangle, Ellipse, Ruler:
			*last = at
			if p.Shift && m.kind != Ruler {
				side := max(math.Abs(x-m.draft[0][0]), math.Abs(y-m.draft[0][1]))
				*last = geojson.Point{m.draft[0][0] + math.Copysign(side, x-m.draft[0][0]), m.draft[0][1] + math.Copysign(side, y-m.draft[0][1])}
			}
		case Select:
			m.draft = append(m.draft[:1], at)
		default:
			if math.Hypot(x-last[0], y-last[1]) >= perPixel {
				m.draft = append(m.draft, at)
			}
		}
	})
}

// Release ends it: what was drawn becomes a step.
func (m *Marker) Release(x, y, perPixel float64, p screen.Pointer) {
	m.mu.Lock()
	kind, draft, drawing, width, selected := m.kind, m.draft, m.drawing, m.width, m.selected
	if !drawing || kind == Polygon {
		m.mu.Unlock()
		return
	}
	m.draft, m.drawing = nil, false
	m.mu.Unlock()
	wide := func() bool {
		return len(draft) == 2 && max(math.Abs(draft[0][0]-draft[1][0]), math.Abs(draft[0][1]-draft[1][1])) >= 2*perPixel
	}
	switch kind {
	case Select:
		if wide() {
			m.shift(selected, draft)
		}
	case Brush:
		m.brush(draft, width)
	case Eraser:
		m.erase(draft, width)
	case Freehand:
		m.area(draft, perPixel)
	case Rectangle:
		if wide() {
			m.add("Rectangle", geojson.Geometry{Polygons: []geojson.Polygon{rectangle(draft[0], draft[1])}})
		}
	case Ellipse:
		if wide() {
			m.add("Ellipse", geojson.Geometry{Polygons: []geojson.Polygon{ellipse(draft[0], draft[1])}, Ellipse: true})
		}
	case Ruler:
		if wide() {
			m.add("Ruler", geojson.Geometry{Lines: [][]geojson.Point{draft}})
		}
	}
	m.redraw()
}

// Double closes a polygon.
func (m *Marker) Double(x, y float64) {
	if m.Kind() == Polygon {
		m.Finish()
	}
}

// Finish closes the polygon that is being drawn.
func (m *Marker) Finish() {
	m.mu.Lock()
	draft := m.draft
	m.draft, m.drawing = nil, false
	kind := m.kind
	m.mu.Unlock()
	m.redraw()
	if kind != Polygon {
		return
	}
	var corners []geojson.Point
	for i, p := range draft {
		if i == 0 || p != draft[i-1] {
			corners = append(corners, p)
		}
	}
	if len(corners) >= 3 {
		m.add("Polygon", geojson.Geometry{Polygons: []geojson.Polygon{{corners}}})
	}
}

// Cancel drops what is half drawn; with nothing half drawn it selects nothing.
func (m *Marker) Cancel() {
	m.change(func() {
		if len(m.draft) == 0 {
			m.selected = ""
		}
		m.draft, m.drawing = nil, false
	})
	m.Told()
}

// DropCorner takes the last corner of the polygon back that is being drawn; false when there is none.
func (m *Marker) DropCorner() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := len(m.draft)
	if m.kind != Polygon || n == 0 {
		return false
	}
	if n <= 2 {
		m.draft, m.drawing = nil, false
	} else {
		m.draft = append(m.draft[:n-2], m.draft[n-1])
	}
	return true
}

// Out hides the ring of the brush when the pointer leaves.
func (m *Marker) Out() { m.change(func() { m.hovering = false }) }

// pick is the smallest object at a place; "" for none.
func (m *Marker) pick(at geojson.Point, reach float64) (id string) {
	least := math.Inf(1)
	for _, o := range m.Book.Near(Box{at[0], at[1], at[0], at[1]}, reach) {
		if a := Area(o); Hit(o, at[0], at[1], reach) && (a < least || a == least && o.ID < id) {
			id, least = o.ID, a
		}
	}
	return id
}

// add puts a new object of the current class into the book and selects it.
func (m *Marker) add(name string, g geojson.Geometry) {
	m.mu.Lock()
	o := Object{Geometry: g, Class: m.class}
	if m.class != "" {
		c := m.color
		o.Color = &c
	}
	m.mu.Unlock()
	id, err := m.Book.Add(name, o)
	if err == nil {
		m.change(func() { m.selected = id })
	}
	m.step(err)
}

// area closes a line drawn by hand.
func (m *Marker) area(line []geojson.Point, perPixel float64) {
	ring := simplify(line, perPixel/2)
	if len(ring) >= 3 && math.Abs(signed(ring)) > 4*perPixel*perPixel {
		m.add("Freehand", geojson.Geometry{Polygons: []geojson.Polygon{{ring}}})
	}
}

// brush adds a stroke to the object under its start, if it has the class that is drawn, or begins a new one.
func (m *Marker) brush(line []geojson.Point, radius float64) {
	m.mu.Lock()
	class := m.class
	m.mu.Unlock()
	for _, id := range []string{m.Selected(), m.pick(line[0], 0)} {
		o := m.Book.Object(id)
		if o == nil || o.Class != class || !touches(o, line, radius) {
			continue
		}
		next := *o
		next.Geometry = geojson.Geometry{Polygons: brushed(o.Geometry.Polygons, line, radius, true), Plane: o.Geometry.Plane}
		err := m.Book.Change("Brush", o.ID, next)
		m.change(func() { m.selected = o.ID })
		m.step(err)
		return
	}
	m.add("Brush", geojson.Geometry{Polygons: brushed(nil, line, radius, true)})
}

// touches reports whether a stroke reaches an area.
func touches(o *Object, line []geojson.Point, radius float64) bool {
	if len(o.Geometry.Polygons) == 0 || !boxOf(o).Meets(strokeBox(line, radius), 0) {
		return false
	}
	for _, p := range dense(line, radius) {
		if Hit(o, p[0], p[1], 0) || nearOutline(o, p, radius) {
			return true
		}
	}
	return false
}

// dense puts places between those of a line, no further apart than a step.
func dense(line []geojson.Point, step float64) []geojson.Point {
	out := line[:1:1]
	for i := range len(line) - 1 {
		a, b := line[i], line[i+1]
		n := int(math.Hypot(b[0]-a[0], b[1]-a[1])/step) + 1
		for k := 1; k <= n; k++ {
			t := float64(k) / float64(n)
			out = append(out, geojson.Point{a[0] + t*(b[0]-a[0]), a[1] + t*(b[1]-a[1])})
		}
	}
	return out
}

// nearOutline reports whether a place is within a distance of an outline.
func nearOutline(o *Object, p geojson.Point, reach float64) bool {
	for _, polygon := range o.Geometry.Polygons {
		for _, ring := range polygon {
			for i, a := range ring {
				if distance(p[0], p[1], a, ring[(i+1)%len(ring)]) <= reach {
					return true
				}
			}
		}
	}
	return false
}

// erase takes a stroke from the selected object, or else from the one under its start.
func (m *Marker) erase(line []geojson.Point, radius float64) {
	for _, id := range []string{m.Selected(), m.pick(line[0], 0)} {
		o := m.Book.Object(id)
		if o == nil || !touches(o, line, radius) {
			continue
		}
		left := brushed(o.Geometry.Polygons, line, radius, false)
		if len(left) == 0 {
			m.change(func() { m.selected = "" })
			m.step(m.Book.Delete("Eraser", o.ID))
			return
		}
		next := *o
		next.Geometry = geojson.Geometry{Polygons: left, Plane: o.Geometry.Plane}
		m.step(m.Book.Change("Eraser", o.ID, next))
		return
	}
}

// shift moves an object by the way of a drag.
func (m *Marker) shift(id string, way []geojson.Point) {
	if o := m.Book.Object(id); o != nil {
		next := *o
		next.Geometry = moved(o.Geometry, way[1][0]-way[0][0], way[1][1]-way[0][1])
		m.step(m.Book.Change("Move", id, next))
	}
}

// Import adds objects, each as a step; those with an identifier that is taken get a new one.
func (m *Marker) Import(all []Object) error {
	var err error
	for _, o := range all {
		if _, err = m.Book.Add("Import", o); err != nil {
			break
		}
	}
	m.step(nil)
	return err
}
