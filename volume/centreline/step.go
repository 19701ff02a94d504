package centreline

import (
	"math"

	"explant/volume"
)

// step leads to one of the 26 neighbours.
type step struct {
	by     [3]int
	offset int
	mm     float32
}

func around(g volume.Grid) (out []step) {
	for i := range 27 {
		by := [3]int{i%3 - 1, i/3%3 - 1, i/9 - 1}
		if by == [3]int{} {
			continue
		}
		d2 := 0.0
		for a, b := range by {
			d2 += float64(b*b) * g.Spacing[a] * g.Spacing[a]
		}
		out = append(out, step{by, by[0] + g.N[0]*(by[1]+g.N[1]*by[2]), float32(math.Sqrt(d2))})
	}
	return out
}

// within reports whether the step from p stays in the volume.
func (s step) within(p, n [3]int) bool {
	for a, b := range s.by {
		if c := p[a] + b; c < 0 || c >= n[a] {
			return false
		}
	}
	return true
}

// cost of the step between voxels of these distances to the wall.
func (s step) cost(here, there float32) float32 {
	return float32(s.mm/2) * (1/float32(here*here) + 1/float32(there*there))
}

// spot is a voxel and what it costs to reach it, and 1.
type spot struct {
	cost float32
	at   int
}

// edge is a heap of spots, the cheapest on top, of equal ones the lowest offset.
type edge []spot

func (e edge) Len() int      { return len(e) }
func (e edge) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *edge) Push(x any)   { *e = append(*e, x.(spot)) }

func (e edge) Less(i, j int) bool {
	if e[i].cost != e[j].cost {
		return e[i].cost < e[j].cost
	}
	return e[i].at < e[j].at
}

func (e *edge) Pop() any {
	old := *e
	last := old[len(old)-1]
	*e = old[:len(old)-1]
	return last
}

// lineOf smooths a chain of voxels: each point is the mean of those as far along the chain, to both sides,
// as the wall is from it; towards the ends of fewer, as many to both sides, so that the ends stay.
func lineOf(d *volume.Volume[float32], chain []int) *Line {
	raw := make([][3]float64, len(chain))
	along := make([]float64, len(chain))
	for i, at := range chain {
		raw[i] = placeOf(d.Grid, d.Position(at))
		if i > 0 {
			along[i] = along[i-1] + apart(raw[i-1], raw[i])
		}
	}
	line := &Line{}
	for i, at := range chain {
		line.Points = append(line.Points, meanAbout(raw, along, i, float64(d.Data[at])))
		line.Radius = append(line.Radius, float64(d.Data[at]))
		if i > 0 {
			line.Length += apart(line.Points[i-1], line.Points[i])
		}
	}
	return line
}

func meanAbout(raw [][3]float64, along []float64, i int, reach float64) (mean [3]float64) {
	k := 0
	for i-k-1 >= 0 && i+k+1 < len(raw) && along[i+k+1]-along[i] <= reach && along[i]-along[i-k-1] <= reach {
		k++
	}
	for _, p := range raw[i-k : i+k+1] {
		for a := range 3 {
			mean[a] += p[a] / float64(2*k+1)
		}
	}
	return mean
}
