package runner

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"explant/analysis/frame"
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
	At                           int    // of its measurement in the result; -1 for what was not measured
}

// Rows are the measurements of a result, the primary ones first, bins of curves last, and then what was
// not measured and why.
func Rows(res result.Result) []Row {
	var primary, other, binned []Row
	for i, m := range res.Measurements {
		r := row(m)
		r.At = i
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
		all = append(all, Row{Name: title(w.Metric, w.Part), Value: "not measured", Detail: w.Reason, At: -1})
	}
	return all
}

func row(m result.Measurement) Row {
	d, _ := metrics.Lookup(m.Metric)
	r := Row{
		Name: title(m.Metric, m.Part), Value: strings.TrimSpace(fmt.Sprintf("%.4g %s", m.Value, report.Unit(m.Unit))), Primary: d.Primary,
		Flags: strings.Join(m.Flags, ", "), Detail: report.Line(m) + "\n" + d.Definition,
	}
	if _, whole := report.Named("", m.DenominatorName); whole != "" {
		r.Name += " of " + whole
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
	if words, _ := report.Named(part, ""); words != "" {
		name += ", " + words
	}
	return name
}

// Flags are those of a result that a measurement carries, with what they mean and what to do.
func Flags(res result.Result, m result.Measurement) (all []result.Flag) {
	for _, f := range res.Flags {
		if slices.Contains(m.Flags, f.ID) {
			all = append(all, f)
		}
	}
	return all
}

// FrameOf is the frame in which a result was measured: that of the two points of its axis, or of the first
// of the files that is the one it names by its hash. It is nil without a frame.
func FrameOf(res result.Result, files ...string) *frame.Frame {
	if f, err := frame.Between(res.Inputs["axis"]); err == nil {
		return &f
	}
	_, sum, ok := strings.Cut(res.Inputs["frame"], "sha256 ")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil || !ok {
			continue
		}
		if have := sha256.Sum256(text); hex.EncodeToString(have[:]) != sum {
			continue
		}
		if f, err := frame.Parse(text); err == nil {
			return &f
		}
	}
	return nil
}

// Labels is the label image in a folder that a run wrote: of a volume, else of a picture.
func Labels(folder string) string {
	if path := filepath.Join(folder, pipeline.VolumeLabels); there(path) == nil {
		return path
	}
	return filepath.Join(folder, pipeline.SlideLabels)
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
