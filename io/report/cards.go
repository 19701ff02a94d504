package report

import (
	"fmt"
	"html/template"
	"slices"

	"explant/analysis/composition"
	"explant/analysis/metrics"
	"explant/analysis/result"
)

// card is one primary result at the head of the report: a value, a short list of parts, or the
// reason why there is none.
type card struct {
	Name, Of    string // "Burden", "of blood-side space"
	Value, Unit string
	Notes       []string
	Flags       []string
	Rows        []cardRow
	More        string
	Reason      string
}

// cardRow is one part in a card: a class of a slide, a zone.
type cardRow struct {
	Part, Value, Unit, Interval string
	Bar                         template.CSS // width of its bar, "" for none
	Color                       template.CSS
}

// mostParts is how many parts a card lists, mostUnranked how many cards there are when no metric is
// primary.
const (
	mostParts    = 8
	mostUnranked = 4
)

// cards are the primary metrics of the dictionary, measured or not; where none is known, the first
// measurements.
func cards(all []result.Measurement, r result.Result) []card {
	colors := colorsOf(r.Classes)
	var out []card
	for _, m := range metrics.All() {
		if !m.Primary {
			continue
		}
		found := cardsOf(wholes(of(all, m.ID)), colors)
		i := slices.IndexFunc(r.NotMeasured, func(w result.Withheld) bool { return w.Metric == m.ID })
		if len(found) == 0 && i >= 0 {
			w := r.NotMeasured[i]
			found = []card{{Name: named(w.Metric, w.Part), Reason: w.Reason}}
		}
		out = append(out, found...)
	}
	if len(out) == 0 && len(all) > 0 {
		for _, m := range all[:min(len(all), mostUnranked)] {
			out = append(out, single(m))
		}
	}
	return out
}

// wholes leaves the zones of components to their table.
func wholes(all []result.Measurement) []result.Measurement {
	return slices.DeleteFunc(all, func(m result.Measurement) bool {
		_, zone := componentAndZone(m)
		return m.Metric == composition.MetricBurden && zone != wholeColumn
	})
}

// cardsOf makes one card a denominator: shares of different wholes do not belong in one list.
func cardsOf(all []result.Measurement, colors map[string]string) []card {
	var out []card
	var wholes []string
	for _, m := range all {
		if !slices.Contains(wholes, m.DenominatorName) {
			wholes = append(wholes, m.DenominatorName)
		}
	}
	for _, whole := range wholes {
		same := slices.DeleteFunc(slices.Clone(all), func(m result.Measurement) bool { return m.DenominatorName != whole })
		switch {
		case len(same) == 1:
			out = append(out, single(same[0]))
		case same[0].Part == "":
			out = append(out, withParts(same))
		default:
			out = append(out, list(same, colors))
		}
	}
	return out
}

func single(m result.Measurement) card {
	c := card{Name: named(m.Metric, part(m.Part)), Of: ofWhole(m), Value: value(m), Unit: Unit(m.Unit), Flags: m.Flags}
	if i := interval(m); i != "" {
		c.Notes = append(c.Notes, intervalHeading([]result.Measurement{m})+" "+withUnit(i, m.Unit))
	}
	if n := counts(m); n != "" {
		c.Notes = append(c.Notes, n)
	}
	if m.Floor != nil {
		c.Notes = append(c.Notes, "detection floor "+withUnit(free(*m.Floor), m.Unit))
	}
	return c
}

// withParts is the value of the whole with its parts as notes.
func withParts(all []result.Measurement) card {
	c := single(all[0])
	for _, m := range all[1:min(len(all), mostParts)] {
		c.Notes = append(c.Notes, part(m.Part)+" "+withUnit(value(m), m.Unit))
	}
	return c
}

func ofWhole(m result.Measurement) string {
	if m.DenominatorName == "" {
		return ""
	}
	words, _ := whole(m.DenominatorName)
	return "of " + words
}

func list(all []result.Measurement, colors map[string]string) card {
	c := card{Name: named(all[0].Metric, ""), Of: ofWhole(all[0])}
	for _, m := range all {
		for _, f := range m.Flags {
			if !slices.Contains(c.Flags, f) {
				c.Flags = append(c.Flags, f)
			}
		}
	}
	for _, m := range all[:min(len(all), mostParts)] {
		c.Rows = append(c.Rows, newCardRow(m, colors))
	}
	if n := len(all) - mostParts; n > 0 {
		c.More = fmt.Sprintf("and %d more below", n)
	}
	return c
}

func newCardRow(m result.Measurement, colors map[string]string) cardRow {
	row := cardRow{Part: part(m.Part), Value: value(m), Unit: Unit(m.Unit)}
	if row.Part == "" {
		row.Part = "whole image"
	}
	if i := interval(m); i != "" {
		row.Interval = intervalHeading([]result.Measurement{m}) + " " + withUnit(i, m.Unit)
	}
	if c, ok := colors[m.Part]; ok {
		row.Color = template.CSS(c)
	}
	if m.Unit == "%" && m.Value >= 0 && m.Value <= 100 {
		row.Bar = template.CSS(fmt.Sprintf("%.2f%%", m.Value))
	}
	return row
}
