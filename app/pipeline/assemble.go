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
	sum, err := open.Hash(ctx, job.Input)
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
			SpacingMM: info.Grid.Spacing, Calibration: info.Grid.Calibration, Warnings: info.Warnings,
		},
		Device: job.Device, Classes: f.Classes, Measurements: f.Measurements, NotMeasured: f.NotMeasured, Flags: f.Flags,
		Diagnostics: f.Diagnostics,
	}
	res.Missing = report.Missing(res)
	if len(res.Missing) == 0 {
		res.Status = "final"
	}
	for i := range res.Measurements {
		m := &res.Measurements[i]
		m.Image, m.Device, m.Sample, m.Method = res.Image.Name, job.Device["device.id"], job.Sample, method
	}
	res.ID, err = report.ID(res)
	return res, err
}

// Primary lists the primary values of a result, one line each, for a terminal.
func Primary(res result.Result) []string {
	var lines []string
	for _, m := range res.Measurements {
		if d, ok := metrics.Lookup(m.Metric); ok && d.Primary {
			lines = append(lines, d.Name+" "+m.Text())
		}
	}
	return lines
}

func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
