package segment

import (
	"context"
	"math"
	"sync"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

// coreVoxels is how many voxels of a class must lie inside it for their mean to be its level.
const coreVoxels = 100

// tally is the number of voxels of each class and the sum of their greys above base.
type tally struct {
	n   [ClassCount]int64
	sum [ClassCount]float64
}

// levels returns the grey of each bare class: the mean of its voxels whose 26 neighbours are of the
// same class, which blur hardly reaches, or of all its voxels where fewer than 100 are. NaN where
// the class is absent. v is not smoothed: a median would pull thin deposits down.
func levels[T volume.Voxel](ctx context.Context, v *volume.Volume[T], l *volume.Labels, b Box, h threshold.Histogram, o parallel.Options, p parallel.Progress) ([ClassCount]float64, error) {
	var out [ClassCount]float64
	stage(p, "class levels", v.N[2])
	cores, alls := make([]tally, o.Count(v.N[2])), make([]tally, o.Count(v.N[2]))
	var mu sync.Mutex
	err := parallel.Slabs(ctx, v.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		var core, all tally
		for z := max(s.Z0, b.Min[2]); z < min(s.Z1, b.Max[2]); z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			tallySlice(&core, &all, v, l, b, z, h.Lo)
		}
		mu.Lock()
		defer mu.Unlock()
		cores[s.Index(o)], alls[s.Index(o)] = core, all
		return nil
	})
	if err != nil {
		return out, err
	}
	core, all := merge(cores), merge(alls)
	for c := range out {
		t := core
		if t.n[c] < coreVoxels {
			t = all
		}
		out[c] = math.NaN()
		if t.n[c] > 0 {
			out[c] = h.Lo + t.sum[c]/float64(t.n[c])
		}
	}
	return out, nil
}

func tallySlice[T volume.Voxel](core, all *tally, v *volume.Volume[T], l *volume.Labels, b Box, z int, base float64) {
	for y := b.Min[1]; y < b.Max[1]; y++ {
		for x := b.Min[0]; x < b.Max[0]; x++ {
			at := v.Offset(x, y, z)
			g, c := float64(v.Data[at])-base, l.Data[at]
			if math.IsNaN(g) || math.IsInf(g, 0) {
				continue
			}
			all.n[c]++
			all.sum[c] += g
			if inside(l, b, x, y, z) {
				core.n[c]++
				core.sum[c] += g
			}
		}
	}
}

// inside reports a voxel whose 26 neighbours lie in the box and are of its class; in a box of one
// slice its 8 neighbours.
func inside(l *volume.Labels, b Box, x, y, z int) bool {
	deep := min(1, b.Max[2]-b.Min[2]-1)
	if x == b.Min[0] || y == b.Min[1] || x == b.Max[0]-1 || y == b.Max[1]-1 || z < b.Min[2]+deep || z >= b.Max[2]-deep {
		return false
	}
	c := l.At(x, y, z)
	for k := z - deep; k <= z+deep; k++ {
		for j := y - 1; j <= y+1; j++ {
			at := l.Offset(x, j, k)
			if l.Data[at-1] != c || l.Data[at] != c || l.Data[at+1] != c {
				return false
			}
		}
	}
	return true
}

func merge(parts []tally) tally {
	var t tally
	for _, p := range parts {
		for c := range ClassCount {
			t.n[c] += p.n[c]
			t.sum[c] += p.sum[c]
		}
	}
	return t
}
