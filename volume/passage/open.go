package passage

import (
	"context"
	"fmt"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Open says what of the open space joins two opposite faces. Counts are voxels.
type Open struct {
	Joined  bool  // a way leads from one face to the other
	All     int64 // open voxels
	Through int64 // those of the pieces that touch both faces
	Dead    int64 // those of the pieces that touch neither
}

// Between looks for ways from the low to the high face across axis (0, 1, 2 for x, y, z) through the
// voxels of l whose class is in the set.
func Between(ctx context.Context, l *volume.Labels, in *label.Set, axis int, o parallel.Options, p parallel.Progress) (Open, error) {
	if axis < 0 || axis > 2 {
		return Open{}, fmt.Errorf("axis %d: must be 0, 1 or 2", axis)
	}
	pieces, err := label.Find(ctx, l, in, 6, o, p)
	if err != nil {
		return Open{}, err
	}
	var found Open
	for _, r := range pieces.Regions {
		found.All += r.Count
		low, high := r.Min[axis] == 0, r.Max[axis] == l.N[axis]
		switch {
		case low && high:
			found.Joined = true
			found.Through += r.Count
		case !low && !high:
			found.Dead += r.Count
		}
	}
	return found, nil
}
