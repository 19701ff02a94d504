package annotate

import (
	"fmt"
	"math"

	"explant/app/desktop/viewport"
	"explant/io/geojson"
	"explant/volume"
)

// pick is the smallest object at a place of a sheet; "" for none.
func (m *Marker) pick(on viewport.Sheet, at geojson.Point, reach float64) (id string) {
	least := math.Inf(1)
	for _, o := range m.Book.Near(on, Box{at[0], at[1], at[0], at[1]}, reach) {
		if Hit(o.Object, at[0], at[1], reach) && (o.Area < least || o.Area == least && o.ID < id) {
			id, least = o.ID, o.Area
		}
	}
	return id
}

// fresh is a new object of the class in use on a sheet.
func (m *Marker) fresh(on viewport.Sheet, g geojson.Geometry) Object {
	m.mu.Lock()
	defer m.mu.Unlock()
	o := Object{Geometry: g, Class: m.class}
	if m.class != "" {
		c := m.color
		o.Color = &c
	}
	if m.Book.volume {
		onSheet(&o, on)
	}
	return o
}

// add puts a new shape into the book and selects it.
func (m *Marker) add(name string, on viewport.Sheet, g geojson.Geometry) { m.put(name, m.fresh(on, g)) }

func (m *Marker) put(name string, o Object) {
	id, err := m.Book.Add(name, o)
	if err == nil {
		m.change(func() { m.selected = id })
	}
	m.step(err)
}

// area closes a line drawn by hand.
func (m *Marker) area(d draft, perPixel float64) {
	ring := simplify(d.points, perPixel/2)
	if len(ring) >= 3 && math.Abs(signed(ring)) > 4*perPixel*perPixel {
		m.add("Freehand", d.on, geojson.Geometry{Polygons: []geojson.Polygon{{ring}}})
	}
}

// dot adds a point to the selected points of the class in use, or begins new ones.
func (m *Marker) dot(on viewport.Sheet, at geojson.Point) {
	o := m.Book.Object(m.Selected())
	m.mu.Lock()
	class := m.class
	m.mu.Unlock()
	if o == nil || o.Locked || len(o.Geometry.Points) == 0 || o.Class != class || m.Book.sheet(o) != on {
		m.add("Point", on, geojson.Geometry{Points: []geojson.Point{at}})
		return
	}
	next := *o
	next.Geometry.Points = append(append([]geojson.Point(nil), o.Geometry.Points...), at)
	m.step(m.Book.Change("Point", o.ID, next))
}

// Import adds objects, each as a step; those with an identifier that is taken get a new one. Objects of a
// volume must lie on its slices.
func (m *Marker) Import(all []Object) error {
	if m.Book.volume {
		for i := range all {
			if err := fits(&all[i], volume.Grid{N: m.size}); err != nil {
				return fmt.Errorf("object %d: %w", i+1, err)
			}
		}
	}
	err := m.Book.AddAll("Import", all)
	m.step(nil)
	return err
}
