package annotate

import (
	"encoding/json"
	"fmt"
	"maps"

	"explant/app/desktop/viewport"
	"explant/io/geojson"
	"explant/volume"
	"explant/volume/render"
)

// On slices across z an object has the columns and rows of the volume as its coordinates, and its slice
// where QuPath has it, in the plane of the geometry. Slices across x and y have (y, z) and (x, z), in
// voxels from the first one, and the name of their plane among the metadata.

// planeNames are the planes other than the axial one, as the metadata have them.
var planeNames = map[render.Axis]string{render.X: "sagittal", render.Y: "coronal"}

// planeKey is the name of a plane among the metadata.
const planeKey = "plane"

// sheetOf is the slice that an object of a volume lies on.
func sheetOf(o *Object) viewport.Sheet {
	s := viewport.Sheet{Axis: render.Z}
	if o.Geometry.Plane != nil {
		s.Slice = o.Geometry.Plane.Z
	}
	name := metadata(o)[planeKey]
	for a, known := range planeNames {
		if name == known {
			s.Axis = a
		}
	}
	return s
}

// onSheet puts a new object on a slice.
func onSheet(o *Object, s viewport.Sheet) {
	o.Geometry.Plane = &geojson.Plane{C: -1, Z: s.Slice}
	if name, upright := planeNames[s.Axis]; upright {
		setMetadata(o, planeKey, name)
	}
}

// metadata are the named texts among the properties of an object; nil for none.
func metadata(o *Object) (all map[string]string) {
	if raw := o.Extra["metadata"]; raw != nil && json.Unmarshal(raw, &all) != nil {
		return nil
	}
	return all
}

// setMetadata names a text of an object that is not in a book yet.
func setMetadata(o *Object, key, value string) {
	all := metadata(o)
	if all == nil {
		all = map[string]string{}
	}
	all[key] = value
	raw, err := json.Marshal(all)
	if err != nil {
		return // texts alone are always written
	}
	o.Extra = maps.Clone(o.Extra)
	if o.Extra == nil {
		o.Extra = map[string]json.RawMessage{}
	}
	o.Extra["metadata"] = raw
}

// fits says why an object cannot lie on any slice of a volume.
func fits(o *Object, g volume.Grid) error {
	s := sheetOf(o)
	if name := metadata(o)[planeKey]; name != "" && name != "axial" && s.Axis == render.Z {
		return fmt.Errorf("%q is no plane: axial, sagittal and coronal are", name)
	}
	if s.Slice < 0 || s.Slice >= g.N[s.Axis] {
		return fmt.Errorf("slice %d across %s is not in a volume of %d", s.Slice, s.Axis, g.N[s.Axis])
	}
	return nil
}

// turn changes a place of a picture into one of its sheet and back: pictures of upright planes show z
// upwards.
func (m *Marker) turn(p geojson.Point, s viewport.Sheet) geojson.Point {
	if m.Book.volume && s.Axis != render.Z {
		p[1] = float64(m.size[2]) - p[1]
	}
	return p
}

// axis is the axis across a sheet; that of a slide has no other than z.
func (m *Marker) axis(s viewport.Sheet) render.Axis {
	if m.Book.volume {
		return s.Axis
	}
	return render.Z
}

// shape is the sides of a pixel of a sheet, in mm where calibrated; and otherwise pixels.
func shape(g volume.Grid, a render.Axis) (w, h float64, calibrated bool) {
	w, h = render.PlaneSpacing(g, a)
	if !g.Calibrated() || w <= 0 || h <= 0 {
		return 1, 1, false
	}
	return w, h, true
}

// SheetText names the slice of an object for people; "" on a slide.
func (m *Marker) SheetText(o *Object) string {
	if !m.Book.volume {
		return ""
	}
	s := sheetOf(o)
	name, upright := planeNames[s.Axis]
	if !upright {
		name = "axial"
	}
	return fmt.Sprintf("%s %d", name, s.Slice+1)
}

// Where is the slice of an object, and the box around it as the picture has it.
func (m *Marker) Where(o *Object) (s viewport.Sheet, b Box) {
	s, b = m.Book.sheet(o), boxOf(o)
	low, high := m.turn(geojson.Point{b.X0, b.Y0}, s), m.turn(geojson.Point{b.X1, b.Y1}, s)
	return s, Box{low[0], min(low[1], high[1]), high[0], max(low[1], high[1])}
}
