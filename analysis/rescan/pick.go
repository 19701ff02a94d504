package rescan

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// Edge is the edge of the block that is scanned again, in voxels; along an axis that has fewer it is
// the whole axis.
const Edge = 128

// Pick gives the block of at most Edge voxels a side in which the share of deposit is nearest to that of all
// of box. Blocks begin at every half of an edge; the first of equals is taken.
func Pick(ctx context.Context, l *volume.Labels, box segment.Box, o parallel.Options) (segment.Box, error) {
	cells, size := [3]int{}, [3]int{}
	for a := range 3 {
		n := box.Max[a] - box.Min[a]
		cells[a], size[a] = max(n/(Edge/2), 2), Edge/2
		if n <= Edge {
			cells[a], size[a] = 1, n
		}
	}
	tally, err := tallyCells(ctx, l, box, cells, size, o)
	if err != nil {
		return segment.Box{}, err
	}
	all := cell{}
	for _, c := range tally {
		all = all.add(c)
	}
	var best segment.Box
	least := math.Inf(1)
	starts := [3]int{max(cells[0]-1, 1), max(cells[1]-1, 1), max(cells[2]-1, 1)}
	for i := range starts[0] * starts[1] * starts[2] {
		at := [3]int{i % starts[0], i / starts[0] % starts[1], i / starts[0] / starts[1]}
		off := math.Abs(block(tally, cells, at).share() - all.share())
		if off < least {
			least, best = off, box
			for a := range 3 {
				best.Min[a] = box.Min[a] + at[a]*size[a]
				best.Max[a] = best.Min[a] + min(2, cells[a])*size[a]
			}
		}
	}
	return best, nil
}

// cell is a count of voxels and of deposit among them.
type cell struct{ all, deposit int64 }

func (c cell) add(d cell) cell { return cell{c.all + d.all, c.deposit + d.deposit} }

func (c cell) share() float64 { return float64(c.deposit) / float64(max(c.all, 1)) }

// block sums the two cells along each axis from at on.
func block(tally []cell, cells, at [3]int) (sum cell) {
	for z := at[2]; z < min(at[2]+2, cells[2]); z++ {
		for y := at[1]; y < min(at[1]+2, cells[1]); y++ {
			for x := at[0]; x < min(at[0]+2, cells[0]); x++ {
				sum = sum.add(tally[x+cells[0]*(y+cells[1]*z)])
			}
		}
	}
	return sum
}

// tallyCells counts cell by cell; what lies beyond the last whole cell is not looked at.
func tallyCells(ctx context.Context, l *volume.Labels, box segment.Box, cells, size [3]int, o parallel.Options) ([]cell, error) {
	out := make([]cell, cells[0]*cells[1]*cells[2])
	err := parallel.Each(ctx, cells[2], o, nil, func(ctx context.Context, k int) error {
		for z := box.Min[2] + k*size[2]; z < box.Min[2]+(k+1)*size[2]; z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			for y := range cells[1] * size[1] {
				row := l.Data[l.Offset(box.Min[0], box.Min[1]+y, z):]
				for x := range cells[0] {
					c := &out[x+cells[0]*(y/size[1]+cells[1]*k)]
					for _, v := range row[x*size[0] : (x+1)*size[0]] {
						if v == segment.Deposit {
							c.deposit++
						}
					}
					c.all += int64(size[0])
				}
			}
		}
		return nil
	})
	return out, err
}
