package protocol

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"explant/assets"
)

const schemaFile = "protocols/protocol.schema.json"

var compiled = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	text, err := assets.Protocols.ReadFile(schemaFile)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaFile, doc); err != nil {
		return nil, err
	}
	all := map[string]*jsonschema.Schema{}
	for name, at := range map[string]string{
		"": "", "prepare": "#/$defs/prepare", "measure": "#/$defs/measure", string(Panel): "#/$defs/panel", string(Ranges): "#/$defs/ranges",
		string(Oxygenator): "#/$defs/oxygenator", string(Connector): "#/$defs/connector", string(Slide): "#/$defs/slide",
		string(Fluorescence): "#/$defs/fluorescence", string(SEM): "#/$defs/sem",
	} {
		if all[name], err = c.Compile(schemaFile + at); err != nil {
			return nil, err
		}
	}
	return all, nil
})

// check holds the merged keys against the schema: first the frame, then the groups that the engine
// asks for, so that an error speaks of the key that is wrong and not of the engine's alternatives.
func (l *layered) check() error {
	schemas, err := compiled()
	if err != nil {
		return fmt.Errorf("protocol schema: %w", err)
	}
	if err := schemas[""].Validate(l.values); err != nil {
		return l.explain(nil, err)
	}
	engine := l.values["engine"].(string)
	if err := schemas[engine].Validate(l.values["segment"]); err != nil {
		return l.explain([]string{"segment"}, err)
	}
	if Engine(engine).Planar() {
		return l.lacks(engine, "prepare", "measure")
	}
	if prepare, has := l.values["prepare"]; has {
		if err := schemas["prepare"].Validate(prepare); err != nil {
			return l.explain([]string{"prepare"}, err)
		}
	}
	if err := schemas["measure"].Validate(l.values["measure"]); err != nil {
		return l.explain([]string{"measure"}, err)
	}
	return nil
}

// lacks reports groups that the engine does not have.
func (l *layered) lacks(engine string, groups ...string) error {
	for _, g := range groups {
		if _, has := l.values[g]; has {
			return fmt.Errorf("%s: %s: engine %s has no such group", l.at(g), g, engine)
		}
	}
	return nil
}

// explain turns the first leaf of a validation error into "where: key: what".
func (l *layered) explain(prefix []string, err error) error {
	var v *jsonschema.ValidationError
	if !errors.As(err, &v) {
		return err
	}
	for len(v.Causes) > 0 {
		v = v.Causes[0]
	}
	path := append(prefix, v.InstanceLocation...)
	what := v.ErrorKind.LocalizedString(message.NewPrinter(language.English))
	if unknown, ok := v.ErrorKind.(*kind.AdditionalProperties); ok && len(unknown.Properties) > 0 {
		path, what = append(path, unknown.Properties[0]), "no such key in this engine's rules"
	}
	key := strings.Join(path, ".")
	if key == "" {
		return fmt.Errorf("%s: %s", l.at(key), what)
	}
	return fmt.Errorf("%s: %s: %s", l.at(key), key, what)
}

// at says where the key, or the nearest key above it, was written.
func (l *layered) at(key string) string {
	for key != "" {
		if w, ok := l.where[key]; ok {
			return w
		}
		cut := strings.LastIndexByte(key, '.')
		key = key[:max(cut, 0)]
	}
	return "protocol " + l.name
}
