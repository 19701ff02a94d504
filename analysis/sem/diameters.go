package sem

import (
	"math"
	"slices"
)

// diameters are widths, each with the length of axis that it stands for.
type diameters struct {
	px, length []float64
	sorted     bool
}

func (d *diameters) add(px, length float64) {
	d.px, d.length, d.sorted = append(d.px, px), append(d.length, length), false
}

func (d *diameters) sort() {
	if d.sorted {
		return
	}
	order := make([]int, len(d.px))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case d.px[a] < d.px[b]:
			return -1
		case d.px[a] > d.px[b]:
			return 1
		}
		return 0
	})
	px, length := make([]float64, len(order)), make([]float64, len(order))
	for k, i := range order {
		px[k], length[k] = d.px[i], d.length[i]
	}
	d.px, d.length, d.sorted = px, length, true
}

func (d *diameters) total() (sum float64) {
	for _, l := range d.length {
		sum += l
	}
	return sum
}

// quantile is the diameter below which the share q of the length lies; 0 of none.
func (d *diameters) quantile(q float64) float64 {
	d.sort()
	sum, all := 0.0, d.total()
	for i, l := range d.length {
		if sum += l; sum >= q*all {
			return d.px[i]
		}
	}
	return 0
}

func (d *diameters) mean() float64 {
	sum := 0.0
	for i, l := range d.length {
		sum += l * d.px[i]
	}
	return sum / d.total()
}

func (d *diameters) sd() float64 {
	sum, mean := 0.0, d.mean()
	for i, l := range d.length {
		sum += l * (d.px[i] - mean) * (d.px[i] - mean)
	}
	return math.Sqrt(sum / d.total())
}
