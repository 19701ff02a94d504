package zarr

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"
)

// multiscale is a pyramid as OME-Zarr describes it.
//
// Source: Moore et al., Histochem. Cell Biol. 160:223-251, 2023, doi:10.1007/s00418-023-02209-1;
// https://ngff.openmicroscopy.org/0.4 and /0.5.
type multiscale struct {
	Version  json.RawMessage `json:"version"`
	Axes     []axis          `json:"axes"`
	Datasets []struct {
		Path       string      `json:"path"`
		Transforms []transform `json:"coordinateTransformations"`
	} `json:"datasets"`
	Transforms []transform `json:"coordinateTransformations"`
}

// transform is a step from indexes to lengths.
type transform struct {
	Type        string    `json:"type"`
	Scale       []float64 `json:"scale"`
	Translation []float64 `json:"translation"`
	Path        string    `json:"path"` // where the numbers lie in an array of their own
}

// multiscaleOf reads the pyramid of a group, nil when it has none.
func multiscaleOf(n *node) (m *multiscale, warnings []string, err error) {
	var all []*multiscale
	if ok, err := n.attr("multiscales", &all); err != nil || !ok {
		return nil, nil, err
	}
	if len(all) == 0 || all[0] == nil || len(all[0].Datasets) == 0 {
		return nil, nil, fmt.Errorf("the attribute multiscales of %s names no data", n.name())
	}
	m = all[0]
	if len(all) > 1 {
		warnings = append(warnings, fmt.Sprintf("the group holds %d images; the first is read", len(all)))
	}
	for _, d := range m.Datasets {
		if !fs.ValidPath(path.Clean(d.Path)) || path.IsAbs(d.Path) {
			return nil, nil, fmt.Errorf("the path %.80q of a level leads out of the store", d.Path)
		}
	}
	return m, warnings, nil
}

// version is that of OME-Zarr, "" when it is not said.
func (m *multiscale) version(n *node) string {
	var v string
	if json.Unmarshal(m.Version, &v) != nil || v == "" {
		if _, err := n.attr("version", &v); err != nil {
			v = ""
		}
	}
	if v, _, _ = strings.Cut(v, "-"); len(v) > 8 {
		v = v[:8]
	}
	return v
}

// axesOf are the axes of the pyramid; versions before 0.3 have no word for them and always these five.
func (m *multiscale) axesOf(dims int) ([]axis, error) {
	switch {
	case len(m.Axes) > 0:
		return m.Axes, nil
	case dims == 5:
		return []axis{{Name: "t"}, {Name: "c"}, {Name: "z"}, {Name: "y"}, {Name: "x"}}, nil
	}
	return nil, errors.New("multiscales names no axes")
}

// series finds the image in a group that only holds others: the first series of what bioformats2raw
// writes, the first field of a plate.
func series(s store, n *node) (key, warning string, err error) {
	var plate struct {
		Wells []struct {
			Path string `json:"path"`
		} `json:"wells"`
	}
	var well struct {
		Images []struct {
			Path string `json:"path"`
		} `json:"images"`
	}
	switch ok, err := n.attr("plate", &plate); {
	case err != nil:
		return "", "", err
	case ok && len(plate.Wells) == 0:
		return "", "", errors.New("the plate names no well")
	case ok:
		key = path.Join(n.key, plate.Wells[0].Path)
		return key, fmt.Sprintf("a plate of %d wells: only well %.40s is read", len(plate.Wells), plate.Wells[0].Path), inside(key)
	}
	switch ok, err := n.attr("well", &well); {
	case err != nil:
		return "", "", err
	case ok && len(well.Images) == 0:
		return "", "", errors.New("the well names no field")
	case ok:
		key = path.Join(n.key, well.Images[0].Path)
		if len(well.Images) > 1 {
			warning = fmt.Sprintf("the well has %d fields: only field %.40s is read", len(well.Images), well.Images[0].Path)
		}
		return key, warning, inside(key)
	}
	if n.attrs["bioformats2raw.layout"] == nil {
		return "", "", nil
	}
	key = path.Join(n.key, "0")
	others := 0
	for isNode(s, path.Join(n.key, fmt.Sprint(others+1))) && others < 9999 {
		others++
	}
	if others > 0 {
		warning = fmt.Sprintf("the store holds %d images: only series 0 is read; open the folder %d in it for the next one", others+1, 1)
	}
	return key, warning, nil
}

// inside refuses a key that leads out of the store.
func inside(key string) error {
	if !fs.ValidPath(key) {
		return fmt.Errorf("the path %.80q leads out of the store", key)
	}
	return nil
}

// labels tells of label images beside an image.
func labels(s store, n *node) string {
	l, err := load(s, path.Join(n.key, "labels"))
	if err != nil {
		return ""
	}
	var names []string
	if ok, err := l.attr("labels", &names); err != nil || !ok || len(names) == 0 {
		return ""
	}
	return fmt.Sprintf("label images lie beside it and are not read: %.200s; open labels/NAME in the store for one", some(names))
}
