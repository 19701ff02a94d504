package annotate

import (
	"math"

	"explant/app/desktop/viewport"
	"explant/io/geojson"
	"explant/volume/render"
)

// squares are the sides of a pixel of a sheet relative to the smaller one: brushes are round on the screen.
func (m *Marker) squares(on viewport.Sheet) (sx, sy float64) {
	m.mu.Lock()
	g := m.grid
	m.mu.Unlock()
	w, h := render.PlaneSpacing(g, m.axis(on))
	if !(w > 0 && h > 0) {
		return 1, 1
	}
	return w / min(w, h), h / min(w, h)
}

// stretched is a geometry with its coordinates multiplied.
func stretched(g geojson.Geometry, sx, sy float64) geojson.Geometry {
	if sx == 1 && sy == 1 {
		return g
	}
	return mapped(g, func(p geojson.Point) geojson.Point { return geojson.Point{p[0] * sx, p[1] * sy} })
}

// candidates are the objects of the class in use on a sheet that a stroke may join: the selected one first,
// then the one under its start.
func (m *Marker) candidates(on viewport.Sheet, start geojson.Point) (out []*Object) {
	for _, id := range []string{m.Selected(), m.pick(on, start, 0)} {
		if o := m.Book.Object(id); o != nil && !o.Locked && m.Book.sheet(o) == on && len(o.Geometry.Polygons) > 0 {
			out = append(out, o)
		}
	}
	return out
}

// reshape puts other polygons in the place of those of an object; none of them deletes it.
func (m *Marker) reshape(name string, o *Object, polygons []geojson.Polygon) {
	if len(polygons) == 0 {
		m.change(func() { m.selected = "" })
		m.step(m.Book.Delete(name, o.ID))
		return
	}
	next := *o
	next.Geometry = geojson.Geometry{Polygons: polygons, Plane: o.Geometry.Plane}
	err := m.Book.Change(name, o.ID, next)
	m.change(func() { m.selected = o.ID })
	m.step(err)
}

// brush adds a stroke to the object under its start, if it has the class that is drawn, or begins a new one.
func (m *Marker) brush(d draft) {
	m.mu.Lock()
	class := m.class
	m.mu.Unlock()
	sx, sy := m.squares(d.on)
	line := stretched(geojson.Geometry{Points: d.points}, sx, sy).Points
	for _, o := range m.candidates(d.on, d.points[0]) {
		old := stretched(o.Geometry, sx, sy)
		if o.Class == class && touches(old, line, d.width) {
			grown := brushed(old.Polygons, line, d.width, true)
			m.reshape("Brush", o, stretched(geojson.Geometry{Polygons: grown}, 1/sx, 1/sy).Polygons)
			return
		}
	}
	m.add("Brush", d.on, stretched(geojson.Geometry{Polygons: brushed(nil, line, d.width, true)}, 1/sx, 1/sy))
}

// erase takes a stroke from the selected object, or else from the one under its start.
func (m *Marker) erase(d draft) {
	sx, sy := m.squares(d.on)
	line := stretched(geojson.Geometry{Points: d.points}, sx, sy).Points
	for _, o := range m.candidates(d.on, d.points[0]) {
		old := stretched(o.Geometry, sx, sy)
		if touches(old, line, d.width) {
			left := brushed(old.Polygons, line, d.width, false)
			m.reshape("Eraser", o, stretched(geojson.Geometry{Polygons: left}, 1/sx, 1/sy).Polygons)
			return
		}
	}
}

// touches reports whether a stroke reaches an area.
func touches(g geojson.Geometry, line []geojson.Point, radius float64) bool {
	o := &Object{Geometry: g}
	if !boxOf(o).Meets(strokeBox(line, radius), 0) {
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
