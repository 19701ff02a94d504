package measure

import (
	"context"
	"errors"
	"fmt"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/distance"
	"explant/volume/geodesic"
	"explant/volume/label"
	"explant/volume/parallel"
)

// blockedVoxels is how many blocks the free path is measured in at most where their size is not stated: as many
// voxels are measured whole.
const blockedVoxels = 1 << 24

// fewestGap is the mean width of the gaps in blocks below which their distribution is doubtful.
const fewestGap = 3

// freePath gives gap.thick and perf.tort: how wide the free blood path is, and how much longer than straight
// the shortest way through it. Both are measured in blocks of voxels where the volume is large.
func (j *job) freePath(ctx context.Context) error {
	if !j.par.GapThickness && !j.par.Tortuosity {
		return nil
	}
	if why := j.noFreePath(); why != "" {
		j.withholdFreePath(why)
		return nil
	}
	side := j.pathBlock()
	blocks, err := j.blocks(ctx, side)
	if err != nil {
		return err
	}
	var flags []string
	if side > 1 {
		flags = []string{"coarse-free-path"}
		j.flag("coarse-free-path", fmt.Sprintf("The free path was measured in blocks of %d x %d x %d voxels, free where at least half of the voxels are: widths are known to a block.", side, side, side),
			"Set free_path_block to 1 for every voxel; it takes about as many times as long as a block has voxels.")
	}
	if err := j.gaps(ctx, blocks, flags); err != nil {
		return err
	}
	return j.tortuosity(ctx, blocks, flags)
}

func (j *job) withholdFreePath(why string) {
	if j.par.GapThickness {
		j.withhold("gap.thick", "", why)
	}
	if j.par.Tortuosity {
		j.withhold("perf.tort", "", why)
	}
}

// noFreePath is why the free path cannot be measured, "" where it can.
func (j *job) noFreePath() string {
	switch {
	case !j.mm:
		return uncalibrated
	case j.seg.LumensInVoid:
		return mixedSides
	case j.census.total.n[segment.Void] == 0:
		return "no blood-side space is free"
	}
	return ""
}

// mixedSides is why the free path is not measured where fibres are open to it.
const mixedSides = "gas side and blood side are not told apart, so that ways would lead through the fibres"

// pathBlock is the side of the blocks in voxels: as stated, else the smallest that is few enough.
func (j *job) pathBlock() int {
	if j.par.FreePathBlock > 0 {
		return j.par.FreePathBlock
	}
	n := j.census.total.all()
	side := 1
	for n/int64(side*side*side) > blockedVoxels {
		side++
	}
	return side
}

// blocks is the box in blocks of voxels, void where at least half of the voxels are and polymer elsewhere;
// blocks at the far faces may be cut.
func (j *job) blocks(ctx context.Context, side int) (*volume.Labels, error) {
	l, b := j.seg.Labels, j.census.box
	g := l.Grid
	for a := range 3 {
		g.N[a] = (b.Max[a] - b.Min[a] + side - 1) / side
		g.Spacing[a] *= float64(side)
	}
	out, err := volume.Make[uint8](ctx, g)
	if err != nil {
		return nil, err
	}
	stage(j.prog, "free path", g.N[2])
	return out, parallel.Slabs(ctx, g.N[2], j.opt, j.prog, func(ctx context.Context, s parallel.Slab) error {
		free, all := make([]int32, g.N[0]), make([]int32, g.N[0])
		for z := s.Z0; z < s.Z1 && ctx.Err() == nil; z++ {
			for y := range g.N[1] {
				clear(free)
				clear(all)
				for k := b.Min[2] + z*side; k < min(b.Min[2]+(z+1)*side, b.Max[2]); k++ {
					for i := b.Min[1] + y*side; i < min(b.Min[1]+(y+1)*side, b.Max[1]); i++ {
						countBlocks(free, all, l.Data[l.Offset(b.Min[0], i, k):l.Offset(b.Max[0], i, k)], side)
					}
				}
				row := out.Data[out.Offset(0, y, z):][:g.N[0]]
				for x := range row {
					if row[x] = segment.Void; 2*free[x] < all[x] {
						row[x] = segment.Polymer
					}
				}
			}
		}
		return ctx.Err()
	})
}

func countBlocks(free, all []int32, row []uint8, side int) {
	for x := 0; x < len(row); {
		k := x / side
		for end := min(x+side, len(row)); x < end; x++ {
			all[k]++
			if row[x] == segment.Void {
				free[k]++
			}
		}
	}
}

// gaps gives gap.thick: the distribution of the local thickness of the free path, and the part of it that is
// narrower than the protocol says.
func (j *job) gaps(ctx context.Context, blocks *volume.Labels, flags []string) error {
	if !j.par.GapThickness {
		return nil
	}
	counts, err := j.diameters(ctx, blocks, segment.Void, 0, blocks.N[2])
	if errors.Is(err, distance.ErrNoSites) {
		j.withhold("gap.thick", "", "there is no wall")
		return nil
	}
	if err != nil {
		return err
	}
	um := newSpread(counts)
	if um.total == 0 {
		j.withhold("gap.thick", "", "no block of the free path is free")
		return nil
	}
	mean, sd := um.moments()
	s := blocks.Spacing
	if wide := mean / 1000 / max(s[0], s[1], s[2]); wide < fewestGap {
		flags = append(flags[:len(flags):len(flags)], "narrow-gaps")
		j.flag("narrow-gaps", fmt.Sprintf("The mean width of the gaps is %.1f voxels or blocks of them; below 3 their distribution is that of the voxels.", wide), "Set free_path_block to 1, or scan with smaller voxels.")
	}
	for _, row := range []struct {
		part string
		um   float64
	}{{"mean", mean}, {"SD", sd}, {"P5", um.percentile(0.05)}, {"median", um.percentile(0.5)}, {"P95", um.percentile(0.95)}} {
		j.give(result.Measurement{Metric: "gap.thick", Part: row.part, Value: row.um, Unit: "um", Flags: flags})
	}
	limit := j.par.gapNarrowUM()
	narrow := float64(um.below(limit))
	cell := s[0] * s[1] * s[2] / j.dv
	j.ratio("gap.thick", "narrower than "+number(limit)+" um", narrow*cell, float64(um.total)*cell, "free blood-side space", flags...)
	return nil
}

// tortuosity gives perf.tort where a flow axis is stated.
func (j *job) tortuosity(ctx context.Context, blocks *volume.Labels, flags []string) error {
	if !j.par.Tortuosity {
		return nil
	}
	axis, _, err := j.in.axis()
	if err != nil {
		j.withhold("perf.tort", "", err.Error())
		return nil
	}
	stage(j.prog, "shortest way", 0)
	mm, ok, err := geodesic.Through(ctx, blocks, label.Of(segment.Void), axis)
	if err != nil {
		return err
	}
	if !ok {
		j.withhold("perf.tort", "", "the inlet and the outlet face are not joined")
		return nil
	}
	straight := float64(blocks.N[axis]) * blocks.Spacing[axis]
	j.give(result.Measurement{Metric: "perf.tort", Value: mm / straight, Unit: "1", Numerator: result.F(mm), Denominator: result.F(straight), DenominatorName: "straight way (mm)", Flags: flags})
	return nil
}
