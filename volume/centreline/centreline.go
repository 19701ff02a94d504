// Package centreline finds the middle line of a tube of any shape: the way between two voxels that keeps as
// far from the walls as it can.
//
// The way is the cheapest chain of neighbours (26), a step costing its length over the square of the
// distance to the wall there: so it runs on the ridge of the distance and leaves it only for a far shorter
// way. The chain is then smoothed along itself, over a part of the tube's own radius, since a chain of
// voxels is a zigzag that is too long; a smoothed bend is a little short instead.
//
// Sources: Dijkstra, Numer. Math. 1:269-271, 1959, doi:10.1007/BF01386390; costs from the distance to the
// wall, Deschamps, Cohen, Med. Image Anal. 5(4):281-299, 2001, doi:10.1016/S1361-8415(01)00046-9.
package centreline

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
)

// ErrApart is returned where no way leads from one voxel to the other.
var ErrApart = errors.New("the two ends are not joined")

// Line is a middle line.
type Line struct {
	Points [][3]float64 // mm along the axes of the grid, from its first voxel's centre
	Radius []float64    // mm to the nearest wall at each point
	Length float64      // mm
}

// Between returns the middle line of the voxels of l whose class is in the set, from one voxel to another.
// Both must be of the class. The faces of the volume are no walls. An unknown spacing gives
// volume.ErrSpacing.
func Between(ctx context.Context, l *volume.Labels, in *label.Set, from, to [3]int, o parallel.Options, p parallel.Progress) (*Line, error) {
	for _, end := range [][3]int{from, to} {
		for a, c := range end {
			if c < 0 || c >= l.N[a] {
				return nil, fmt.Errorf("end %v lies outside a volume of %d x %d x %d", end, l.N[0], l.N[1], l.N[2])
			}
		}
		if c := l.At(end[0], end[1], end[2]); !in[c] {
			return nil, fmt.Errorf("end %v is of class %d, which is not the tube's", end, c)
		}
	}
	outside := *in
	for c := range outside {
		outside[c] = !in[c]
	}
	d, err := distance.To(ctx, l, &outside, o, p)
	if errors.Is(err, distance.ErrNoSites) { // no walls at all
		return straight(l.Grid, from, to), nil
	}
	if err != nil {
		return nil, err
	}
	chain, err := cheapest(ctx, d, l.Offset(from[0], from[1], from[2]), l.Offset(to[0], to[1], to[2]))
	if err != nil {
		return nil, err
	}
	return lineOf(d, chain), nil
}

func straight(g volume.Grid, from, to [3]int) *Line {
	line := &Line{Points: [][3]float64{placeOf(g, from), placeOf(g, to)}, Radius: []float64{math.Inf(1), math.Inf(1)}}
	line.Length = apart(line.Points[0], line.Points[1])
	return line
}

func placeOf(g volume.Grid, p [3]int) (mm [3]float64) {
	for a := range 3 {
		mm[a] = float64(p[a]) * g.Spacing[a]
	}
	return mm
}

func apart(a, b [3]float64) float64 {
	return math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
}

// cheapest is the cheapest chain of voxels, by their offsets.
func cheapest(ctx context.Context, d *volume.Volume[float32], from, to int) ([]int, error) {
	cost, err := volume.Array[float32](ctx, d.Len()) // 0: not reached; others 1 more than the cost
	if err != nil {
		return nil, err
	}
	back, err := volume.Array[uint8](ctx, d.Len()) // the step that led here, as an index of around
	if err != nil {
		return nil, err
	}
	steps := around(d.Grid)
	cost[from] = 1
	edge := edge{{1, from}}
	for n := 0; len(edge) > 0; n++ {
		if n&(1<<16-1) == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		s := heap.Pop(&edge).(spot)
		if s.at == to {
			return walked(back, steps, from, to), nil
		}
		if s.cost > cost[s.at] {
			continue // reached for less since
		}
		p := d.Position(s.at)
		for i, step := range steps {
			if !step.within(p, d.N) || d.Data[s.at+step.offset] <= 0 {
				continue
			}
			next := s.at + step.offset
			c := s.cost + step.cost(d.Data[s.at], d.Data[next])
			if cost[next] == 0 || c < cost[next] {
				cost[next], back[next] = c, uint8(i)
				heap.Push(&edge, spot{c, next})
			}
		}
	}
	return nil, ErrApart
}

func walked(back []uint8, steps []step, from, to int) (chain []int) {
	for at := to; at != from; at -= steps[back[at]].offset {
		chain = append(chain, at)
	}
	chain = append(chain, from)
	slices.Reverse(chain)
	return chain
}
