package geojson

import (
	"encoding/json"
	"fmt"
	"strings"
)

// class is how QuPath writes a class: one name, or several of a derived class, and its colour.
type class struct {
	Name  string    `json:"name,omitempty"`
	Names []string  `json:"names,omitempty"`
	Color *[3]uint8 `json:"color,omitempty"`
	RGB   *int32    `json:"colorRGB,omitempty"` // older: packed as alpha, red, green, blue
}

// separator joins the names of a derived class, as QuPath shows them.
const separator = ": "

func (c class) feature(f *Feature) {
	f.Class, f.Color = c.Name, c.Color
	if len(c.Names) > 0 {
		f.Class = strings.Join(c.Names, separator)
	}
	if f.Color == nil && c.RGB != nil {
		v := uint32(*c.RGB)
		f.Color = &[3]uint8{uint8(v >> 16), uint8(v >> 8), uint8(v)}
	}
}

// UnmarshalJSON reads a Feature.
func (f *Feature) UnmarshalJSON(text []byte) error {
	var raw struct {
		Type       string                     `json:"type"`
		ID         json.RawMessage            `json:"id"`
		Geometry   geometry                   `json:"geometry"`
		Properties map[string]json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		return err
	}
	if raw.Type != "Feature" {
		return fmt.Errorf("a Feature is wanted, not %q", raw.Type)
	}
	*f = Feature{}
	if len(raw.ID) > 0 && json.Unmarshal(raw.ID, &f.ID) != nil {
		f.ID = string(raw.ID) // a number
	}
	var err error
	if f.Geometry, err = raw.Geometry.read(); err != nil {
		return err
	}
	return f.properties(raw.Properties)
}

// properties takes the ones that are known; the rest is kept.
func (f *Feature) properties(all map[string]json.RawMessage) error {
	known := map[string]func(json.RawMessage) error{
		"name":     func(v json.RawMessage) error { return json.Unmarshal(v, &f.Name) },
		"isLocked": func(v json.RawMessage) error { return json.Unmarshal(v, &f.Locked) },
		"classification": func(v json.RawMessage) error {
			var c class
			if err := json.Unmarshal(v, &c); err != nil {
				return err
			}
			c.feature(f)
			return nil
		},
	}
	for key, value := range all {
		read, ok := known[key]
		if !ok {
			if f.Extra == nil {
				f.Extra = map[string]json.RawMessage{}
			}
			f.Extra[key] = value
			continue
		}
		if string(value) == "null" {
			continue
		}
		if err := read(value); err != nil {
			return fmt.Errorf("property %q: %w", key, err)
		}
	}
	return nil
}

// MarshalJSON writes a Feature.
func (f Feature) MarshalJSON() ([]byte, error) {
	g, err := f.Geometry.write()
	if err != nil {
		return nil, err
	}
	properties := map[string]any{}
	for key, value := range f.Extra {
		properties[key] = value
	}
	if _, ok := properties["objectType"]; !ok {
		properties["objectType"] = "annotation"
	}
	if f.Name != "" {
		properties["name"] = f.Name
	}
	if f.Locked {
		properties["isLocked"] = true
	}
	if f.Class != "" {
		c := class{Color: f.Color}
		if names := strings.Split(f.Class, separator); len(names) > 1 {
			c.Names = names
		} else {
			c.Name = f.Class
		}
		properties["classification"] = c
	}
	return json.Marshal(struct {
		Type       string         `json:"type"`
		ID         string         `json:"id,omitempty"`
		Geometry   geometry       `json:"geometry"`
		Properties map[string]any `json:"properties"`
	}{"Feature", f.ID, g, properties})
}
