package zarr

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// axis is one axis of an image as its description names it.
type axis struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Unit string `json:"unit"`
}

// UnmarshalJSON also takes the name alone, as OME-Zarr 0.3 writes it.
func (a *axis) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &a.Name) == nil {
		return nil
	}
	type plain axis
	return json.Unmarshal(b, (*plain)(a))
}

// Which axis of an array is c, z, y, x; -1 for none.
const (
	axisC = iota
	axisZ
	axisY
	axisX
)

// roles are the axes of an array that are c, z, y and x of an image. Of all others the first index is read.
type roles struct {
	of     [4]int
	others []int
	names  []string // of all axes, for messages
}

// assign gives axes their roles: by their names, and for spaces called otherwise by their order.
func assign(axes []axis) (r roles, err error) {
	r.of = [4]int{-1, -1, -1, -1}
	var unnamed []int // spaces that are not called x, y or z
	for i, a := range axes {
		r.names = append(r.names, a.Name)
		role := strings.IndexByte("czyx", (strings.ToLower(a.Name) + " ")[0])
		switch {
		case a.Type == "channel" || a.Type == "" && (strings.EqualFold(a.Name, "c") || strings.EqualFold(a.Name, "channel")):
			role = axisC
		case a.Type != "" && a.Type != "space", len(a.Name) != 1, role == axisC:
			role = -1
		}
		switch {
		case role >= 0 && r.of[role] < 0:
			r.of[role] = i
		case a.Type == "space":
			unnamed = append(unnamed, i)
		default:
			r.others = append(r.others, i)
		}
	}
	for _, role := range []int{axisX, axisY, axisZ} {
		if n := len(unnamed); n > 0 && r.of[role] < 0 {
			r.of[role], unnamed = unnamed[n-1], unnamed[:n-1]
		}
	}
	r.others = append(r.others, unnamed...)
	if r.of[axisX] < 0 || r.of[axisY] < 0 {
		return r, fmt.Errorf("axes %q are no image: x and y are not among them", r.names)
	}
	return r, nil
}

// guess gives an array roles whose axes nobody named: the order of NumPy pictures and of OME-Zarr.
func guess(g *grid) (r roles, warning string, err error) {
	names := map[int]string{2: "yx", 3: "zyx", 4: "czyx", 5: "tczyx"}[len(g.shape)]
	last := len(g.shape) - 1
	switch {
	case names == "":
		return r, "", fmt.Errorf("an array of %d axes without names is not an image", len(g.shape))
	case len(names) < 5 && len(names) > 2 && (g.shape[last] == 3 || g.shape[last] == 4) && g.shape[0] > 4 && g.shape[1] > 4:
		names = map[int]string{3: "yxc", 4: "zyxc"}[len(names)]
	}
	var axes []axis
	for _, n := range names {
		axes = append(axes, axis{Name: string(n)})
	}
	r, err = assign(axes)
	return r, fmt.Sprintf("the axes have no names; shape %v was taken as %s", g.shape, strings.Join(strings.Split(names, ""), ", ")), err
}

// named gives an array roles by the names that it has for its own axes; false when they do not do.
func (g *grid) named() (r roles, ok bool) {
	if len(g.names) != len(g.shape) {
		return r, false
	}
	var axes []axis
	for _, n := range g.names {
		axes = append(axes, axis{Name: n})
	}
	r, err := assign(axes)
	return r, err == nil
}

// size is the number of samples of g along a role, 1 where there is no such axis.
func (r roles) size(g *grid, role int) int {
	if r.of[role] < 0 {
		return 1
	}
	return g.shape[r.of[role]]
}

// first tells that of further axes only the first index is read.
func (r roles) first(g *grid) (warnings []string) {
	for _, a := range r.others {
		if n := g.shape[a]; n > 1 {
			warnings = append(warnings, fmt.Sprintf("the axis %.40q has %d indexes; the first is read", r.names[a], n))
		}
	}
	return warnings
}

const maxChannels = 64

func (r roles) check(g *grid) error {
	if len(r.names) != len(g.shape) {
		return fmt.Errorf("%d axes are named for an array of shape %v", len(r.names), g.shape)
	}
	if n := r.size(g, axisC); n > maxChannels {
		return fmt.Errorf("%d channels are not read", n)
	}
	if slices.Contains(g.shape, 0) {
		return errors.New("the array is empty")
	}
	return nil
}
