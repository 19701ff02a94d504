package measure

import (
	"cmp"
	"math"
	"slices"

	"explant/analysis/segment"
	"explant/volume"
)

// vicinity tells whether places in a cell between eight voxels are near a solid.
type vicinity struct {
	*volume.Labels
	box    segment.Box
	reach2 float64 // square of the distance, mm²
	around [][3]int
}

// newVicinity lists the voxels around a cell that may be within reach, mm, the nearest first.
func newVicinity(l *volume.Labels, b segment.Box, reach float64) *vicinity {
	v := &vicinity{Labels: l, box: b, reach2: reach * reach}
	s := l.Spacing
	var n [3]int
	for a := range n {
		n[a] = int(reach/s[a]+0.5) + 1
	}
	for z := -n[2]; z <= n[2]+1; z++ {
		for y := -n[1]; y <= n[1]+1; y++ {
			for x := -n[0]; x <= n[0]+1; x++ {
				if v.off([3]int{x, y, z}, [3]float64{s[0] / 2, s[1] / 2, s[2] / 2}) < square(reach+math.Sqrt(s[0]*s[0]+s[1]*s[1]+s[2]*s[2])/2) {
					v.around = append(v.around, [3]int{x, y, z})
				}
			}
		}
	}
	slices.SortStableFunc(v.around, func(p, q [3]int) int { return cmp.Compare(middling(p), middling(q)) })
	return v
}

// middling is the square of the distance of a voxel from the middle of the cell, in half voxels.
func middling(p [3]int) (d int) {
	for _, i := range p {
		d += (2*i - 1) * (2*i - 1)
	}
	return d
}

func square(x float64) float64 { return x * x }

// touches reports whether a solid is within reach of a place in the cell whose first corner is voxel at; the
// place is in mm from the middle of that voxel.
func (v *vicinity) touches(at [3]int, place [3]float64) bool {
	for _, step := range v.around {
		p := [3]int{at[0] + step[0], at[1] + step[1], at[2] + step[2]}
		if !v.holds(p) {
			continue
		}
		if c := v.At(p[0], p[1], p[2]); c != segment.Polymer && c != segment.Housing {
			continue
		}
		if v.off(step, place) <= v.reach2 {
			return true
		}
	}
	return false
}

func (v *vicinity) holds(p [3]int) bool {
	for a := range p {
		if p[a] < v.box.Min[a] || p[a] >= v.box.Max[a] {
			return false
		}
	}
	return true
}

// off is the square of the distance of a place from the cuboid of a voxel, both from the first corner.
func (v *vicinity) off(p [3]int, place [3]float64) (d2 float64) {
	for a, s := range v.Spacing {
		d2 += square(math.Max(math.Abs(float64(p[a])*s-place[a])-s/2, 0))
	}
	return d2
}
