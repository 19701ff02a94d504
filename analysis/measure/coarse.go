package measure

import (
	"context"
	"errors"
	"fmt"
	"math"

	"explant/analysis/result"
	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
	"explant/volume/passage"
)

// coarseCells is about how many blocks of voxels a way is looked for through, where the volume itself lies
// on a disk: the search goes to and fro in it.
const coarseCells = 1 << 24

// blockOf is the number of voxels along each edge of a block, for at most so many blocks.
func blockOf(n [3]int, most int) int {
	f := 2
	for (n[0]+f-1)/f*((n[1]+f-1)/f)*((n[2]+f-1)/f) > most {
		f++
	}
	return f
}

// narrowest bounds perf.bottleneck from both sides by ways through blocks of f x f x f voxels, h mm wide, s the
// largest spacing. With every block a wall that holds a wall voxel, the way found can be gone in voxels,
// and what lies beside it there is nearer than in blocks by half a block on the way, half a block's
// diagonal at the wall, and half a voxel. With the blocks alone walls that hold nothing else, every way in voxels
// is one in blocks, and distances in blocks are too short by half a block's diagonal at most.
func (j *job) narrowest(ctx context.Context, labels *volume.Labels, axis, f int) (lower, upper float64, err error) {
	s := max(labels.Spacing[0], labels.Spacing[1], labels.Spacing[2])
	h, half := float64(f)*s, math.Sqrt(3)/2
	r, ok, err := j.widestBlocks(ctx, labels, axis, f, true)
	if err != nil {
		return 0, 0, err
	}
	if ok {
		lower = max(r-h*(0.5+half)-s/2, 0)
	}
	r, _, err = j.widestBlocks(ctx, labels, axis, f, false)
	return lower, r + half*h, err
}

// widestBlocks is the neck of the widest way through blocks, as a distance of centres; +Inf where no block is a
// wall.
func (j *job) widestBlocks(ctx context.Context, labels *volume.Labels, axis, f int, strict bool) (float64, bool, error) {
	blocks, err := j.blocky(ctx, labels, f, strict)
	if err != nil {
		return 0, false, err
	}
	d, err := distance.Centers(ctx, blocks, label.Of(1), j.opt, nil)
	if errors.Is(err, distance.ErrNoSites) {
		return math.Inf(1), true, nil
	}
	if err != nil {
		return 0, false, err
	}
	neck, ok, err := passage.Widest(ctx, d, axis)
	return neck.Radius, ok, err
}

// blocky is 1 for blocks that are walls: those with a wall voxel where strict, else those without another.
func (j *job) blocky(ctx context.Context, labels *volume.Labels, f int, strict bool) (*volume.Labels, error) {
	g := labels.Grid
	for a := range 3 {
		g.N[a], g.Spacing[a] = (labels.N[a]+f-1)/f, g.Spacing[a]*float64(f)
	}
	out, err := volume.Make[uint8](ctx, g)
	if err != nil {
		return nil, err
	}
	o := j.opt
	o.Depth = 1
	return out, parallel.Slabs(ctx, g.N[2], o, nil, func(_ context.Context, s parallel.Slab) error {
		slice := out.Slice(s.Z0)
		for i := range slice {
			slice[i] = 1
		}
		wall, free := make([]bool, len(slice)), make([]bool, len(slice))
		for z := s.Z0 * f; z < min((s.Z0+1)*f, labels.N[2]); z++ {
			for i, c := range labels.Slice(z) {
				at := i%labels.N[0]/f + g.N[0]*(i/labels.N[0]/f)
				if c == segment.Void {
					free[at] = true
				} else {
					wall[at] = true
				}
			}
		}
		for i := range slice {
			if strict && !wall[i] || !strict && free[i] {
				slice[i] = 0
			}
		}
		return nil
	})
}

// coarseBottleneck gives perf.bottleneck of a volume on a disk as an interval.
func (j *job) coarseBottleneck(ctx context.Context, labels *volume.Labels, axis int) error {
	f := blockOf(labels.N, coarseCells)
	lower, upper, err := j.narrowest(ctx, labels, axis, f)
	if err != nil {
		return err
	}
	if math.IsInf(upper, 1) {
		j.withhold("perf.bottleneck", "", fmt.Sprintf("the volume was streamed from the disk and the way looked for through blocks of %d voxels, none of which is all wall: raise --memory", f))
		return nil
	}
	lower, upper = 2000*lower, 2000*upper
	j.flag("coarse-bottleneck", fmt.Sprintf("The volume was streamed from the disk, and the widest way looked for through blocks of %d x %d x %d voxels: the largest sphere that passes has a diameter between %.4g and %.4g µm. The value is the middle of this interval.", f, f, f, lower, upper),
		"Raise --memory until the volume fits, for the bottleneck voxel by voxel.")
	j.give(result.Measurement{
		Metric: "perf.bottleneck", Value: (lower + upper) / 2, Unit: "um", ULo: result.F(lower), UHi: result.F(upper), Coverage: result.F(1),
		Dominant: "coarser grid", Flags: []string{"coarse-bottleneck"},
	})
	return nil
}
