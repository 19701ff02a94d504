package settings

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"explant/assets"
)

// schemaFile holds what each rule may be, with its unit and what it means.
const schemaFile = "protocols/protocol.schema.json"

// rule is what the schema says of one key.
type rule struct {
	Ref         string    `yaml:"$ref"`
	Type        string    `yaml:"type"`
	Help        string    `yaml:"description"`
	Unit        string    `yaml:"x-unit"`
	Min         *float64  `yaml:"minimum"`
	Max         *float64  `yaml:"maximum"`
	Above       *float64  `yaml:"exclusiveMinimum"`
	Below       *float64  `yaml:"exclusiveMaximum"`
	Choices     []string  `yaml:"enum"`
	Properties  yaml.Node `yaml:"properties"`
	Additional  yaml.Node `yaml:"additionalProperties"`
	Items       *rule     `yaml:"items"`
	MinItems    int       `yaml:"minItems"`
	MaxItems    int       `yaml:"maxItems"`
	Required    []string  `yaml:"required"`
	Definitions yaml.Node `yaml:"$defs"`
}

// named is a rule and the key that it is of.
type named struct {
	key string
	*rule
	own bool // a person chose the key: a class, a marker
}

// title is the key in words.
func (n named) title() string {
	if n.own {
		return n.key
	}
	return title(n.key, n.Unit)
}

// read reads the schema once; its keys keep their order, which is that of the form.
var read = sync.OnceValues(func() (*rule, error) {
	text, err := assets.Protocols.ReadFile(schemaFile)
	if err != nil {
		return nil, err
	}
	r := new(rule)
	if err := yaml.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("protocol schema: %w", err)
	}
	return r, nil
})

// members are the rules that a mapping in the schema names, in its order.
func members(n yaml.Node) (all []named, err error) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		r := new(rule)
		if err := n.Content[i+1].Decode(r); err != nil {
			return nil, fmt.Errorf("protocol schema: %s: %w", n.Content[i].Value, err)
		}
		if r, err = r.resolved(); err != nil {
			return nil, err
		}
		all = append(all, named{key: n.Content[i].Value, rule: r})
	}
	return all, nil
}

// resolved follows $ref; the unit and the words beside it stay.
func (r *rule) resolved() (*rule, error) {
	if r.Ref == "" {
		return r, nil
	}
	to, err := definition(strings.TrimPrefix(r.Ref, "#/$defs/"))
	if err != nil {
		return nil, err
	}
	out := *to
	if r.Help != "" {
		out.Help = r.Help
	}
	if r.Unit != "" {
		out.Unit = r.Unit
	}
	return &out, nil
}

// definition is the rule in $defs of a name: an engine's group, or what several rules share.
func definition(name string) (*rule, error) {
	root, err := read()
	if err != nil {
		return nil, err
	}
	n := root.Definitions
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			r := new(rule)
			if err := n.Content[i+1].Decode(r); err != nil {
				return nil, fmt.Errorf("protocol schema: %s: %w", name, err)
			}
			return r.resolved()
		}
	}
	return nil, fmt.Errorf("protocol schema: no definition %q", name)
}

// rest is the rule of every key that properties does not name; nil where there are none.
func (r *rule) rest() (*rule, error) {
	if r.Additional.Kind != yaml.MappingNode {
		return nil, nil
	}
	out := new(rule)
	if err := r.Additional.Decode(out); err != nil {
		return nil, fmt.Errorf("protocol schema: %w", err)
	}
	next, err := out.resolved()
	if err != nil {
		return nil, err
	}
	if next.Unit == "" { // of a table of numbers the table states the unit
		shared := *next
		shared.Unit = r.Unit
		next = &shared
	}
	return next, nil
}

// items is the rule of each element of a list.
func (r *rule) items() (*rule, error) {
	if r.Items == nil {
		return nil, nil
	}
	return r.Items.resolved()
}

func (r *rule) needs(key string) bool { return slices.Contains(r.Required, key) }
