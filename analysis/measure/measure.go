package measure

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/analysis/spatial"
	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// job is what the parts of a measurement share.
type job struct {
	seg    *segment.Segmentation
	par    Params
	in     Input
	opt    parallel.Options
	prog   parallel.Progress
	dv     float64 // mm³ a voxel, 1 where it is unknown
	mm     bool    // calibrated
	census *census
	sums   *Sums
	bits   *spatial.Lattice // the box as bits; nil before it is needed
	places *places          // nil without a frame
	out    result.Findings
}

// Volume measures the segmented volume s with the greys v from which it was made. A grid that is
// not calibrated is no error: what has a physical unit is then listed as not measured.
func Volume[T volume.Voxel](ctx context.Context, v *volume.Volume[T], s *segment.Segmentation, p Params, in Input, o parallel.Options, pr parallel.Progress) (result.Findings, error) {
	j, axis, err := newJob(v.Grid, s, p, in, o, pr)
	if err != nil {
		return result.Findings{}, err
	}
	if j.sums = in.Sums; j.sums == nil {
		if j.sums, err = Collect(ctx, v, s, p, in, 0, v.N[2], o, pr); err != nil {
			return result.Findings{}, err
		}
	}
	if j.sums.Z1 != v.N[2] || j.sums.Census.Axis != axis {
		return result.Findings{}, fmt.Errorf("sums of %d slices for a volume of %d: %w", j.sums.Z1, v.N[2], ErrShards)
	}
	j.census = j.sums.Census.count(s.Box())
	if j.places, err = j.inFrame(v.Grid, j.sums.Places); err != nil {
		return result.Findings{}, err
	}
	j.amounts()
	if s.NoDeposit {
		j.withholdDeposit()
		if err := j.path(ctx); err != nil {
			return j.out, err
		}
		return j.out, j.freePath(ctx)
	}
	for _, part := range []func(context.Context) error{j.objects, j.profile, j.zoned, j.nearness, j.crowding, j.fibreCover, j.structure, j.thick, j.path, j.freePath} {
		if err := part(ctx); err != nil {
			return result.Findings{}, err
		}
		volume.Reclaim()
	}
	j.quality()
	return j.out, saturated(ctx, j, v)
}

func newJob(g volume.Grid, s *segment.Segmentation, p Params, in Input, o parallel.Options, pr parallel.Progress) (*job, int, error) {
	if err := p.Check(); err != nil {
		return nil, 0, err
	}
	axis, _, err := in.axis()
	if err != nil && !errors.Is(err, errNoAxis) {
		return nil, 0, err
	}
	if s.Labels.N != g.N {
		return nil, 0, fmt.Errorf("labels of %v voxels for a volume of %v", s.Labels.N, g.N)
	}
	for i := 0; i < len(s.Labels.Data); i = label.SameUntil(s.Labels.Data, i) {
		if c := s.Labels.Data[i]; c >= segment.ClassCount {
			return nil, 0, fmt.Errorf("label %d of voxel %d is no class", c, i)
		}
	}
	j := &job{seg: s, par: p, in: in, opt: o, prog: pr, dv: 1}
	if dv, err := g.VoxelVolume(); err == nil {
		j.dv, j.mm = dv, true
	}
	j.out = result.Findings{Classes: segment.Classes(), Flags: append([]result.Flag(nil), s.Flags...), Diagnostics: maps.Clone(s.Diagnostics)}
	if j.out.Diagnostics == nil {
		j.out.Diagnostics = map[string]float64{}
	}
	return j, axis, nil
}

func (j *job) give(m result.Measurement) { j.out.Measurements = append(j.out.Measurements, m) }

func (j *job) withhold(metric, part, reason string) {
	j.out.NotMeasured = append(j.out.NotMeasured, result.Withheld{Metric: metric, Part: part, Reason: reason})
}

func (j *job) flag(id, text, remedy string) {
	j.out.Flags = append(j.out.Flags, result.Flag{ID: id, Text: text, Remedy: remedy})
}

// withholdDeposit lists what a recipe without a class of deposit cannot give.
func (j *job) withholdDeposit() {
	for _, id := range []string{"dep.vf", "dep.vol", "dep.n", "dep.nd", "dep.size", "dep.max", "dep.maxfrac", "prof.axis", "dist.surf"} {
		j.withhold(id, "", "the protocol has no class deposit")
	}
	if j.places != nil {
		j.withhold("prof.zone", "", "the protocol has no class deposit")
		j.foundMats()
	}
}

// uncalibrated is why a value with a physical unit is withheld.
const uncalibrated = "the voxel size is unknown: state it with --spacing"

// size gives n voxels as a volume in mm³, or withholds it.
func (j *job) size(metric, part string, n float64, flags ...string) *result.Measurement {
	if !j.mm {
		j.withhold(metric, part, uncalibrated)
		return nil
	}
	j.give(result.Measurement{Metric: metric, Part: part, Value: n * j.dv, Unit: "mm3", Flags: flags})
	return &j.out.Measurements[len(j.out.Measurements)-1]
}

// ratio gives 100·n/d with both in mm³, or in voxels where the voxel size is unknown.
func (j *job) ratio(metric, part string, n, d float64, of string, flags ...string) *result.Measurement {
	if d == 0 {
		j.withhold(metric, part, "there is no "+of)
		return nil
	}
	unit := "mm3"
	if !j.mm {
		unit = "voxels"
	}
	j.give(result.Measurement{
		Metric: metric, Part: part, Value: 100 * n / d, Unit: "%",
		Numerator: result.F(n * j.dv), Denominator: result.F(d * j.dv), DenominatorName: of + " (" + unit + ")", Flags: flags,
	})
	return &j.out.Measurements[len(j.out.Measurements)-1]
}
