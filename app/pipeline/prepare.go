package pipeline

import (
	"context"
	"maps"

	"explant/analysis/prepare"
	"explant/analysis/segment"
	"explant/io/imagefile"
	"explant/volume"
	"explant/volume/resample"
)

// prepared is v after the steps that the protocol asks for before segmentation, and what they tell; nil
// where there are none. v must not be used any more.
func prepared[T volume.Voxel](ctx context.Context, r *run, v *volume.Volume[T]) (*volume.Volume[T], *prepare.Done, error) {
	if r.job.Protocol.Prepare == nil {
		return v, nil, nil
	}
	return prepare.Volume(ctx, v, *r.job.Protocol.Prepare, r.options(), r.progress)
}

// tell adds what was done before segmentation to the segmentation's own flags and diagnostics.
func tell(s *segment.Segmentation, done *prepare.Done) {
	if done == nil {
		return
	}
	s.Flags = append(s.Flags, done.Flags...)
	if s.Diagnostics == nil {
		s.Diagnostics = map[string]float64{}
	}
	maps.Copy(s.Diagnostics, done.Diagnostics)
}

// preparedNeed is needOf with the copy of the scan that preparing it takes, on the grid of cubes where
// they are asked for.
func preparedNeed(job Job, info imagefile.Info, workers int) need {
	p := job.Protocol.Prepare
	if p == nil {
		return needOf(job, info, workers)
	}
	copies := int64(info.Grid.Len()) * loaded(info)
	if cubes, err := job.cubes(info.Grid); err == nil { // else the step itself says why
		info.Grid = cubes
		copies = max(copies, int64(cubes.Len())*loaded(info))
	}
	w := needOf(job, info, workers)
	if w.refuse {
		w.rest += copies
	} else {
		w.arrays += copies
	}
	return w
}

// cubes is the grid of cubes that the protocol of a job resamples a scan to; that of the scan where it does not.
func (job Job) cubes(g volume.Grid) (volume.Grid, error) {
	if job.Protocol.Prepare == nil || job.Protocol.Prepare.Isotropic == nil {
		return g, nil
	}
	edge := job.Protocol.Prepare.Isotropic.EdgeUM / 1000
	if edge == 0 {
		edge = min(g.Spacing[0], g.Spacing[1], g.Spacing[2])
	}
	return resample.Grid(g, [3]float64{edge, edge, edge})
}
