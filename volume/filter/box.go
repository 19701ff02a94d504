package filter

import (
	"context"
	"fmt"

	"explant/volume"
	"explant/volume/parallel"
)

// maxRadius keeps the voxels of a tile with its halo, and so its ranks, within 16 bits.
const maxRadius = 15

// Median returns the median of the box of 2*radius+1 voxels along x, y and z around each voxel, the
// nearest voxel being repeated beyond the faces. A radius lies between 0 and 15 voxels; 1, 1, 1 is
// [Median3]. The result lies on the grid of v and has its type. NaN sorts above +Inf, or below -Inf when
// its sign bit is set.
//
// The volume is cut into tiles. The greys of a tile and its halo become ranks, so that a short histogram
// of the box tells all types alike; the box moves through the tile back and forth, and the median moves
// on from where it was.
//
// Source of the moving histogram: Huang, Yang, Tang, IEEE Trans. Acoust. Speech Signal Process.
// 27(1):13-18, 1979, doi:10.1109/TASSP.1979.1163188.
func Median[T volume.Voxel](ctx context.Context, v *volume.Volume[T], radius [3]int, o parallel.Options, p parallel.Progress) (*volume.Volume[T], error) {
	if err := v.Check(); err != nil {
		return nil, err
	}
	for a, r := range radius {
		if r < 0 || r > maxRadius {
			return nil, fmt.Errorf("radius of %d voxels along %c: must lie between 0 and %d", r, "xyz"[a], maxRadius)
		}
	}
	if radius == [3]int{1, 1, 1} {
		return Median3(ctx, v, o, p)
	}
	if p != nil {
		p.Stage("median", v.N[2])
	}
	out := volume.New[T](v.Grid)
	o.Depth = 8
	err := parallel.Slabs(ctx, v.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		t := newTile[T](radius, s.Z1-s.Z0)
		for y := 0; y < v.N[1]; y += t.size[1] {
			if err := ctx.Err(); err != nil {
				return err
			}
			for x := 0; x < v.N[0]; x += t.size[0] {
				t.medians(out, v, [3]int{x, y, s.Z0}, s.Z1)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// tile holds the ranks of a box of voxels and its halo, x fastest.
type tile[T volume.Voxel] struct {
	radius [3]int
	size   [3]int // voxels without the halo, at most
	full   [3]int // of the tile at hand, with the halo
	greys  []T    // with the halo
	ranks  []uint16
	rank   ranking[T]
	box    box
}

func newTile[T volume.Voxel](radius [3]int, depth int) *tile[T] {
	t := &tile[T]{radius: radius, size: [3]int{32, 32, depth}}
	for voxels := t.voxels(); voxels > 1<<16; voxels = t.voxels() {
		t.size[0], t.size[1] = t.size[0]/2, t.size[1]/2
	}
	n := t.voxels()
	t.greys, t.ranks = make([]T, n), make([]uint16, n)
	t.rank = newRanking[T](n)
	return t
}

func (t *tile[T]) voxels() int {
	n := 1
	for a := range 3 {
		n *= t.size[a] + 2*t.radius[a]
	}
	return n
}

// medians writes the medians of the tile at lo, whose slices end before z1.
func (t *tile[T]) medians(out, v *volume.Volume[T], lo [3]int, z1 int) {
	size := [3]int{min(t.size[0], v.N[0]-lo[0]), min(t.size[1], v.N[1]-lo[1]), z1 - lo[2]}
	for a := range 3 {
		t.full[a] = size[a] + 2*t.radius[a]
	}
	n := t.full[0] * t.full[1] * t.full[2]
	t.gather(v, lo)
	values := t.rank.of(t.ranks[:n], t.greys[:n])
	t.box.start(t.ranks[:n], len(values), t.full, t.radius)
	step := 1
	for y := range size[1] {
		if y > 0 {
			t.box.move(1, 1)
		}
		for z := range size[2] { // back and forth along z and x
			if z > 0 {
				t.box.move(2, 1-2*(y&1))
			}
			at := v.Offset(lo[0], lo[1]+y, lo[2]+t.box.at[2])
			row := out.Data[at : at+size[0]]
			row[t.box.at[0]] = values[t.box.median()]
			for range size[0] - 1 {
				t.box.move(0, step)
				row[t.box.at[0]] = values[t.box.median()]
			}
			step = -step
		}
	}
}

// gather copies the greys of the tile and its halo.
func (t *tile[T]) gather(v *volume.Volume[T], lo [3]int) {
	for z := range t.full[2] {
		k := min(max(lo[2]+z-t.radius[2], 0), v.N[2]-1)
		for y := range t.full[1] {
			j := min(max(lo[1]+y-t.radius[1], 0), v.N[1]-1)
			from := v.Data[v.Offset(0, j, k):][:v.N[0]]
			row := t.greys[t.full[0]*(y+t.full[1]*z):][:t.full[0]]
			for x := range row {
				row[x] = from[min(max(lo[0]+x-t.radius[0], 0), v.N[0]-1)]
			}
		}
	}
}
