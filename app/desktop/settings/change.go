package settings

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"explant/analysis/protocol"
)

// Reset gives a rule, or a group with all in it, the value of the protocol again.
func (f *Form) Reset(path string) {
	for p := range f.wrong {
		if p == path || strings.HasPrefix(p, path+".") {
			delete(f.wrong, p)
		}
	}
	was, had := get(f.base, path)
	if !had {
		f.put(path, nil)
		return
	}
	f.put(path, clone(was))
}

// ResetAll gives back all of the protocol.
func (f *Form) ResetAll() {
	f.values = clone(f.base).(map[string]any)
	f.wrong = map[string]wrong{}
}

// Switch adds a group that may be absent, or takes it away. A group that the protocol has comes back as it
// was; another one with the least that it needs.
func (f *Form) Switch(path string, on bool) error {
	if !on {
		f.put(path, nil)
		return nil
	}
	if was, had := get(f.base, path); had {
		f.put(path, clone(was))
		return nil
	}
	r, err := f.find(path)
	if err != nil {
		return err
	}
	v, err := r.least()
	if err != nil {
		return err
	}
	f.put(path, v)
	return nil
}

// least is the smallest value of a rule: of a group only what it needs.
func (r *rule) least() (any, error) {
	switch {
	case len(r.Choices) > 0:
		return r.Choices[0], nil
	case r.Type == "boolean":
		return false, nil
	case r.Type == "number" || r.Type == "integer":
		low := 0.0
		if r.Min != nil {
			low = max(low, *r.Min)
		}
		return low, nil
	case r.Type == "string":
		return "name", nil
	case r.Type == "array":
		return []any{}, nil
	}
	out := map[string]any{}
	all, err := members(r.Properties)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if r.needs(m.key) {
			if out[m.key], err = m.least(); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// Grow adds one more to a list of groups.
func (f *Form) Grow(path string) error {
	r, err := f.find(path)
	if err != nil {
		return err
	}
	each, err := r.items()
	if err != nil {
		return err
	}
	v, err := each.least()
	if err != nil {
		return err
	}
	now, _ := get(f.values, path)
	list, _ := now.([]any)
	f.put(path, append(slices.Clone(list), v))
	return nil
}

// Shrink takes one out of a list of groups: path ends in its number.
func (f *Form) Shrink(path string) {
	cut := strings.LastIndexByte(path, '.')
	now, _ := get(f.values, path[:cut])
	list, _ := now.([]any)
	i, err := strconv.Atoi(path[cut+1:])
	if err != nil || i < 0 || i >= len(list) {
		return
	}
	for p := range f.wrong {
		if strings.HasPrefix(p, path[:cut]+".") {
			delete(f.wrong, p)
		}
	}
	f.put(path[:cut], slices.Delete(slices.Clone(list), i, i+1))
}

// Sets are the changes as --set of the command line takes them, sorted.
func (f *Form) Sets() []string {
	sets := differences(nil, "", f.base, f.values)
	slices.Sort(sets)
	return sets
}

// wholeOnly are groups that a file may give by a name: they are replaced as one.
var wholeOnly = map[string]bool{"segment.stain": true}

func differences(sets []string, path string, was, now map[string]any) []string {
	for _, key := range slices.Sorted(maps.Keys(now)) {
		at := strings.TrimPrefix(path+"."+key, ".")
		a, okA := was[key].(map[string]any)
		b, okB := now[key].(map[string]any)
		switch {
		case same(was[key], now[key]) && was[key] != nil:
		case okA && okB && !wholeOnly[at]:
			sets = differences(sets, at, a, b)
		default:
			sets = append(sets, at+"="+literal(now[key]))
		}
	}
	for key, v := range was {
		if _, left := now[key]; !left && v != nil {
			sets = append(sets, strings.TrimPrefix(path+"."+key, ".")+"=null")
		}
	}
	return sets
}

// literal is a value as YAML on one line.
func literal(v any) string {
	out, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(out)
}

// Err is why the rules cannot be used as they stand: what is typed wrong, or rules that contradict each
// other; nil where they can.
func (f *Form) Err() error {
	for _, path := range slices.Sorted(maps.Keys(f.wrong)) {
		return f.wrong[path].err
	}
	_, err := f.resolve()
	return err
}

// Now is the protocol with the changes.
func (f *Form) Now() (protocol.Protocol, error) {
	if err := f.Err(); err != nil {
		return protocol.Protocol{}, err
	}
	return f.resolve()
}

func (f *Form) resolve() (protocol.Protocol, error) {
	return protocol.Resolve(f.Base, os.ReadFile, f.Sets())
}

// Save writes the protocol with the changes as a file of its own, every rule spelt out, and goes on from
// it. The protocol is called by the name of the file.
func (f *Form) Save(file string) error {
	p, err := f.Now()
	if err != nil {
		return err
	}
	p.Name = strings.TrimSuffix(filepath.Base(file), filepath.Ext(file))
	if ext := filepath.Ext(file); ext != ".yaml" && ext != ".yml" {
		return fmt.Errorf("%s: the name of a protocol's file ends in .yaml", file)
	}
	text, err := yaml.Marshal(p)
	if err != nil {
		return fmt.Errorf("protocol %s: %w", p.Name, err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("folder of protocols: %w", err)
	}
	if err := replace(file, text); err != nil {
		return fmt.Errorf("protocol %s is not saved: %w", p.Name, err)
	}
	next, err := New(file)
	if err != nil {
		return err
	}
	*f = *next
	return nil
}

// replace writes a file under a temporary name, sees it on the disk, and gives it its name.
func replace(file string, text []byte) (err error) {
	t, err := os.CreateTemp(filepath.Dir(file), ".protocol-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(t.Name()))
		}
	}()
	_, err = t.Write(text)
	if err == nil {
		err = t.Chmod(0o644)
	}
	if err == nil {
		err = t.Sync()
	}
	if err = errors.Join(err, t.Close()); err != nil {
		return err
	}
	return os.Rename(t.Name(), file)
}
