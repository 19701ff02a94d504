package measure

import (
	"context"
	"errors"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
	"explant/volume/passage"
)

// walls are the classes that bound the free blood path.
var walls = label.Of(segment.Polymer, segment.Housing, segment.Deposit, segment.Lumen)

// path gives perf.conn and perf.bottleneck: what of the free blood path, the blood-side space
// without deposit, joins the inlet face of the box to its outlet face, and the largest sphere that could
// pass. The other faces of the box are neither wall nor way out.
func (j *job) path(ctx context.Context) error {
	axis, _, err := j.in.axis()
	switch {
	case err != nil:
		return j.noPath(err.Error())
	case j.seg.LumensInVoid:
		return j.noPath("gas side and blood side are not told apart, so that ways would lead through the fibres")
	case j.census.total.n[segment.Void] == 0:
		return j.noPath("no blood-side space is free")
	}
	labels, err := j.boxed(ctx)
	if err != nil {
		return err
	}
	open, err := passage.Between(ctx, labels, label.Of(segment.Void), axis, j.opt, j.prog)
	if err != nil {
		return err
	}
	joined := 0.0
	if open.Joined {
		joined = 1
	}
	j.give(result.Measurement{Metric: "perf.conn", Value: joined, Unit: "{bool}"})
	j.ratio("perf.conn", "joined to both faces", float64(open.Through), float64(open.All), "free blood-side space")
	j.ratio("perf.conn", "dead", float64(open.Dead), float64(open.All), "free blood-side space")
	return j.bottleneck(ctx, labels, axis, open.Joined)
}

func (j *job) noPath(why string) error {
	j.withhold("perf.conn", "", why)
	j.withhold("perf.bottleneck", "", why)
	return nil
}

func (j *job) bottleneck(ctx context.Context, labels *volume.Labels, axis int, joined bool) error {
	switch {
	case !j.mm:
		j.withhold("perf.bottleneck", "", uncalibrated)
		return nil
	case !joined:
		j.withhold("perf.bottleneck", "", "the inlet and the outlet face are not joined")
		return nil
	}
	if volume.Streams(ctx) {
		return j.coarseBottleneck(ctx, labels, axis)
	}
	d, err := distance.To(ctx, labels, walls, j.opt, j.prog)
	if errors.Is(err, distance.ErrNoSites) {
		j.withhold("perf.bottleneck", "", "there is no wall")
		return nil
	}
	if err != nil {
		return err
	}
	neck, _, err := passage.Widest(ctx, d, axis)
	if err != nil {
		return err
	}
	s := labels.Spacing
	var flags []string
	if voxels := neck.Radius / max(s[0], s[1], s[2]); voxels < 2 {
		flags = []string{"narrow-path"}
		j.flag("narrow-path", "The narrowest place of the widest way has a radius of less than 2 voxels; noise may have closed or opened it.", "Scan with smaller voxels.")
	}
	j.give(result.Measurement{Metric: "perf.bottleneck", Value: 2000 * neck.Radius, Unit: "um", Flags: flags})
	return nil
}

// boxed is the part of the labels in the box; the labels themselves where the box is all.
func (j *job) boxed(ctx context.Context) (*volume.Labels, error) {
	l, b := j.seg.Labels, j.census.box
	if b.Min == [3]int{} && b.Max == l.N {
		return l, nil
	}
	g := l.Grid
	for a := range 3 {
		g.N[a] = b.Max[a] - b.Min[a]
	}
	out, err := volume.Make[uint8](ctx, g)
	if err != nil {
		return nil, err
	}
	return out, parallel.Slabs(ctx, g.N[2], j.opt, nil, func(_ context.Context, s parallel.Slab) error {
		for z := s.Z0; z < s.Z1; z++ {
			for y := range g.N[1] {
				copy(out.Data[g.Offset(0, y, z):][:g.N[0]], l.Data[l.Offset(b.Min[0], b.Min[1]+y, b.Min[2]+z):])
			}
		}
		return nil
	})
}
