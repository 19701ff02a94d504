package zarr

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
)

// parse2 reads a .zarray.
//
// Source: Zarr storage specification version 2, https://zarr-specs.readthedocs.io/en/latest/v2/v2.0.html.
func parse2(n *node) (*grid, error) {
	var m struct {
		Format     int               `json:"zarr_format"`
		Shape      []int             `json:"shape"`
		Chunks     []int             `json:"chunks"`
		Dtype      json.RawMessage   `json:"dtype"`
		Fill       json.RawMessage   `json:"fill_value"`
		Order      string            `json:"order"`
		Separator  string            `json:"dimension_separator"`
		Compressor json.RawMessage   `json:"compressor"`
		Filters    []json.RawMessage `json:"filters"`
	}
	if err := json.Unmarshal(n.array, &m); err != nil {
		return nil, err
	}
	g := &grid{key: n.key, shape: m.Shape, chunk: m.Chunks, perm: identity(len(m.Shape)), separator: "."}
	switch {
	case m.Format != 2:
		return nil, fmt.Errorf("zarr_format %d is not 2", m.Format)
	case m.Order == "F":
		slices.Reverse(g.perm)
	case m.Order != "C":
		return nil, fmt.Errorf("order %.40q is neither C nor F", m.Order)
	}
	switch m.Separator {
	case "", ".", "/":
		g.separator = cmpOr(m.Separator, ".")
	default:
		return nil, fmt.Errorf("dimension_separator %.40q is neither . nor /", m.Separator)
	}
	var err error
	if g.dtype, g.bigEndian, err = numpyType(m.Dtype); err != nil {
		return nil, err
	}
	if g.fill, err = g.dtype.fill(m.Fill); err != nil {
		return nil, err
	}
	if err := g.check(); err != nil {
		return nil, err
	}
	if g.unpack, err = chain2(m.Compressor, m.Filters, g); err != nil {
		return nil, err
	}
	if _, err := n.attr("_ARRAY_DIMENSIONS", &g.names); err != nil { // of xarray
		g.names = nil
	}
	return g, nil
}

func cmpOr(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// chain2 are the steps that unpack a chunk: the compressor, then the filters from the last to the first.
func chain2(compressor json.RawMessage, filters []json.RawMessage, g *grid) (chain, error) {
	steps := filters
	if len(compressor) > 0 && string(compressor) != "null" {
		steps = append(slices.Clone(filters), compressor)
	}
	var out chain
	for _, raw := range slices.Backward(steps) {
		var c struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal(raw, &c); err != nil {
			return nil, err
		}
		u, err := codec(c.ID, raw, g)
		if err != nil {
			return nil, err
		}
		out = append(out, u)
	}
	if len(out) > 8 {
		return nil, errors.New("more than eight codecs")
	}
	return out, nil
}
