package classify

import (
	"encoding/json"
	"fmt"
	"slices"

	"explant/analysis/forest"
)

// Region is a shape that a person gave a class.
type Region struct {
	Image    int             // number of its image, from 0
	Class    string          // never empty
	Color    string          // "#rrggbb", "" for none
	Name     string          // of the object; may be empty
	Geometry json.RawMessage // as it was drawn, for the record
	Shape    Shape
}

// pixel is a labelled one.
type pixel struct {
	at     [3]int
	region int // number among all regions
}

// chosen are the samples: pixels by image, in the order of regions, then of rows.
type chosen struct {
	pixels    [][]pixel // by image
	area      []int64   // pixels of each region
	used      []int     // samples of each region
	contested int64     // pixels that regions of two classes claim; they are left out
}

// choose takes about limit pixels of the regions: of each class as many, as long as it has them, or, where classes are
// not to be balanced, the same share of every region. A pixel is taken or not by a hash of its place, so that the choice hangs on the drawing and the seed alone.
func choose(regions []Region, class []int, classes int, sizes [][3]int, limit int, p forest.Params) (chosen, error) {
	c := chosen{pixels: make([][]pixel, len(sizes)), area: make([]int64, len(regions)), used: make([]int, len(regions))}
	total := make([]int64, classes)
	for k, r := range regions {
		size := sizes[r.Image]
		if r.Shape.Z < 0 || r.Shape.Z >= size[2] {
			return c, fmt.Errorf("region %d (%s) lies on slice %d of an image with %d", k+1, r.Class, r.Shape.Z+1, size[2])
		}
		r.Shape.Each(size[0], size[1], func(int, int) { c.area[k]++ })
		if c.area[k] == 0 {
			return c, fmt.Errorf("region %d (%s) holds no pixel of its image of %d x %d pixels: are the annotations those of this image?", k+1, r.Class, size[0], size[1])
		}
		total[class[k]] += c.area[k]
	}
	share := shares(total, limit)
	if !p.Balanced {
		share = evenShares(total, limit)
	}
	for k, r := range regions {
		size := sizes[r.Image]
		r.Shape.Each(size[0], size[1], func(x, y int) {
			at := [3]int{x, y, r.Shape.Z}
			if lot(p.Seed, r.Image, at) > share[class[k]] {
				return
			}
			switch taken, other := claimed(regions, class, k, at); {
			case other:
				c.contested++
			case !taken:
				c.pixels[r.Image] = append(c.pixels[r.Image], pixel{at, k})
				c.used[k]++
			}
		})
	}
	return c, nil
}

// claimed says whether an earlier region of the same class, or any region of another class, holds the pixel.
func claimed(regions []Region, class []int, k int, at [3]int) (taken, other bool) {
	for j, r := range regions {
		if j == k || r.Image != regions[k].Image || r.Shape.Z != at[2] || j > k && class[j] == class[k] || !r.Shape.about(at) {
			continue
		}
		if r.Shape.Contains(at[0], at[1]) {
			taken = taken || class[j] == class[k]
			other = other || class[j] != class[k]
		}
	}
	return taken, other
}

// about says whether a pixel lies in the box around the shape.
func (s Shape) about(at [3]int) bool {
	x0, y0, x1, y1 := s.bounds()
	x, y := float64(at[0]), float64(at[1])
	return x >= x0-2 && x <= x1+1 && y >= y0-2 && y <= y1+1
}

// shares is, for each class, the lot below which a pixel is taken, so that about limit are in all and what
// small classes leave goes to the others.
func shares(total []int64, limit int) []uint64 {
	order := make([]int, len(total))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(min(max(total[a]-total[b], -1), 1)) })
	out := make([]uint64, len(total))
	left := int64(limit)
	for i, k := range order {
		even := left / int64(len(order)-i)
		out[k] = ^uint64(0)
		if total[k] > even {
			out[k] = ^uint64(0) / uint64(total[k]) * uint64(even)
		}
		left -= min(total[k], even)
	}
	return out
}

// evenShares is the same lot for all classes.
func evenShares(total []int64, limit int) []uint64 {
	all := int64(0)
	for _, n := range total {
		all += n
	}
	share := ^uint64(0)
	if all > int64(limit) {
		share = share / uint64(all) * uint64(limit)
	}
	return slices.Repeat([]uint64{share}, len(total))
}

// lot is a hash of a place: splitmix64 of the seed and the coordinates.
func lot(seed uint64, image int, at [3]int) uint64 {
	v := seed
	for _, x := range []int{image, at[2], at[1], at[0]} {
		v += uint64(x)*0xd1342543de82ef95 + 0x9e3779b97f4a7c15
		v = (v ^ v>>30) * 0xbf58476d1ce4e5b9
		v = (v ^ v>>27) * 0x94d049bb133111eb
		v ^= v >> 31
	}
	return v
}
