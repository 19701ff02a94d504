// Package metrics is the dictionary of what the program reports: one entry a metric, as data.
// Table headings, help texts, reports and exports are made from it. What is not implemented is not
// listed; a measurement whose metric is not listed is a defect that the tests find.
package metrics

import (
	"bytes"
	"fmt"
	"sync"

	"go.yaml.in/yaml/v3"

	"explant/assets"
)

// Metric is one entry of the dictionary.
type Metric struct {
	ID         string   `yaml:"id" json:"id"`                 // stable, never reused: "dep.vol"
	Name       string   `yaml:"name" json:"name"`             // as a table heading
	Unit       string   `yaml:"unit" json:"unit"`             // UCUM, of the value without a part of its own unit
	Units      []string `yaml:"units" json:"units,omitempty"` // further units that its parts may carry
	Definition string   `yaml:"definition" json:"definition"` // what is computed, in words or as a formula
	ValidWhen  string   `yaml:"valid_when" json:"valid_when"` // the condition under which it may be printed
	Source     string   `yaml:"source" json:"source"`         // paper, standard, or "this program" with the reason
	Phantom    string   `yaml:"phantom" json:"phantom"`       // the phantom whose known truth tests it
	Primary    bool     `yaml:"primary" json:"primary"`       // shown first in a report
}

// Allows reports whether a value of m may carry the unit.
func (m Metric) Allows(unit string) bool {
	if unit == m.Unit {
		return true
	}
	for _, u := range m.Units {
		if u == unit {
			return true
		}
	}
	return false
}

var load = sync.OnceValues(func() ([]Metric, error) { return Parse(assets.Metrics) })

// All is the dictionary, in the order in which reports list it.
func All() []Metric {
	all, err := load()
	if err != nil {
		panic(err) // the dictionary is part of the program and tested with it
	}
	return all
}

// Lookup finds the metric with the given id.
func Lookup(id string) (Metric, bool) {
	for _, m := range All() {
		if m.ID == id {
			return m, true
		}
	}
	return Metric{}, false
}

// Parse reads a dictionary and reports entries that are incomplete or stand twice.
func Parse(data []byte) ([]Metric, error) {
	var all []Metric
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&all); err != nil {
		return nil, fmt.Errorf("metric dictionary: %w", err)
	}
	seen := map[string]bool{}
	for i, m := range all {
		if err := m.check(); err != nil {
			return nil, fmt.Errorf("metric dictionary: entry %d %q: %w", i+1, m.ID, err)
		}
		if seen[m.ID] {
			return nil, fmt.Errorf("metric dictionary: %q stands twice", m.ID)
		}
		seen[m.ID] = true
	}
	return all, nil
}

func (m Metric) check() error {
	for _, f := range []struct{ key, value string }{
		{"id", m.ID}, {"name", m.Name}, {"unit", m.Unit}, {"definition", m.Definition},
		{"valid_when", m.ValidWhen}, {"source", m.Source}, {"phantom", m.Phantom},
	} {
		if f.value == "" {
			return fmt.Errorf("%s is missing", f.key)
		}
	}
	return nil
}
