package segment

import (
	"context"
	"errors"
	"slices"
	"sync"

	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/threshold"
)

const (
	// solidPlane is the share of solid voxels above which a plane is part of a housing wall.
	solidPlane = 0.9
	// thickestWall is the share of an axis that a wall may take; what is thicker is no wall.
	thickestWall = 0.25
)

// peel cuts the walls of a housing off the box: from each face inwards the planes of which more
// than 90 % are brighter than Otsu's threshold, and one more for the blur. Nothing is cut from a
// face whose solid planes reach deeper than a quarter of the axis.
func peel[T volume.Voxel](ctx context.Context, m *greys[T], seen *survey[T], b Box, o parallel.Options) (Box, error) {
	t, err := threshold.Otsu(seen.whole)
	if errors.Is(err, threshold.ErrEmpty) || seen.whole.Above(t) == 0 {
		return b, nil // nothing is solid, or nothing else is there: the recipe will say so
	}
	if err != nil {
		return b, err
	}
	if !slices.ContainsFunc(seen.faces[:], func(plane []T) bool { return isSolid(plane, t) }) {
		return b, nil // as most volumes: no other plane need be looked at
	}
	solid, err := solidVoxels(ctx, m, b, t, o)
	if err != nil {
		return b, err
	}
	out := b
	for a := range 3 {
		n := b.Max[a] - b.Min[a]
		area := float64(b.volume()) / float64(n)
		at := func(i int) bool { return float64(solid[a][i]) > solidPlane*area }
		out.Min[a] += wall(n, at)
		out.Max[a] -= wall(n, func(i int) bool { return at(n - 1 - i) })
	}
	return out, nil
}

// isSolid reports whether a plane is part of a wall.
func isSolid[T volume.Voxel](plane []T, t float64) bool {
	n := 0
	for _, g := range plane {
		if float64(g) > t {
			n++
		}
	}
	return float64(n) > solidPlane*float64(len(plane))
}

// wall is the number of planes to cut off a face of an axis of n voxels.
func wall(n int, solid func(i int) bool) int {
	k := 0
	for k < n && solid(k) {
		k++
	}
	if k == 0 || float64(k+1) > thickestWall*float64(n) {
		return 0
	}
	return k + 1
}

func (b Box) volume() int {
	return (b.Max[0] - b.Min[0]) * (b.Max[1] - b.Min[1]) * (b.Max[2] - b.Min[2])
}

// solidVoxels counts the voxels brighter than t in every plane of the box across each axis.
func solidVoxels[T volume.Voxel](ctx context.Context, m *greys[T], b Box, t float64, o parallel.Options) (sum [3][]int64, err error) {
	for a := range 3 {
		sum[a] = make([]int64, b.Max[a]-b.Min[a])
	}
	var mu sync.Mutex
	err = m.each(ctx, o, nil, func(_ context.Context, s parallel.Slab, slice func(z int) []T) error {
		x, y := make([]int64, len(sum[0])), make([]int64, len(sum[1]))
		for z := max(s.Z0, b.Min[2]); z < min(s.Z1, b.Max[2]); z++ {
			values := slice(z)
			for j := range y {
				row := values[(b.Min[1]+j)*m.raw.N[0]+b.Min[0]:][:len(x)]
				n := int64(0)
				for i, g := range row {
					if float64(g) > t {
						x[i]++
						n++
					}
				}
				y[j] += n
				sum[2][z-b.Min[2]] += n // this slab alone writes slice z
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for i, n := range x {
			sum[0][i] += n
		}
		for j, n := range y {
			sum[1][j] += n
		}
		return nil
	})
	return sum, err
}
