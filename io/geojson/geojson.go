// Package geojson reads and writes drawn objects as QuPath does: a FeatureCollection whose coordinates
// are pixels of the full image, with the class and its colour among the properties. What other programs
// put into a feature is kept.
//
// Source: RFC 7946; QuPath 0.4 and newer ("File, Export objects as GeoJSON"), and the forms of 0.2 and
// 0.3 when reading.
package geojson

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Point is a place in pixels of the full image; (0, 0) is the corner of its first pixel.
type Point [2]float64

// Polygon is an outline and the holes in it; the first point is not repeated at the end.
type Polygon [][]Point

// Plane is the channel, slice and time of an object; c of -1 is every channel.
type Plane struct {
	C int `json:"c"`
	Z int `json:"z"`
	T int `json:"t"`
}

// Geometry is the shape of an object: one of the three lists is not empty.
type Geometry struct {
	Polygons []Polygon
	Lines    [][]Point
	Points   []Point
	Ellipse  bool   // the polygon stands for the ellipse in its box
	Plane    *Plane // nil for an image with one plane
}

// Feature is one object.
type Feature struct {
	ID       string
	Geometry Geometry
	Class    string    // "" for none
	Color    *[3]uint8 // of the class
	Name     string
	Locked   bool
	Extra    map[string]json.RawMessage // further properties, as they were
}

// Read reads a FeatureCollection, a single Feature or a list of features. Input that is not finite, has
// rings of fewer than three points or unknown geometries is an error that names the feature.
func Read(r io.Reader) ([]Feature, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	var head struct {
		Type     string            `json:"type"`
		Features []json.RawMessage `json:"features"`
	}
	var list []json.RawMessage
	if err := json.Unmarshal(text, &list); err != nil {
		if err := json.Unmarshal(text, &head); err != nil {
			return nil, fmt.Errorf("no GeoJSON: %w", err)
		}
		switch head.Type {
		case "FeatureCollection":
			list = head.Features
		case "Feature":
			list = []json.RawMessage{text}
		default:
			return nil, fmt.Errorf("a FeatureCollection, a Feature or a list of them is wanted, not %q", head.Type)
		}
	}
	out := make([]Feature, len(list))
	for i, raw := range list {
		if err := json.Unmarshal(raw, &out[i]); err != nil {
			return nil, fmt.Errorf("feature %d: %w", i+1, err)
		}
	}
	return out, nil
}

// Write writes a FeatureCollection, one feature a line.
func Write(w io.Writer, all []Feature) error {
	if _, err := io.WriteString(w, "{\"type\":\"FeatureCollection\",\"features\":["); err != nil {
		return err
	}
	for i, f := range all {
		text, err := json.Marshal(f)
		if err != nil {
			return fmt.Errorf("feature %d: %w", i+1, err)
		}
		end := ",\n"
		if i == len(all)-1 {
			end = "\n"
		}
		if i == 0 {
			text = append([]byte("\n"), text...)
		}
		if _, err := w.Write(append(text, end...)); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "]}\n")
	return err
}

var errGeometry = errors.New("geometry")
