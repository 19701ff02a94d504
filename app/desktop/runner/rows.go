package runner

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"explant/analysis/metrics"
	"explant/analysis/result"
	"explant/app/pipeline"
	"explant/io/report"
)

// Row is one line of the table of results.
type Row struct {
	Name, Value, Interval, Flags string // the value with its unit
	Primary                      bool
	Detail                       string // in the words of the report, with the definition
}

// Rows are the measurements of a result, the primary ones first, bins of curves last, and then what was
// not measured and why.
func Rows(res result.Result) []Row {
	var primary, other, binned []Row
	for _, m := range res.Measurements {
		r := row(m)
		switch {
		case report.Binned(m):
			binned = append(binned, r)
		case r.Primary:
			primary = append(primary, r)
		default:
			other = append(other, r)
		}
	}
	all := append(append(primary, other...), binned...)
	for _, w := range res.NotMeasured {
		all = append(all, Row{Name: title(w.Metric, w.Part), Value: "not measured", Detail: w.Reason})
	}
	return all
}

func row(m result.Measurement) Row {
	d, _ := metrics.Lookup(m.Metric)
	r := Row{
		Name: title(m.Metric, m.Part), Value: strings.TrimSpace(fmt.Sprintf("%.4g %s", m.Value, report.Unit(m.Unit))), Primary: d.Primary,
		Flags: strings.Join(m.Flags, ", "), Detail: report.Line(m) + "\n" + d.Definition,
	}
	if m.DenominatorName != "" {
		r.Name += " of " + m.DenominatorName
	}
	if m.ULo != nil && m.UHi != nil {
		r.Interval = fmt.Sprintf("%.4g to %.4g", *m.ULo, *m.UHi)
		if m.Coverage != nil {
			r.Detail += fmt.Sprintf("\nInterval: %.0f %% coverage", 100**m.Coverage)
			if m.Dominant != "" {
				r.Detail += ", mostly " + m.Dominant
			}
		}
	}
	return r
}

func title(metric, part string) string {
	name := metric
	if d, ok := metrics.Lookup(metric); ok {
		name = d.Name
	}
	if part != "" {
		name += ", " + part
	}
	return name
}

// Load reads the result in a folder that a run wrote.
func Load(folder string) (res result.Result, err error) {
	text, err := os.ReadFile(filepath.Join(folder, pipeline.ResultFile))
	if err != nil {
		return res, err
	}
	if err := json.Unmarshal(text, &res); err != nil {
		return res, fmt.Errorf("%s in %s: %w", pipeline.ResultFile, folder, err)
	}
	return res, nil
}
