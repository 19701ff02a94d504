package serial

import (
	"math"

	"explant/volume"
)

// Content is the volume of one value of a stack.
type Content struct {
	Voxels float64 // lost sections included, as their neighbours are
	Lost   float64 // standard deviation by what the lost sections may have held instead, in voxels
}

// Contents are the volumes of all values below [Outside]. A lost section is taken for the mean of the sections
// before and behind it, weighted by their distance; how far that is wrong is learnt from the sections that are
// there, each held against its neighbours.
// Source: Cavalieri's principle; Gundersen, Jensen, J. Microsc. 147(3):229-263, 1987,
// doi:10.1111/j.1365-2818.1987.tb02837.x.
func Contents(v *volume.Labels) [Outside]Content {
	n := v.N[2]
	areas := make([][256]float64, n)
	lost := make([]bool, n)
	for z := range n {
		for _, c := range v.Data[v.Offset(0, 0, z):v.Offset(0, 0, z+1)] {
			areas[z][c]++
		}
		lost[z] = areas[z][Missing] > 0
	}
	var out [Outside]Content
	for c := range out {
		area := make([]float64, n)
		for z := range n {
			area[z] = areas[z][c]
		}
		out[c] = content(area, lost)
	}
	return out
}

func content(area []float64, lost []bool) (c Content) {
	squares, known, missing := 0.0, 0.0, 0.0
	for z := range area {
		if lost[z] {
			c.Voxels += between(area, lost, z)
			missing++
			continue
		}
		c.Voxels += area[z]
		if z > 0 && z < len(area)-1 && !lost[z-1] && !lost[z+1] {
			d := area[z] - (area[z-1]+area[z+1])/2
			squares, known = squares+d*d, known+1
		}
	}
	if missing > 0 && known > 0 {
		c.Lost = math.Sqrt(squares / known * missing)
	}
	return c
}

// between is the area of a lost section by the nearest ones that are there.
func between(area []float64, lost []bool, z int) float64 {
	a, b := z, z
	for a > 0 && lost[a] {
		a--
	}
	for b < len(area)-1 && lost[b] {
		b++
	}
	switch {
	case lost[a] && lost[b]:
		return 0
	case lost[a]:
		return area[b]
	case lost[b]:
		return area[a]
	}
	w := float64(z-a) / float64(b-a)
	return area[a]*(1-w) + area[b]*w
}

// AreaSpread is the standard deviation of the areas by which sections are stretched, of the mean of all: nobody
// knows which of them has the size of the block.
func AreaSpread(places []Placement) float64 {
	n := float64(len(places))
	if n < 2 {
		return 0
	}
	mean, squares := 0.0, 0.0
	for _, p := range places {
		mean += math.Abs(p.Affine.Det()) / n
	}
	for _, p := range places {
		squares += square2(math.Abs(p.Affine.Det()) - mean)
	}
	return math.Sqrt(squares/(n-1)/n) / mean
}
