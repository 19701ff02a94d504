// Package settings presents the rules of a protocol as a form: one item a rule, with its unit, its range,
// its default and what it means, all from the protocol schema; typed values are checked at once. It knows
// no window.
package settings

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"

	"explant/analysis/protocol"
)

// Form is a protocol and what a person changed in it. It is used by one goroutine.
type Form struct {
	Base     string            // a built-in name, or a file
	Protocol protocol.Protocol // Base, unchanged
	base     map[string]any    // its rules
	values   map[string]any    // the rules as they are now
	wrong    map[string]wrong  // by path: what is typed and cannot be
}

// wrong is a text that is no value of its rule.
type wrong struct {
	text string
	err  error
}

// groups of a protocol, in the order of the form.
var groups = []string{"segment", "measure", "prepare"}

// New makes the form of a protocol: a built-in name, or a .yaml file.
func New(name string) (*Form, error) {
	p, err := protocol.Resolve(name, os.ReadFile, nil)
	if err != nil {
		return nil, err
	}
	rules, err := p.Rules()
	if err != nil {
		return nil, err
	}
	f := &Form{Base: name, Protocol: p, base: rules, wrong: map[string]wrong{}}
	f.values = clone(rules).(map[string]any)
	return f, nil
}

// clone copies maps and lists; null is left out: it says that nothing stands there.
func clone(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			if x != nil {
				out[k] = clone(x)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = clone(x)
		}
		return out
	}
	return v
}

// Kind is how a rule is typed.
type Kind int

// The kinds of items.
const (
	Group  Kind = iota // a heading; what is in it follows one deeper
	Number             // with a fraction
	Whole              // a whole number
	Switch             // true or false
	Choice             // one of Choices
	Text               // words
	List               // values parted by commas, or any value as YAML
)

// Item is one line of the form.
type Item struct {
	Path      string // "segment.speck_voxels"
	Title     string // "Speck"
	Help      string // what it means
	Unit      string // "µm"; "" for none
	Range     string // "1 or more"; "" where everything goes
	Kind      Kind
	Choices   []string
	Depth     int    // of a group in a group
	Text      string // as it stands; of a switch "true" or "false"; "" where nothing is set
	Default   string // as the protocol has it
	Changed   bool
	On        bool // of a group: it is there
	Switched  bool // of a group: it may be taken away or added
	Grows     bool // of a group of alike ones: another may be added
	Removable bool // of a group: one of such
	Err       error
}

// Items are the lines of the form, from the top.
func (f *Form) Items() ([]Item, error) {
	var all []Item
	for _, g := range groups {
		r, err := f.group(g)
		if err != nil {
			return nil, err
		}
		if r == nil {
			continue
		}
		if all, err = f.walk(all, g, named{key: g, rule: r}, 0, g == "prepare", false); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// group is the rule of a group of the protocol; nil where its engine has none.
func (f *Form) group(name string) (*rule, error) {
	if name == "segment" {
		return definition(string(f.Protocol.Engine))
	}
	if f.Protocol.Engine.Planar() {
		return nil, nil
	}
	return definition(name)
}

// walk adds the item of a rule and those within it.
func (f *Form) walk(all []Item, path string, r named, depth int, optional, element bool) ([]Item, error) {
	now, there := get(f.values, path)
	switch {
	case r.Type == "object":
		return f.walkObject(all, path, r, depth, optional, element)
	case r.Type == "array" && r.Items != nil && r.Items.Type == "object":
		return f.walkList(all, path, r, depth)
	}
	was, had := get(f.base, path)
	i := Item{Path: path, Title: r.title(), Help: r.Help, Unit: unit(r.Unit), Range: r.bounds(), Kind: r.kind(), Choices: r.Choices, Depth: depth}
	if there {
		i.Text = text(now)
	}
	if had {
		i.Default = text(was)
	}
	i.Changed = there != had || i.Text != i.Default
	if w, ok := f.wrong[path]; ok {
		i.Text, i.Err, i.Changed = w.text, w.err, true
	}
	return append(all, i), nil
}

func (f *Form) walkObject(all []Item, path string, r named, depth int, optional, element bool) ([]Item, error) {
	now, there := get(f.values, path)
	was, had := get(f.base, path)
	head := Item{
		Path: path, Title: r.title(), Help: r.Help, Kind: Group, Depth: depth, On: there, Switched: optional, Removable: element,
		Changed: there != had || there && !same(now, was),
	}
	all = append(all, head)
	if !there {
		return all, nil
	}
	props, err := members(r.Properties)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, m := range props {
		known[m.key] = true
		if all, err = f.walk(all, path+"."+m.key, m, depth+1, !r.needs(m.key), false); err != nil {
			return nil, err
		}
	}
	rest, err := r.rest()
	if err != nil || rest == nil {
		return all, err
	}
	group, _ := now.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(group)) {
		if !known[key] {
			if all, err = f.walk(all, path+"."+key, named{key, rest, true}, depth+1, false, false); err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// walkList adds a list of groups that are alike.
func (f *Form) walkList(all []Item, path string, r named, depth int) ([]Item, error) {
	now, _ := get(f.values, path)
	was, _ := get(f.base, path)
	list, _ := now.([]any)
	all = append(all, Item{
		Path: path, Title: r.title(), Help: r.Help, Kind: Group, Depth: depth, On: true,
		Grows: r.MaxItems == 0 || len(list) < r.MaxItems, Changed: !same(now, was),
	})
	each, err := r.items()
	if err != nil {
		return nil, err
	}
	for k := range list {
		head := named{key: fmt.Sprintf("%s %d", r.key, k+1), rule: each}
		if all, err = f.walk(all, path+"."+strconv.Itoa(k), head, depth+1, false, len(list) > r.MinItems); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (r *rule) kind() Kind {
	switch {
	case len(r.Choices) > 0:
		return Choice
	case r.Type == "number":
		return Number
	case r.Type == "integer":
		return Whole
	case r.Type == "boolean":
		return Switch
	case r.Type == "string":
		return Text
	}
	return List
}

// get finds the value at a path.
func get(in map[string]any, path string) (any, bool) {
	var at any = in
	for _, key := range strings.Split(path, ".") {
		switch v := at.(type) {
		case map[string]any:
			next, ok := v[key]
			if !ok || next == nil {
				return nil, false
			}
			at = next
		case []any:
			i, err := strconv.Atoi(key)
			if err != nil || i < 0 || i >= len(v) {
				return nil, false
			}
			at = v[i]
		default:
			return nil, false
		}
	}
	return at, true
}

// same compares values as the protocol would write them.
func same(a, b any) bool {
	x, errX := json.Marshal(clone(a))
	y, errY := json.Marshal(clone(b))
	return errX == nil && errY == nil && string(x) == string(y)
}
