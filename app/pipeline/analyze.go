package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"explant/analysis/protocol"
	"explant/analysis/result"
	"explant/io/imagefile"
	"explant/io/open"
	"explant/io/report"
	"explant/volume/parallel"
)

// The files of a run; a folder that holds ResultFile holds all of them.
const (
	ResultFile     = "result.json"
	TableFile      = "measurements.csv"
	VolumeLabels   = "labels.nrrd"
	SlideLabels    = "labels.ome.tif"
	ReportFile     = "report.html"
	ProvenanceFile = "provenance.json"
)

// found is what the engines hand to the writing of a run.
type found struct {
	result.Findings
	pictures report.Pictures
}

// Analyze measures one image and writes its results into job.Out: result.json, measurements.csv,
// the label image, report.html and provenance.json. Files get their names when all of them are
// whole; an error or a cancelled ctx leaves an older run in job.Out untouched.
func Analyze(ctx context.Context, job Job, l Limits, p parallel.Progress) (res result.Result, err error) {
	started := time.Now()
	if err := job.Check(); err != nil {
		return res, err
	}
	r, err := open.Path(ctx, job.Input, open.Options{})
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	info := r.Info()
	job.calibrate(&info.Grid)
	plan, err := planned(job, info, l)
	if l.Tell != nil && plan.Resident > 0 {
		l.Tell(plan)
	}
	if err != nil {
		return res, err
	}
	if err := job.locate(ctx, info.Grid, l, p); err != nil {
		return res, err
	}
	if err := job.hashBatch(ctx); err != nil {
		return res, err
	}
	s, err := newStage(job.Out)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	ctx, end, err := plan.begin(ctx)
	if err != nil {
		return res, fmt.Errorf("%s: %w", job.Input, err)
	}
	defer func() { err = errors.Join(err, end()) }()
	this := &run{job, info, l, p, s}
	f, err := this.engine(ctx, r)
	if err != nil {
		return res, fmt.Errorf("%s: %w", job.Input, err)
	}
	if res, err = assemble(ctx, job, this.info, f.Findings); err != nil {
		return res, err
	}
	if err := s.writeAll(outputs(res, f.pictures, newProvenance(job, l, res.ID, started))); err != nil {
		return res, err
	}
	if err := ctx.Err(); err != nil {
		return res, err
	}
	return res, s.commit(ResultFile)
}

// run is one image on its way through an engine.
type run struct {
	job      Job
	info     imagefile.Info
	limits   Limits
	progress parallel.Progress
	stage    *stage
}

func (r *run) engine(ctx context.Context, in imagefile.Reader) (found, error) {
	switch r.job.Protocol.Engine {
	case protocol.Slide:
		return r.slide(ctx, in)
	case protocol.Fluorescence:
		return r.fluorescence(ctx, in)
	}
	return r.volume(ctx, in)
}

func (r *run) options() parallel.Options { return parallel.Options{Workers: r.limits.Workers} }

// outputs are the files of a run beside its labels.
func outputs(res result.Result, pics report.Pictures, from provenance) []staged {
	return []staged{
		{ResultFile, func(f *os.File) error { return report.WriteJSON(f, res) }},
		{TableFile, func(f *os.File) error { return report.WriteCSV(f, res.Measurements) }},
		{ReportFile, func(f *os.File) error { return report.WriteHTML(f, res, pics) }},
		{ProvenanceFile, func(f *os.File) error { return writeJSON(f, from) }},
	}
}
