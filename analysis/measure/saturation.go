package measure

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

const (
	saturatedPitch = 4    // slices from one that is looked at to the next
	saturatedShare = 1e-4 // of the voxels that must have the largest grey
	saturatedHeap  = 5.0  // times as many as have the greys of the hundredth of the range below it
)

// saturated flags a scan whose brightest greys were cut off: so many voxels have the very largest grey, and so
// few those just below, that brighter ones must have been there.
func saturated[T volume.Voxel](ctx context.Context, j *job, v *volume.Volume[T]) error {
	share, err := clipped(ctx, v, j.opt)
	if err != nil || share == 0 {
		return err
	}
	j.out.Diagnostics["saturated_percent"] = 100 * share
	j.flag("saturated", fmt.Sprintf("%.2g %% of the voxels have the largest grey of the scan: brighter ones were cut off, and the level of the brightest class is not known.", 100*share),
		"Convert the scan again with a wider grey range, or expose it less.")
	return nil
}

// clipped is the share of the voxels that have the largest grey where they are a heap of their own, 0 elsewhere.
func clipped[T volume.Voxel](ctx context.Context, v *volume.Volume[T], o parallel.Options) (float64, error) {
	plane, slices := v.N[0]*v.N[1], (v.N[2]+saturatedPitch-1)/saturatedPitch
	slice := func(k int) []T { return v.Data[k*saturatedPitch*plane:][:plane] }
	lows, highs := make([]float64, slices), make([]float64, slices)
	err := parallel.Each(ctx, slices, o, nil, func(_ context.Context, k int) error {
		lows[k], highs[k] = math.Inf(1), math.Inf(-1)
		for _, g := range slice(k) {
			if g := float64(g); g-g == 0 { // finite
				lows[k], highs[k] = min(lows[k], g), max(highs[k], g)
			}
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	low, high := math.Inf(1), math.Inf(-1)
	for k := range lows {
		low, high = min(low, lows[k]), max(high, highs[k])
	}
	if !(high > low) {
		return 0, nil
	}
	below := high - (high-low)/100
	tops, nears, inner := make([]int64, slices), make([]int64, slices), make([]int64, slices)
	err = parallel.Each(ctx, slices, o, nil, func(_ context.Context, k int) error {
		for _, g := range slice(k) {
			switch g := float64(g); {
			case g == high:
				tops[k]++
			case g >= below && g < high:
				nears[k]++
			}
			if g := float64(g); g > low && g < high {
				inner[k]++
			}
		}
		return nil
	})
	var top, near, between int64
	for k := range tops {
		top, near, between = top+tops[k], near+nears[k], between+inner[k]
	}
	share := float64(top) / float64(plane*slices)
	if share < saturatedShare || float64(top) < saturatedHeap*float64(near) || between < top { // the last is a mask
		return 0, err
	}
	return share, err
}
