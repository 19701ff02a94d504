package report

import (
	"fmt"
	"slices"
	"strings"

	"explant/analysis/metrics"
	"explant/analysis/result"
)

// group is one metric in the table of values.
type group struct {
	ID, Name, Definition, Source, ValidWhen string
	Whole                                   *valueRow // stands on the line of the name
	Rows                                    []valueRow
	More                                    string
}

// valueRow is one value in the table, in words.
type valueRow struct {
	Part, Value, Unit, Interval, Floor string
	Details, Flags                     []string
}

// mostRows is how many values of one metric the table holds; the rest is in measurements.csv.
const mostRows = 16

// groups puts measurements in the order of the dictionary; metrics that it does not know come last.
func groups(all []result.Measurement) []group {
	var out []group
	for _, id := range inOrder(all) {
		g := group{ID: id, Name: id}
		if m, ok := metrics.Lookup(id); ok {
			g.Name, g.Definition, g.Source, g.ValidWhen = m.Name, m.Definition, m.Source, m.ValidWhen
		}
		rows := of(all, id)
		if rows[0].Part == "" {
			whole := newRow(rows[0])
			g.Whole, rows = &whole, rows[1:]
		}
		for _, m := range rows[:min(len(rows), mostRows)] {
			g.Rows = append(g.Rows, newRow(m))
		}
		if n := len(rows) - mostRows; n > 0 {
			g.More = fmt.Sprintf("and %d more in measurements.csv", n)
		}
		out = append(out, g)
	}
	return out
}

// inOrder lists the metrics of all as the dictionary does.
func inOrder(all []result.Measurement) []string {
	var out []string
	for _, m := range metrics.All() {
		if len(of(all, m.ID)) > 0 {
			out = append(out, m.ID)
		}
	}
	for _, m := range all {
		if !slices.Contains(out, m.Metric) {
			out = append(out, m.Metric)
		}
	}
	return out
}

func of(all []result.Measurement, metric string) []result.Measurement {
	var out []result.Measurement
	for _, m := range all {
		if m.Metric == metric {
			out = append(out, m)
		}
	}
	return out
}

func newRow(m result.Measurement) valueRow {
	r := valueRow{Part: part(m.Part), Value: value(m), Unit: Unit(m.Unit), Interval: interval(m), Flags: m.Flags}
	if m.Floor != nil {
		r.Floor = withUnit(free(*m.Floor), m.Unit)
	}
	r.Details = details(m)
	return r
}

// details says what a value was made from: the ratio, the counts, the largest uncertainty.
func details(m result.Measurement) []string {
	var out []string
	of, unit := whole(m.DenominatorName)
	switch {
	case m.Numerator != nil && m.Denominator != nil:
		out = append(out, strings.TrimSpace(free(*m.Numerator)+" / "+withUnit(free(*m.Denominator), unit)+" "+of))
	case of != "":
		out = append(out, "of "+of)
	}
	if n := counts(m); n != "" {
		out = append(out, n)
	}
	if m.Dominant != "" {
		out = append(out, "largest error: "+m.Dominant)
	}
	return out
}

// whole splits the name of a denominator, "blood-side space (mm3)", into words and a unit; both may
// be missing.
func whole(name string) (words, unit string) {
	words, unit, _ = strings.Cut(strings.TrimSuffix(name, " (share)"), " (")
	return strings.ReplaceAll(words, "_", " "), strings.TrimSuffix(unit, ")")
}

// counts writes the n of every level that has one, but not of objects where they are the value.
func counts(m result.Measurement) string {
	var out []string
	for _, c := range []struct {
		n    *int
		name string
	}{{m.NDevice, "device"}, {m.NSection, "section"}, {m.NField, "field"}, {m.NObject, "object"}} {
		single := c.n != nil && *c.n == 1 && c.name != "object" // a report of one device need not say so in every row
		if c.n == nil || single || c.name == "object" && m.Unit == "1" && float64(*c.n) == m.Value {
			continue
		}
		s := ""
		if *c.n != 1 {
			s = "s"
		}
		out = append(out, Number(float64(*c.n), 0)+" "+c.name+s)
	}
	return strings.Join(out, ", ")
}

// intervalHeading names the probability of the intervals where it is the same for all.
func intervalHeading(all []result.Measurement) string {
	heading := ""
	for _, m := range all {
		if m.Coverage == nil || m.ULo == nil {
			continue
		}
		h := fmt.Sprintf("%s\u202f%% interval", free(rounded(*m.Coverage*100)))
		if heading != "" && h != heading {
			return "Interval"
		}
		heading = h
	}
	if heading == "" {
		return "Interval"
	}
	return heading
}
