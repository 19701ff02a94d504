package protocol

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"explant/assets"
)

// Loader gives the text of a protocol file. The caller opens files; this package does not.
type Loader func(file string) ([]byte, error)

// Builtin lists the names of the built-in protocols, sorted.
func Builtin() []string {
	files, err := fs.Glob(assets.Protocols, "protocols/*.yaml")
	if err != nil {
		panic(err) // the pattern is a constant
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".yaml")
	}
	slices.Sort(files)
	return files
}

// Resolve reads the protocol name: a built-in name, or a file that load can give when the name ends
// in .yaml or .yml. The chain of "extends" is followed, keys of the later file replacing those of
// the earlier one (null takes a key away), then sets ("segment.threshold=90", the value as YAML) are
// applied; null takes a key away there too. The result is checked against the schema; an error names the
// file or the --set, the key and the line.
func Resolve(name string, load Loader, sets []string) (Protocol, error) {
	l, err := chain(name, load, nil)
	if err != nil {
		return Protocol{}, err
	}
	l.load = load
	for _, s := range sets {
		if err := l.set(s); err != nil {
			return Protocol{}, err
		}
	}
	return l.decode()
}

// layered is a merged protocol and, for error messages, where each key was last written.
type layered struct {
	name   string
	values map[string]any
	load   Loader            // of stain profiles
	where  map[string]string // "segment.threshold" -> "protocol my.yaml, line 7"
}

func chain(name string, load Loader, seen []string) (*layered, error) {
	if slices.Contains(seen, name) {
		return nil, fmt.Errorf("protocol %s extends itself: %s", name, strings.Join(append(seen, name), " extends "))
	}
	text, err := source(name, load)
	if err != nil {
		return nil, err
	}
	own, err := parse(name, text)
	if err != nil {
		return nil, err
	}
	base, ok := own.values["extends"]
	if !ok {
		return own, nil
	}
	baseName, isText := base.(string)
	if !isText || baseName == "" {
		return nil, fmt.Errorf("%s: extends: the name of one protocol is wanted, such as ct-panel", own.where["extends"])
	}
	delete(own.values, "extends")
	l, err := chain(baseName, load, append(seen, name))
	if err != nil {
		return nil, fmt.Errorf("%s: extends: %w", own.where["extends"], err)
	}
	l.name = own.name
	merge(l.values, own.values)
	for k, w := range own.where {
		l.where[k] = w
	}
	return l, nil
}

func source(name string, load Loader) ([]byte, error) {
	if isFile(name) {
		if load == nil {
			return nil, fmt.Errorf("protocol %s: files cannot be read here", name)
		}
		text, err := load(name)
		if err != nil {
			return nil, fmt.Errorf("protocol %s: %w", name, err)
		}
		return text, nil
	}
	text, err := assets.Protocols.ReadFile("protocols/" + name + ".yaml")
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, fmt.Errorf("no protocol %q: built in are %s; a file's name ends in .yaml", name, strings.Join(Builtin(), ", "))
	}
	return text, err
}

func isFile(name string) bool {
	return strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml")
}

func parse(name string, text []byte) (*layered, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("protocol %s: %w", name, err)
	}
	l := &layered{name: name, values: map[string]any{}, where: map[string]string{}}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("protocol %s: not a list of keys and values", name)
	}
	if err := doc.Content[0].Decode(&l.values); err != nil {
		return nil, fmt.Errorf("protocol %s: %w", name, err)
	}
	l.locate("", doc.Content[0])
	return l, nil
}

func (l *layered) locate(prefix string, n *yaml.Node) {
	if n.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := prefix + n.Content[i].Value
		l.where[key] = fmt.Sprintf("protocol %s, line %d", l.name, n.Content[i].Line)
		l.locate(key+".", n.Content[i+1])
	}
}

// set applies "a.b=value".
func (l *layered) set(s string) error {
	key, text, ok := strings.Cut(s, "=")
	if !ok || key == "" {
		return fmt.Errorf("--set %s: KEY=VALUE is wanted, such as segment.threshold=90", s)
	}
	var value any
	if err := yaml.Unmarshal([]byte(text), &value); err != nil {
		return fmt.Errorf("--set %s: %w", s, err)
	}
	at, parts := l.values, strings.Split(key, ".")
	for _, p := range parts[:len(parts)-1] {
		next, ok := at[p].(map[string]any)
		if !ok {
			return fmt.Errorf("--set %s: the protocol has no group %q", s, p)
		}
		at = next
	}
	last := parts[len(parts)-1]
	at[last] = value
	if value == nil {
		delete(at, last)
	}
	l.where[key] = "--set " + s
	return nil
}

// merge puts the keys of from over those of into; maps are merged, null takes a key away, everything else
// is replaced.
func merge(into, from map[string]any) {
	for k, v := range from {
		if v == nil {
			delete(into, k)
			continue
		}
		a, okA := into[k].(map[string]any)
		b, okB := v.(map[string]any)
		if okA && okB {
			merge(a, b)
			continue
		}
		into[k] = v
	}
}
