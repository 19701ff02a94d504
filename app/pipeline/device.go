package pipeline

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"explant/io/report"
)

// LoadDevice reads the report fields of a device from a YAML file, nested or with dots in the keys:
//
//	device:
//	  manufacturer: …
//	use.run_time_h: 212
//
// An unknown key, or one without a value, is an error that names the file, the line and the key.
func LoadDevice(file string) (map[string]string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("device file: %w", err)
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, fmt.Errorf("device file %s: %w", file, err)
	}
	if len(doc.Content) == 0 || doc.Content[0].Kind != yaml.MappingNode {
		return nil, fmt.Errorf("device file %s: not a list of keys and values", file)
	}
	fields := map[string]string{}
	if err := flatten(doc.Content[0], "", fields); err != nil {
		return nil, fmt.Errorf("device file %s, %w", file, err)
	}
	return fields, nil
}

func flatten(n *yaml.Node, prefix string, into map[string]string) error {
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := prefix+n.Content[i].Value, n.Content[i+1]
		var err error
		switch value.Kind {
		case yaml.MappingNode:
			err = flatten(value, key+".", into)
		case yaml.ScalarNode:
			err = field(key, value, into)
		default:
			err = errors.New("one value is wanted, not a list")
		}
		if err != nil {
			if value.Kind == yaml.MappingNode {
				return err
			}
			return fmt.Errorf("line %d: %s: %w", value.Line, key, err)
		}
	}
	return nil
}

func field(key string, value *yaml.Node, into map[string]string) error {
	if !slices.ContainsFunc(report.Fields, func(f report.Field) bool { return f.Key == key }) {
		return fmt.Errorf("unknown key; known are %s", strings.Join(fieldKeys(), ", "))
	}
	if _, twice := into[key]; twice {
		return errors.New("stands twice")
	}
	if value.Tag == "!!null" || value.Value == "" {
		return errors.New("has no value; remove the line or fill it in")
	}
	into[key] = value.Value
	return nil
}

func fieldKeys() []string {
	keys := make([]string, len(report.Fields))
	for i, f := range report.Fields {
		keys[i] = f.Key
	}
	return keys
}
