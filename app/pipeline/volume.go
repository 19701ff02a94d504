package pipeline

import (
	"context"
	"fmt"
	"os"

	"explant/analysis/connector"
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
func (r *run) volume(ctx context.Context, in imagefile.Reader) (f found, err error) {
	v, err := r.load(ctx, in)
	if err != nil {
		return f, err
	}
	switch v := v.(type) {
	case *volume.Volume[uint8]:
		return measured(ctx, r, v)
	case *volume.Volume[uint16]:
		return measured(ctx, r, v)
	case *volume.Volume[int16]:
		return measured(ctx, r, v)
	case *volume.Volume[float32]:
		return measured(ctx, r, v)
	}
	return f, fmt.Errorf("volumes of %T are not measured", v)
}

// load reads a volume, with the grid of the job.
func (r *run) load(ctx context.Context, in imagefile.Reader) (any, error) {
	loaded, warnings, err := open.Volume(ctx, in, open.Load{Workers: r.limits.Workers}, r.progress)
	if err != nil {
		return nil, fmt.Errorf("protocol %s wants a grey volume or slice: %w", r.job.Protocol.Name, err)
	}
	r.info.Warnings = append(r.info.Warnings, warnings...)
	return loaded, nil
}

// measured segments and measures v, writes its labels and makes the pictures.
func measured[T volume.Voxel](ctx context.Context, r *run, v *volume.Volume[T]) (f found, err error) {
	v.Grid = r.info.Grid
	v, done, err := prepared(ctx, r, v)
	if err != nil {
		return f, err
	}
	s, model, err := segmented(ctx, r, v)
	if err != nil {
		return f, err
	}
	tell(s, done)
	in := r.input()
	if in.Floor, err = r.floor(ctx, s); err != nil {
		return f, err
	}
	if in.Rescan, err = r.rescan(ctx, s); err != nil {
		return f, err
	}
	if f.Findings, err = measure.Volume(ctx, v, s, *r.job.Protocol.Measure, in, r.options(), r.progress); err != nil {
		return f, err
	}
	if model != nil {
		model.Findings(&f.Findings, in.ScaleRel, in.SphereUM())
	}
	if err = compared(ctx, r, v, s, &f); err != nil {
		return f, err
	}
	err = r.stage.write(VolumeLabels, func(file *os.File) error { return nrrd.Write(ctx, file, s.Labels, f.Classes) })
	if err != nil {
		return f, err
	}
	overlay := f.pictures.Reference
	f.pictures, err = report.VolumePictures(ctx, v, s.Labels, f.Classes, report.PictureOptions{Views: r.job.Views, Workers: r.limits.Workers, Hot: f.Hot, Progress: r.progress})
	f.pictures.Reference = overlay
	return f, err
}

// input is what the measurement needs beside the volume, but for its floor.
func (r *run) input() measure.Input {
	in := measure.Input{Axis: r.job.flow.axis, Frame: r.job.flow.frame, Zones: r.job.flow.zones}
	if rel := r.info.Grid.Calibration.Relative; rel > 0 {
		in.ScaleRel = &rel
	}
	if r.shards != nil {
		in.Sums = r.shards.sums
	}
	return in
}

// segmented labels v by the engine of the protocol; the model is that of the connector, nil for other engines.
func segmented[T volume.Voxel](ctx context.Context, r *run, v *volume.Volume[T]) (s *segment.Segmentation, m *connector.Model, err error) {
	p, o := r.job.Protocol, r.options()
	if r.shards != nil {
		s, err = r.shards.segmentation(ctx, v.Grid)
		return s, nil, err
	}
	switch p.Engine {
	case protocol.Panel:
		if s, err = segment.Panel(ctx, v, *p.Panel, o, r.progress); err == nil {
			s, err = noted(ctx, r, v, s)
		}
	case protocol.Ranges:
		if s, err = segment.Ranges(ctx, v, *p.Ranges, o, r.progress); err == nil {
			s, err = noted(ctx, r, v, s)
		}
	case protocol.Connector:
		if s, m, err = connector.Segment(ctx, v, *p.Connector, r.job.flow.axis, o, r.progress); err != nil {
			return nil, nil, err
		}
		walled := *s // its polymer has the grey of the brightest wall
		walled.Levels[segment.Polymer] = connector.Wall(s)
		_, err = noted(ctx, r, v, &walled)
		return s, m, err
	default:
		s, err = oxygenator.Segment(ctx, v, *p.Oxygenator, o, r.progress)
	}
	return s, nil, err
}
