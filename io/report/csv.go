package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"explant/analysis/result"
)

// Columns are the columns of measurements.csv, in order.
var Columns = []string{
	"image", "device", "sample", "metric", "part", "value", "unit", "numerator", "denominator", "denominator_name",
	"u_lo", "u_hi", "coverage", "dominant", "n_device", "n_section", "n_field", "n_object", "floor", "flags", "method",
}

// WriteCSV writes one line a measurement under a line of [Columns], as RFC 4180 has it. What does not
// apply is empty; several flags are joined by a semicolon. A value that is not finite is an error.
func WriteCSV(w io.Writer, all []result.Measurement) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(Columns); err != nil {
		return fmt.Errorf("write measurements: %w", err)
	}
	for i, m := range all {
		if err := checkFinite(m); err != nil {
			return fmt.Errorf("write measurement %d: %w", i+1, err)
		}
		if err := out.Write(row(m)); err != nil {
			return fmt.Errorf("write measurement %d: %w", i+1, err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write measurements: %w", err)
	}
	return nil
}

func row(m result.Measurement) []string {
	return []string{
		m.Image, m.Device, m.Sample, m.Metric, m.Part, number(&m.Value), m.Unit, number(m.Numerator), number(m.Denominator),
		m.DenominatorName, number(m.ULo), number(m.UHi), number(m.Coverage), m.Dominant, count(m.NDevice), count(m.NSection),
		count(m.NField), count(m.NObject), number(m.Floor), strings.Join(m.Flags, ";"), m.Method,
	}
}

// number is the shortest decimal that reads back as the same value, "" for none.
func number(v *float64) string {
	if v == nil {
		return ""
	}
	return strconv.FormatFloat(*v, 'g', -1, 64)
}

func count(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func checkFinite(m result.Measurement) error {
	for _, f := range []struct {
		name  string
		value *float64
	}{
		{"value", &m.Value}, {"numerator", m.Numerator}, {"denominator", m.Denominator},
		{"u_lo", m.ULo}, {"u_hi", m.UHi}, {"coverage", m.Coverage}, {"floor", m.Floor},
	} {
		if f.value != nil && (math.IsNaN(*f.value) || math.IsInf(*f.value, 0)) {
			return fmt.Errorf("%s %s: %s is %g; a value that could not be had belongs under not_measured", m.Metric, m.Part, f.name, *f.value)
		}
	}
	return nil
}
