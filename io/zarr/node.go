package zarr

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// node is a group or an array of the hierarchy as it describes itself.
type node struct {
	key     string
	version int // of Zarr: 2 or 3
	array   json.RawMessage
	attrs   map[string]json.RawMessage // those of OME lie beside the others
}

// metaFiles are the names of files that make a folder a node.
var metaFiles = []string{"zarr.json", ".zarray", ".zgroup", ".zattrs"}

func isNode(s store, key string) bool {
	for _, name := range metaFiles {
		if exists(s, path.Join(key, name)) {
			return true
		}
	}
	return false
}

// load reads the description of a node; fs.ErrNotExist when there is none.
func load(s store, key string) (*node, error) {
	if exists(s, path.Join(key, "zarr.json")) {
		return load3(s, key)
	}
	n := &node{key: key, version: 2, attrs: map[string]json.RawMessage{}}
	found := false
	for _, part := range []struct {
		name string
		into any
	}{{".zarray", &n.array}, {".zgroup", new(json.RawMessage)}, {".zattrs", &n.attrs}} {
		switch err := readJSON(s, path.Join(key, part.name), part.into); {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			found = true
		}
	}
	if !found {
		return nil, fmt.Errorf("%s: no Zarr array or group: %w", key, fs.ErrNotExist)
	}
	return n, nil
}

func load3(s store, key string) (*node, error) {
	file := path.Join(key, "zarr.json")
	var raw json.RawMessage
	if err := readJSON(s, file, &raw); err != nil {
		return nil, err
	}
	var head struct {
		Format     int                        `json:"zarr_format"`
		Type       string                     `json:"node_type"`
		Attributes map[string]json.RawMessage `json:"attributes"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	n := &node{key: key, version: 3, attrs: map[string]json.RawMessage{}}
	switch {
	case head.Format != 3:
		return nil, fmt.Errorf("%s: zarr_format %d is not 3", file, head.Format)
	case head.Type == "array":
		n.array = raw
	case head.Type != "group":
		return nil, fmt.Errorf("%s: node_type %.40q is neither array nor group", file, head.Type)
	}
	for k, v := range head.Attributes {
		n.attrs[k] = v
	}
	var ome map[string]json.RawMessage
	if v := head.Attributes["ome"]; v != nil {
		if err := json.Unmarshal(v, &ome); err != nil {
			return nil, fmt.Errorf("%s: attribute ome: %w", file, err)
		}
	}
	for k, v := range ome {
		n.attrs[k] = v
	}
	return n, nil
}

// attr reads an attribute into v; false when there is none, or null.
func (n *node) attr(name string, v any) (bool, error) {
	raw := n.attrs[name]
	if raw == nil || string(raw) == "null" {
		return false, nil
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return false, fmt.Errorf("attribute %s of %s: %w", name, n.name(), err)
	}
	return true, nil
}

// name is the key of a node for people.
func (n *node) name() string {
	if n.key == "" || n.key == "." {
		return "the store"
	}
	return n.key
}

func readJSON(s store, key string, v any) error {
	b, err := readAll(s, key, maxMeta)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return fmt.Errorf("%s: %w", key, err)
	}
	if err := json.Unmarshal(numbersOnly(b), v); err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	return nil
}

// numbersOnly replaces the NaN and Infinity that Python writes outside of strings, and that are no JSON, by
// null.
func numbersOnly(b []byte) []byte {
	if !bytes.Contains(b, []byte("NaN")) && !bytes.Contains(b, []byte("Infinity")) {
		return b
	}
	var out []byte
	quoted := false
	for i := 0; i < len(b); i++ {
		switch {
		case b[i] == '"':
			quoted = !quoted
		case quoted && b[i] == '\\' && i+1 < len(b):
			out = append(out, b[i])
			i++
		case !quoted:
			if n := bare(string(b[i:min(i+9, len(b))])); n > 0 {
				out, i = append(out, "null"...), i+n-1
				continue
			}
		}
		out = append(out, b[i])
	}
	return out
}

func bare(s string) int {
	for _, word := range []string{"NaN", "Infinity", "-Infinity"} {
		if strings.HasPrefix(s, word) {
			return len(word)
		}
	}
	return 0
}

// some are the first of many names, for a message.
func some(names []string) string {
	if len(names) > 6 {
		return strings.Join(names[:6], ", ") + " …"
	}
	return strings.Join(names, ", ")
}
