package pipeline

import (
	"context"
	"fmt"
	"os"

	"explant/analysis/measure"
	"explant/analysis/oxygenator"
	"explant/analysis/protocol"
	"explant/analysis/segment"
	"explant/io/imagefile"
	"explant/io/nrrd"
	"explant/io/open"
	"explant/io/report"
	"explant/volume"
)

// volume loads and measures a volume in the type of its file.
func (r *run) volume(ctx context.Context, in imagefile.Reader) (found, error) {
	loaded, warnings, err := open.Volume(ctx, in, open.Load{Workers: r.limits.Workers}, r.progress)
	if err != nil {
		return found{}, fmt.Errorf("protocol %s wants a grey volume or slice: %w", r.job.Protocol.Name, err)
	}
	r.info.Warnings = append(r.info.Warnings, warnings...)
	switch v := loaded.(type) {
	case *volume.Volume[uint8]:
		return measured(ctx, r, v)
	case *volume.Volume[uint16]:
		return measured(ctx, r, v)
	case *volume.Volume[int16]:
		return measured(ctx, r, v)
	case *volume.Volume[float32]:
		return measured(ctx, r, v)
	}
	return found{}, fmt.Errorf("volumes of %T are not measured", loaded)
}

// measured segments and measures v, writes its labels and makes the pictures.
func measured[T volume.Voxel](ctx context.Context, r *run, v *volume.Volume[T]) (f found, err error) {
	v.Grid = r.info.Grid
	s, err := segmented(ctx, r, v)
	if err != nil {
		return f, err
	}
	if f.Findings, err = measure.Volume(ctx, v, s, *r.job.Protocol.Measure, measure.Input{Axis: r.job.Axis}, r.options(), r.progress); err != nil {
		return f, err
	}
	err = r.stage.write(VolumeLabels, func(file *os.File) error { return nrrd.Write(ctx, file, s.Labels, f.Classes) })
	if err != nil {
		return f, err
	}
	f.pictures, err = report.VolumePictures(ctx, v, s.Labels, f.Classes, report.PictureOptions{Workers: r.limits.Workers, Progress: r.progress})
	return f, err
}

func segmented[T volume.Voxel](ctx context.Context, r *run, v *volume.Volume[T]) (*segment.Segmentation, error) {
	p, o := r.job.Protocol, r.options()
	switch p.Engine {
	case protocol.Panel:
		return segment.Panel(ctx, v, *p.Panel, o, r.progress)
	case protocol.Ranges:
		return segment.Ranges(ctx, v, *p.Ranges, o, r.progress)
	}
	return oxygenator.Segment(ctx, v, *p.Oxygenator, o, r.progress)
}
