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
func Analyze(ctx context.Context, job Job, l Limits, p parallel.Progress) (result.Result, error) {
	var res result.Result
	err := begin(ctx, job, l, p, func(ctx context.Context, r *run) (err error) {
		res, err = r.analyze(ctx)
		return err
	})
	return res, err
}

// begin checks a job, tells its plan, opens its image and makes place for its output; do then works in a
// context that keeps to the plan.
func begin(ctx context.Context, job Job, l Limits, p parallel.Progress, do func(context.Context, *run) error) (err error) {
	started := time.Now()
	if err := job.Check(); err != nil {
		return err
	}
	in, err := open.Path(ctx, job.Input, open.Options{})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	info := in.Info()
	job.calibrate(&info.Grid)
	if err := job.measureBar(ctx, in, &info); err != nil {
		return fmt.Errorf("%s: %w", job.Input, err)
	}
	plan, err := planned(ctx, job, info, l)
	if l.Tell != nil && plan.Resident > 0 {
		l.Tell(plan)
	}
	if err != nil {
		return err
	}
	if err := job.locate(ctx, info.Grid, l, p); err != nil {
		return err
	}
	if err := job.hashBatch(ctx); err != nil {
		return err
	}
	s, err := newStage(job.Out)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	ctx, end, err := plan.begin(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", job.Input, err)
	}
	defer func() { err = errors.Join(err, end()) }()
	return do(ctx, &run{job: job, info: info, limits: l, progress: p, stage: s, image: in, started: started})
}

// analyze measures the image and writes what comes of it.
func (r *run) analyze(ctx context.Context) (res result.Result, err error) {
	f, err := r.engine(ctx, r.image)
	if err != nil {
		return res, fmt.Errorf("%s: %w", r.job.Input, err)
	}
	if res, err = assemble(ctx, r.job, r.info, f.Findings); err != nil {
		return res, err
	}
	if err := r.stage.writeAll(outputs(res, f.pictures, newProvenance(r.job, r.limits, res.ID, r.started))); err != nil {
		return res, err
	}
	if err := ctx.Err(); err != nil {
		return res, err
	}
	return res, r.stage.commit(ResultFile)
}

// run is one image on its way through an engine.
type run struct {
	job      Job
	info     imagefile.Info
	limits   Limits
	progress parallel.Progress
	stage    *stage
	image    imagefile.Reader
	started  time.Time
	shards   *shards // what is joined from them; nil where all is measured here
}

func (r *run) engine(ctx context.Context, in imagefile.Reader) (found, error) {
	switch r.job.Protocol.Engine {
	case protocol.Slide:
		return r.slide(ctx, in)
	case protocol.Fluorescence:
		return r.fluorescence(ctx, in)
	case protocol.SEM:
		return r.micrograph(ctx, in)
	case protocol.Pixels, protocol.Voxels:
		return r.classified(ctx, in)
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
