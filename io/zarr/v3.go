package zarr

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// named is a part of a description with its settings.
type named struct {
	Name          string          `json:"name"`
	Configuration json.RawMessage `json:"configuration"`
}

// UnmarshalJSON also takes a name alone.
func (n *named) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &n.Name) == nil {
		return nil
	}
	type plain named
	return json.Unmarshal(b, (*plain)(n))
}

// settings reads the settings of n into v.
func (n named) settings(v any) error {
	if len(n.Configuration) == 0 {
		return nil
	}
	if err := json.Unmarshal(n.Configuration, v); err != nil {
		return fmt.Errorf("%.40s: %w", n.Name, err)
	}
	return nil
}

// parse3 reads the zarr.json of an array.
//
// Source: Zarr core specification version 3, https://zarr-specs.readthedocs.io/en/latest/v3/core/v3.0.html.
func parse3(n *node) (*grid, error) {
	var m struct {
		Shape        []int             `json:"shape"`
		Type         json.RawMessage   `json:"data_type"`
		Grid         named             `json:"chunk_grid"`
		Keys         named             `json:"chunk_key_encoding"`
		Fill         json.RawMessage   `json:"fill_value"`
		Codecs       []named           `json:"codecs"`
		Names        []*string         `json:"dimension_names"`
		Transformers []json.RawMessage `json:"storage_transformers"`
	}
	if err := json.Unmarshal(n.array, &m); err != nil {
		return nil, err
	}
	g := &grid{key: n.key, shape: m.Shape, perm: identity(len(m.Shape))}
	var typ named
	if err := json.Unmarshal(m.Type, &typ); err != nil || dtypes[typ.Name].size == 0 {
		return nil, fmt.Errorf("samples of type %.60s are not read", oneLine(m.Type))
	}
	g.dtype = dtypes[typ.Name]
	var regular struct {
		Shape []int `json:"chunk_shape"`
	}
	if err := m.Grid.settings(&regular); err != nil {
		return nil, err
	}
	if g.chunk = regular.Shape; m.Grid.Name != "regular" || len(m.Transformers) > 0 {
		return nil, fmt.Errorf("a chunk grid %.40q with %d storage transformers is not read", m.Grid.Name, len(m.Transformers))
	}
	var err error
	if g.fill, err = g.dtype.fill(m.Fill); err != nil {
		return nil, err
	}
	if err := g.keys(m.Keys); err != nil {
		return nil, err
	}
	for _, name := range m.Names {
		if name == nil {
			name = new(string)
		}
		g.names = append(g.names, *name)
	}
	return g, g.codecs3(m.Codecs)
}

// keys reads how the objects are called.
func (g *grid) keys(encoding named) error {
	var c struct {
		Separator string `json:"separator"`
	}
	if err := encoding.settings(&c); err != nil {
		return err
	}
	switch encoding.Name {
	case "default":
		g.prefix, g.separator = "c", cmpOr(c.Separator, "/")
	case "v2":
		g.separator = cmpOr(c.Separator, ".")
	default:
		return fmt.Errorf("chunk keys of kind %.40q are not read", encoding.Name)
	}
	if g.separator != "." && g.separator != "/" {
		return fmt.Errorf("the separator %.40q of chunk keys is neither . nor /", g.separator)
	}
	return nil
}

// codecs3 reads the codecs of an array: shards, or those of a chunk.
func (g *grid) codecs3(codecs []named) error {
	if len(codecs) > 0 && codecs[0].Name == "sharding_indexed" {
		if len(codecs) > 1 {
			return fmt.Errorf("shards packed with %.40q as a whole are not read", codecs[1].Name)
		}
		return g.sharded(codecs[0])
	}
	if err := g.check(); err != nil {
		return err
	}
	return g.chunkCodecs(codecs)
}

// chunkCodecs reads transpositions, then bytes, then what packs them.
func (g *grid) chunkCodecs(codecs []named) error {
	if len(codecs) > 8 {
		return errors.New("more than eight codecs")
	}
	for len(codecs) > 0 && codecs[0].Name == "transpose" {
		var c struct {
			Order []int `json:"order"`
		}
		err := codecs[0].settings(&c)
		if err == nil {
			g.perm, err = transposed(g.perm, c.Order)
		}
		if err != nil {
			return err
		}
		codecs = codecs[1:]
	}
	if len(codecs) == 0 || codecs[0].Name != "bytes" {
		name := "none"
		if len(codecs) > 0 {
			name = codecs[0].Name
		}
		return fmt.Errorf("codec %.40q in the place of bytes is not read", name)
	}
	var c struct {
		Endian string `json:"endian"`
	}
	if err := codecs[0].settings(&c); err != nil {
		return err
	}
	if c.Endian != "little" && c.Endian != "big" && (c.Endian != "" || g.dtype.size > 1) {
		return fmt.Errorf("endian %.40q is neither little nor big", c.Endian)
	}
	g.bigEndian = c.Endian == "big"
	for _, n := range slices.Backward(codecs[1:]) {
		u, err := codec(n.Name, n.Configuration, g)
		if err != nil {
			return err
		}
		g.unpack = append(g.unpack, u)
	}
	return nil
}
