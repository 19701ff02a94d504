package settings

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Set takes what is typed for a rule. A text that cannot be its value is kept for the person to mend and
// returned as an error that says what, where and what to do; the rule keeps its last value.
func (f *Form) Set(path, typed string) error {
	r, err := f.find(path)
	if err != nil {
		return err
	}
	typed = strings.TrimSpace(typed)
	delete(f.wrong, path)
	if typed == "" && f.optional(path) {
		f.put(path, nil)
		return nil
	}
	v, err := r.parse(typed)
	if err != nil {
		err = fmt.Errorf("%s: %w", r.title(), err)
		f.wrong[path] = wrong{typed, err}
		return err
	}
	f.put(path, v)
	return nil
}

// find is the rule of a path.
func (f *Form) find(path string) (named, error) {
	keys := strings.Split(path, ".")
	r, err := f.group(keys[0])
	if err != nil || r == nil {
		return named{}, errors.Join(err, fmt.Errorf("%s: the protocol has no such group", keys[0]))
	}
	at := named{key: keys[0], rule: r}
	for _, key := range keys[1:] {
		next, err := at.member(key)
		if err != nil {
			return named{}, err
		}
		if next == nil {
			return named{}, fmt.Errorf("%s: the protocol has no such rule", path)
		}
		at = named{key: key, rule: next}
	}
	return at, nil
}

// member is the rule of a key below r; nil where there is none.
func (r *rule) member(key string) (*rule, error) {
	if r.Type == "array" {
		return r.items()
	}
	all, err := members(r.Properties)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if m.key == key {
			return m.rule, nil
		}
	}
	return r.rest()
}

// optional reports a rule that may be absent, and is in the protocol or in others of its kind.
func (f *Form) optional(path string) bool {
	cut := strings.LastIndexByte(path, '.')
	if cut < 0 {
		return true
	}
	above, err := f.find(path[:cut])
	if err != nil || above.needs(path[cut+1:]) || above.Type == "array" {
		return false
	}
	_, had := get(f.base, path)
	return !had
}

// put sets, or with nil takes away, the value at a path whose groups are there.
func (f *Form) put(path string, v any) {
	cut := strings.LastIndexByte(path, '.')
	var at any = f.values
	if cut >= 0 {
		at, _ = get(f.values, path[:cut])
	}
	key := path[cut+1:]
	switch at := at.(type) {
	case map[string]any:
		if v == nil {
			delete(at, key)
		} else {
			at[key] = v
		}
	case []any:
		if i, err := strconv.Atoi(key); err == nil && i < len(at) {
			at[i] = v
		}
	}
}

// parse reads a value of the rule.
func (r *rule) parse(typed string) (any, error) {
	switch r.kind() {
	case Number, Whole:
		return r.parseNumber(typed)
	case Switch:
		v, err := strconv.ParseBool(typed)
		if err != nil {
			return nil, fmt.Errorf("%q is neither true nor false", typed)
		}
		return v, nil
	case Choice:
		if !slices.Contains(r.Choices, typed) {
			return nil, fmt.Errorf("%q is none of %s", typed, strings.Join(r.Choices, ", "))
		}
		return typed, nil
	case Text:
		if typed == "" {
			return nil, errors.New("nothing is typed: write a word")
		}
		return typed, nil
	}
	return r.parseList(typed)
}

func (r *rule) parseNumber(typed string) (any, error) {
	what := "a number"
	if r.Type == "integer" {
		what = "a whole number"
	}
	want := strings.TrimSpace(what + " " + r.bounds())
	if u := unit(r.Unit); u != "" {
		want += " (" + u + ")"
	}
	v, err := strconv.ParseFloat(typed, 64)
	switch {
	case err != nil && strings.Contains(typed, ","):
		return nil, fmt.Errorf("%q: write the fraction with a point; %s is wanted", typed, want)
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		return nil, fmt.Errorf("%q is no number: %s is wanted", typed, want)
	case r.Type == "integer" && v != math.Trunc(v):
		return nil, fmt.Errorf("%s has a fraction: %s is wanted", typed, want)
	case r.Min != nil && v < *r.Min, r.Above != nil && v <= *r.Above:
		return nil, fmt.Errorf("%s is too small: %s is wanted", typed, want)
	case r.Max != nil && v > *r.Max, r.Below != nil && v >= *r.Below:
		return nil, fmt.Errorf("%s is too large: %s is wanted", typed, want)
	}
	return v, nil
}

// parseList reads values parted by commas, with or without brackets around all of them.
func (r *rule) parseList(typed string) (any, error) {
	var nodes []any
	whole := "[" + typed + "]"
	if r.Type != "array" {
		whole = typed
		var v any
		if err := yaml.Unmarshal([]byte(whole), &v); err != nil {
			return nil, fmt.Errorf("%q is no YAML value: %w", typed, err)
		}
		return plainNumbers(v), nil
	}
	if err := yaml.Unmarshal([]byte(whole), &nodes); err != nil {
		return nil, fmt.Errorf("%q is no list: write values parted by commas", typed)
	}
	if r.MaxItems > 0 && len(nodes) > r.MaxItems || len(nodes) < r.MinItems {
		return nil, fmt.Errorf("%d values: %s", len(nodes), r.count())
	}
	each, err := r.items()
	if err != nil || each == nil {
		return plainNumbers(nodes), err
	}
	out := make([]any, len(nodes))
	for i, n := range nodes {
		if out[i], err = each.element(n); err != nil {
			return nil, fmt.Errorf("value %d: %w", i+1, err)
		}
	}
	return out, nil
}

// element reads one value of a list.
func (r *rule) element(v any) (any, error) {
	switch r.kind() {
	case Number, Whole, Choice, Switch:
		return r.parse(fmt.Sprint(v))
	case Text:
		return r.parse(text(v))
	}
	return plainNumbers(v), nil
}

// count says how many values are wanted.
func (r *rule) count() string {
	switch {
	case r.MinItems == r.MaxItems:
		return fmt.Sprintf("%d are wanted, parted by commas", r.MinItems)
	case r.MaxItems > 0:
		return fmt.Sprintf("%d to %d are wanted, parted by commas", r.MinItems, r.MaxItems)
	}
	return fmt.Sprintf("%d or more are wanted, parted by commas", r.MinItems)
}

// plainNumbers gives numbers the type that they have in rules.
func plainNumbers(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case []any:
		out := make([]any, len(v))
		for i, x := range v {
			out[i] = plainNumbers(x)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, x := range v {
			out[k] = plainNumbers(x)
		}
		return out
	}
	return v
}
