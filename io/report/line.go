package report

import (
	"strings"

	"explant/analysis/result"
)

// Line is a measurement in one line of plain text, in the words and the rounding of the report:
// "Burden 7.42 % (7.08 to 7.75) of blood-side space".
func Line(m result.Measurement) string {
	s := named(m.Metric, part(m.Part)) + " " + withUnit(value(m), m.Unit)
	if i := interval(m); i != "" {
		s += " (" + i + ")"
	}
	if words := ofWhole(m); words != "" {
		s += " " + words
	}
	return strings.ReplaceAll(s, "\u202f", " ")
}
