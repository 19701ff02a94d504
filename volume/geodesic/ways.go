package geodesic

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/label"
)

// most is the number of voxels that a search can number.
const most = math.MaxUint32

// From returns for every voxel of l whose class is in the set the length in mm of the shortest way to it
// from the centre of one of the voxels at the given offsets; +Inf where no way leads and outside the set.
// Seeds outside the set are no seeds. An unknown spacing gives volume.ErrSpacing. It runs on one goroutine
// and needs 8 bytes a voxel.
func From(ctx context.Context, l *volume.Labels, in *label.Set, seeds []int) (*volume.Volume[float32], error) {
	if err := check(l); err != nil {
		return nil, err
	}
	if l.Len() > most {
		return nil, fmt.Errorf("ways through %d voxels: at most %d can be numbered", l.Len(), most)
	}
	s, err := newSearch(ctx, newSpace(l, in))
	if err != nil {
		return nil, err
	}
	for _, at := range seeds {
		s.seed(at, 0)
	}
	out, err := volume.From(l.Grid, s.length)
	if err != nil {
		return nil, err
	}
	return out, s.run(ctx, func(int) bool { return false })
}

// Through returns the length in mm of the shortest way from the low to the high face across axis (0, 1, 2
// for x, y, z) through the voxels of l whose class is in the set; false where none leads. The half voxels
// between the faces and the centres at both ends count. It runs on one goroutine and needs 8 bytes a voxel.
func Through(ctx context.Context, l *volume.Labels, in *label.Set, axis int) (mm float64, ok bool, err error) {
	if err := check(l); err != nil {
		return 0, false, err
	}
	if axis < 0 || axis > 2 {
		return 0, false, fmt.Errorf("axis %d: must be 0, 1 or 2", axis)
	}
	if l.Len() > most {
		return 0, false, fmt.Errorf("ways through %d voxels: at most %d can be numbered", l.Len(), most)
	}
	s := newSpace(l, in)
	last, step := l.N[axis]-1, l.Spacing[axis]
	w, err := newSearch(ctx, s)
	if err != nil {
		return 0, false, err
	}
	for at := range faceOf(l.N, axis) {
		w.seed(at, step/2)
	}
	best := math.Inf(1)
	err = w.run(ctx, func(at int) bool {
		if at/s.pace[axis]%l.N[axis] == last {
			best = min(best, float64(w.length[at])+step/2)
		}
		return best < float64(w.now)*w.width // all that is shorter has been seen
	})
	return best, !math.IsInf(best, 1), err
}

// faceOf yields the offsets of the voxels at the low face across an axis.
func faceOf(n [3]int, axis int) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		m := n
		m[axis] = 1
		for z := range m[2] {
			for y := range m[1] {
				for x := range m[0] {
					if !yield(x + n[0]*(y+n[1]*z)) {
						return
					}
				}
			}
		}
	}
}
