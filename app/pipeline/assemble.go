package pipeline

import (
	"context"
	"encoding/json"
	"io"

	"explant/analysis/metrics"
	"explant/analysis/result"
	"explant/io/imagefile"
	"explant/io/open"
	"explant/io/report"
)

// assemble puts image, device and method to what an engine found.
func assemble(ctx context.Context, job Job, info imagefile.Info, f result.Findings) (result.Result, error) {
	method, err := job.Protocol.Method()
	if err != nil {
		return result.Result{}, err
	}
	rules, err := job.Protocol.Rules()
	if err != nil {
		return result.Result{}, err
	}
	sum, err := open.Hash(ctx, job.Input, info.Beside...)
	if err != nil {
		return result.Result{}, err
	}
	res := result.Result{
		Schema:   "explant-result/1",
		Status:   "preliminary",
		Software: result.Software{Name: "explant", Version: Version},
		Protocol: result.Protocol{Name: job.Protocol.Name, Title: job.Protocol.Title, Method: method, Rules: rules, Algos: job.Protocol.Algorithms()},
		Inputs:   job.inputs(),
		Image: result.Image{
			Name: job.name(), SHA256: sum, Format: info.Format, Size: info.Grid.N, Type: string(info.Type), Channels: info.Channels,
			SpacingMM: info.Grid.Spacing, Calibration: info.Grid.Calibration, Warnings: listed(info.Warnings),
		},
		Device: job.Device, Classes: listed(f.Classes), Measurements: listed(f.Measurements), NotMeasured: listed(f.NotMeasured), Flags: listed(f.Flags),
		Diagnostics: f.Diagnostics,
	}
	if res.Device == nil {
		res.Device = map[string]string{}
	}
	res.Missing = listed(report.Missing(res))
	if len(res.Missing) == 0 {
		res.Status = "final"
	}
	for i := range res.Measurements {
		m := &res.Measurements[i]
		m.Image, m.Device, m.Sample, m.Method = res.Image.Name, job.Device["device.id"], job.Sample, method
		m.NDevice = result.N(1)
		if job.Protocol.Engine.Planar() {
			m.NSection, m.NField = result.N(1), result.N(1)
		}
		m.Flags = listed(m.Flags)
	}
	res.ID, err = report.ID(res)
	return res, err
}

// listed is the list itself, empty instead of nil: readers of result.json find a list in every run.
func listed[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// Primary lists the primary values of a result, one line each, for a terminal; bins of curves are left to
// the report.
func Primary(res result.Result) []string {
	var lines []string
	for _, m := range res.Measurements {
		if d, ok := metrics.Lookup(m.Metric); ok && d.Primary && !report.Binned(m) {
			lines = append(lines, report.Line(m))
		}
	}
	return lines
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
