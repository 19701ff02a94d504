package accuracy

import (
	"context"
	"fmt"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// leastOverlap is the intersection over union from which on two objects are the same one; above one
// half no object has two partners.
const leastOverlap = 0.5

// Found counts objects: of those truly there how many were found, and of those found how many are
// truly there.
type Found struct {
	True    int `json:"true"`    // objects of the truth of at least the smallest size
	Seen    int `json:"seen"`    // of these, objects that have a partner of any size
	Called  int `json:"called"`  // objects of the result of at least that size
	Correct int `json:"correct"` // of these, objects that have a partner of any size
}

// Add pools two counts.
func (f Found) Add(g Found) Found {
	return Found{f.True + g.True, f.Seen + g.Seen, f.Called + g.Called, f.Correct + g.Correct}
}

// Recall is the share of true objects that were found, 1 where there is none.
func (f Found) Recall() float64 { return share(f.Seen, f.True) }

// Precision is the share of found objects that are true, 1 where there is none.
func (f Found) Precision() float64 { return share(f.Correct, f.Called) }

func share(k, n int) float64 {
	if n == 0 {
		return 1
	}
	return float64(k) / float64(n)
}

// Match pairs the 26-connected pieces of a class in the result with those in the truth: partners
// overlap by at least half of their union. Only pieces of at least least voxels are counted, but
// smaller ones may be partners.
func Match(ctx context.Context, result, truth *volume.Labels, class uint8, least int64, o parallel.Options) (Found, error) {
	if result.N != truth.N {
		return Found{}, fmt.Errorf("a result of %v voxels for a truth of %v", result.N, truth.N)
	}
	a, err := label.Find(ctx, result, label.Of(class), 26, o, nil)
	if err != nil {
		return Found{}, err
	}
	b, err := label.Find(ctx, truth, label.Of(class), 26, o, nil)
	if err != nil {
		return Found{}, err
	}
	paired := partners(a, b)
	var f Found
	f.Called, f.Correct = count(a.Regions, paired[0], least)
	f.True, f.Seen = count(b.Regions, paired[1], least)
	return f, nil
}

// count is the pieces of at least least voxels, and how many of them have a partner.
func count(all []label.Region, paired map[uint32]bool, least int64) (n, with int) {
	for i, r := range all {
		if r.Count < least {
			continue
		}
		n++
		if paired[uint32(i+1)] {
			with++
		}
	}
	return n, with
}

// partners are the objects of a and of b that have one.
func partners(a, b *label.Objects) (out [2]map[uint32]bool) {
	both := map[[2]uint32]int64{}
	for z := range a.N[2] {
		for y := range a.N[1] {
			overlap(a, b, y, z, both)
		}
	}
	out = [2]map[uint32]bool{{}, {}}
	for pair, n := range both {
		union := a.Regions[pair[0]-1].Count + b.Regions[pair[1]-1].Count - n
		if float64(n) >= leastOverlap*float64(union) {
			out[0][pair[0]], out[1][pair[1]] = true, true
		}
	}
	return out
}

// overlap adds the voxels that objects of a and b share in row (y, z).
func overlap(a, b *label.Objects, y, z int, both map[[2]uint32]int64) {
	left, ida := a.Row(y, z)
	right, idb := b.Row(y, z)
	for i, j := 0, 0; i < len(left) && j < len(right); {
		if n := min(left[i].X1, right[j].X1) - max(left[i].X0, right[j].X0); n > 0 {
			both[[2]uint32{ida[i], idb[j]}] += int64(n)
		}
		if left[i].X1 < right[j].X1 {
			i++
		} else {
			j++
		}
	}
}
