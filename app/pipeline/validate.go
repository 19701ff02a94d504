package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"explant/analysis/accuracy"
	"explant/io/report"
	"explant/volume/parallel"
)

// The files of a validation.
const (
	AccuracyFile       = "accuracy.json"
	AccuracyTable      = "accuracy.csv"
	AccuracyReport     = "accuracy.html"
	AccuracyProvenance = "accuracy-provenance.json"
)

// ValidateOptions says how much is validated.
type ValidateOptions struct {
	Full      bool
	Seeds     int      // phantoms of each row; 0 for that of the extent
	First     uint64   // seed of the first phantom of each row
	Protocols []string // only rows by these; nil for all
}

// ValidatedProtocols are the protocols that the phantom family judges.
func ValidatedProtocols() []string {
	var names []string
	for _, v := range validations {
		names = append(names, v.protocol)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Validate makes the phantoms of the family, measures each as [Analyze] does, and writes into out what came
// of it: accuracy.json, accuracy.csv, accuracy.html, and accuracy-provenance.json with what differs from
// host to host. A table with failed rows is no error.
func Validate(ctx context.Context, out string, o ValidateOptions, l Limits, p parallel.Progress) (t accuracy.Table, err error) {
	started := time.Now()
	if err := o.Check(); err != nil {
		return t, err
	}
	todo := o.chosen()
	s, err := newStage(out)
	if err != nil {
		return t, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	t = accuracy.Table{Schema: "explant-accuracy/1", Program: "explant", Version: Version, Extent: o.extent(), Seed: o.First, Methods: map[string]string{}}
	for i, v := range todo {
		p.Stage(fmt.Sprintf("%d of %d: %s, %s, by %s", i+1, len(todo), v.phantom, v.variant, v.protocol), o.seeds(v))
		rows, method, err := v.measure(ctx, filepath.Join(s.dir, "work"), o, l, p)
		if err != nil {
			return t, fmt.Errorf("%s phantom, %s, by %s: %w", v.phantom, v.variant, v.protocol, err)
		}
		t.Rows = append(t.Rows, rows...)
		t.Methods[strings.Join(append([]string{v.protocol}, v.sets...), ", ")] = method
	}
	t.Close()
	from := newProvenance(Job{}, l, "", started)
	from.Input = ""
	err = s.writeAll([]staged{
		{AccuracyFile, func(f *os.File) error { return writeJSON(f, t) }},
		{AccuracyTable, func(f *os.File) error { return report.WriteAccuracyCSV(f, t) }},
		{AccuracyReport, func(f *os.File) error { return report.WriteAccuracyHTML(f, t) }},
		{AccuracyProvenance, func(f *os.File) error { return writeJSON(f, from) }},
	})
	return t, cmp.Or(err, ctx.Err(), s.commit(AccuracyFile))
}

func (o ValidateOptions) extent() string {
	if o.Full {
		return "full"
	}
	return "quick"
}

// seeds is the number of phantoms of a row.
func (o ValidateOptions) seeds(v validation) int {
	n := v.quick
	if o.Full {
		n = v.full
	}
	if o.Seeds > 0 && n > 0 {
		return o.Seeds
	}
	return n
}

// Check reports options by which nothing can be validated.
func (o ValidateOptions) Check() error {
	for _, name := range o.Protocols {
		if known := ValidatedProtocols(); !slices.Contains(known, name) {
			return fmt.Errorf("no phantom validates protocol %q: there are %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

// chosen are the rows of the extent and the protocols.
func (o ValidateOptions) chosen() []validation {
	return slices.DeleteFunc(slices.Clone(validations), func(v validation) bool {
		return o.seeds(v) == 0 || len(o.Protocols) > 0 && !slices.Contains(o.Protocols, v.protocol)
	})
}

// AccuracyLines are the rows of a table for a terminal.
func AccuracyLines(t accuracy.Table) []string {
	var lines []string
	for _, r := range t.Rows {
		what := strings.TrimSpace(r.Metric + " " + r.Part)
		lines = append(lines, fmt.Sprintf("%s  %s, %s, by %s: %s", verdict(r), r.Phantom, r.Variant, r.Protocol, what+" "+figures(r)))
		for _, why := range r.Why {
			lines = append(lines, "      "+why)
		}
	}
	return lines
}

func verdict(r accuracy.Row) string {
	if r.Pass {
		return "PASS"
	}
	return "FAIL"
}

func figures(r accuracy.Row) string {
	if r.Found != nil {
		return fmt.Sprintf("recall %.3f, precision %.3f", r.Found.Recall(), r.Found.Precision())
	}
	line := fmt.Sprintf("bias %+.2f %%, RMS %.2f %%, n %d", r.Bias, r.RMS, r.N)
	if r.Intervals > 0 {
		line += fmt.Sprintf(", %d of %d intervals hold the truth, half-width %.1f times the RMS", r.Covered, r.Intervals, r.WidthRMS)
	}
	return line
}
