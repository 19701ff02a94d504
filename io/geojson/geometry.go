package geojson

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// geometry is one as it stands in a file.
type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
	Ellipse     bool            `json:"isEllipse,omitempty"`
	Plane       *Plane          `json:"plane,omitempty"`
}

func (g geometry) read() (out Geometry, err error) {
	out.Ellipse, out.Plane = g.Ellipse, g.Plane
	switch g.Type {
	case "Polygon":
		var p Polygon
		err = json.Unmarshal(g.Coordinates, &p)
		out.Polygons = []Polygon{p}
	case "MultiPolygon":
		err = json.Unmarshal(g.Coordinates, &out.Polygons)
	case "LineString":
		var l []Point
		err = json.Unmarshal(g.Coordinates, &l)
		out.Lines = [][]Point{l}
	case "MultiLineString":
		err = json.Unmarshal(g.Coordinates, &out.Lines)
	case "Point":
		var p Point
		err = json.Unmarshal(g.Coordinates, &p)
		out.Points = []Point{p}
	case "MultiPoint":
		err = json.Unmarshal(g.Coordinates, &out.Points)
	default:
		return out, fmt.Errorf("%w of type %q; polygons, lines and points are read", errGeometry, g.Type)
	}
	if err != nil {
		return out, fmt.Errorf("%w: %w", errGeometry, err)
	}
	return out, out.open()
}

// JSON is the geometry as the format has it, for a record of what was drawn.
func (g Geometry) JSON() ([]byte, error) {
	out, err := g.write()
	if err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// open drops the repeated last point of rings and checks the size of everything.
func (g *Geometry) open() error {
	if len(g.Polygons)+len(g.Lines)+len(g.Points) == 0 {
		return fmt.Errorf("%w without a point", errGeometry)
	}
	for _, p := range g.Polygons {
		if len(p) == 0 {
			return fmt.Errorf("%w: a polygon without a ring", errGeometry)
		}
		for i, ring := range p {
			if n := len(ring); n > 1 && ring[0] == ring[n-1] {
				p[i] = ring[:n-1]
			}
			if len(p[i]) < 3 {
				return fmt.Errorf("%w: a ring of %d points", errGeometry, len(p[i]))
			}
		}
	}
	for _, l := range g.Lines {
		if len(l) < 2 {
			return fmt.Errorf("%w: a line of %d points", errGeometry, len(l))
		}
	}
	return nil
}

func (g Geometry) write() (out geometry, err error) {
	out.Ellipse, out.Plane = g.Ellipse, g.Plane
	var coordinates any
	switch {
	case len(g.Polygons) == 1:
		out.Type, coordinates = "Polygon", rings(g.Polygons[0])
	case len(g.Polygons) > 1:
		out.Type, coordinates = "MultiPolygon", polygons(g.Polygons)
	case len(g.Lines) == 1:
		out.Type, coordinates = "LineString", g.Lines[0]
	case len(g.Lines) > 1:
		out.Type, coordinates = "MultiLineString", g.Lines
	case len(g.Points) == 1:
		out.Type, coordinates = "Point", g.Points[0]
	case len(g.Points) > 1:
		out.Type, coordinates = "MultiPoint", g.Points
	default:
		return out, fmt.Errorf("%w without a point", errGeometry)
	}
	out.Coordinates, err = json.Marshal(coordinates)
	return out, err
}

// rings and polygons are written without reflection: a slide has millions of points.
type (
	rings    Polygon
	polygons []Polygon
)

// MarshalJSON writes the rings of a polygon, each with its first point repeated at its end, as the format wants it.
func (p rings) MarshalJSON() ([]byte, error) { return p.append(nil) }

// MarshalJSON writes polygons.
func (all polygons) MarshalJSON() (text []byte, err error) {
	for i, p := range all {
		text = append(text, separators[min(i, 1)])
		if text, err = rings(p).append(text); err != nil {
			return nil, err
		}
	}
	return append(text, ']'), nil
}

// separators stand before the first and before each further element.
const separators = "[,"

func (p rings) append(text []byte) (_ []byte, err error) {
	if len(p) == 0 {
		return append(text, "[]"...), nil
	}
	for k, ring := range p {
		text = append(text, separators[min(k, 1)])
		for i := range len(ring) + 1 {
			at := ring[i%len(ring)]
			text = append(text, separators[min(i, 1)], '[')
			if text, err = appendNumber(text, at[0]); err != nil {
				return nil, err
			}
			if text, err = appendNumber(append(text, ','), at[1]); err != nil {
				return nil, err
			}
			text = append(text, ']')
		}
		text = append(text, ']')
	}
	return append(text, ']'), nil
}

// appendNumber writes v as encoding/json does.
func appendNumber(text []byte, v float64) ([]byte, error) {
	if n := int64(v); float64(n) == v && n != 0 && v > -1e15 && v < 1e15 {
		return strconv.AppendInt(text, n, 10), nil
	}
	number, err := json.Marshal(v)
	return append(text, number...), err
}

// Bounds is the box around a geometry.
func (g Geometry) Bounds() (x0, y0, x1, y1 float64) {
	first := true
	take := func(points []Point) {
		for _, p := range points {
			if first {
				x0, y0, x1, y1, first = p[0], p[1], p[0], p[1], false
			}
			x0, y0, x1, y1 = min(x0, p[0]), min(y0, p[1]), max(x1, p[0]), max(y1, p[1])
		}
	}
	for _, p := range g.Polygons {
		for _, ring := range p {
			take(ring)
		}
	}
	for _, l := range g.Lines {
		take(l)
	}
	take(g.Points)
	return x0, y0, x1, y1
}
