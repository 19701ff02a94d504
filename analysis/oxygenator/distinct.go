package oxygenator

import (
	"cmp"
	"slices"

	"explant/volume"
)

const (
	roundest = 0.45 // voxels rms about the circle, on average along a lumen
	crowded  = 0.3  // of a track's rings that may lie inside another fibre
)

func (t track) rms() float64 {
	sum := 0.0
	for _, r := range t {
		sum += r.rms
	}
	return sum / float64(len(t))
}

// distinct drops tracks that are not round or that run inside a rounder one, for fibres exclude each
// other. What is left is in the order of the tracks.
func (f *finder) distinct(tracks []track) []track {
	order := make([]int, len(tracks))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(tracks[a].rms(), tracks[b].rms()) })
	known := volume.New[uint8](f.smooth.Grid)
	var kept []int
	for _, i := range order {
		t := tracks[i]
		inside := 0
		for _, r := range t {
			if taken(known, r.at) {
				inside++
			}
		}
		if t.rms() > roundest || float64(inside) > crowded*float64(len(t)) {
			continue
		}
		kept = append(kept, i)
		wide := make(track, 0, len(t)/3+1)
		for k := 0; k < len(t); k += 3 {
			r := t[k]
			r.radius = 1.4 * f.outer / 0.75
			wide = append(wide, r)
		}
		wide.mark(known)
	}
	slices.Sort(kept)
	out := make([]track, len(kept))
	for i, k := range kept {
		out[i] = tracks[k]
	}
	return out
}
