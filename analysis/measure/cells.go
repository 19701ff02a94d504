package measure

import (
	"context"
	"math"

	"explant/analysis/spatial"
	"explant/volume/parallel"
)

// Cells are cut at three sizes; the smaller two are parts of which the largest is four and the others two
// and three wide.
var cellParts = [3]int{2, 3, 4}

const (
	// cellsInDevice is about how many of the smallest cells fit into a device where no size is stated.
	cellsInDevice = 1000
	// mostCells is how many of them are cut at most: above, a stated size is refused.
	mostCells = 20_000
	// fewestCells is how many the statistics of cells need.
	fewestCells = 30
	// roomiest is the part of the blood-side space of an average cell that a cell must hold more of.
	roomiest = 0.5
	// cellReach makes the 26 cells around one its neighbours, in cells.
	cellReach = 1.8
	// thinnestCell is the least width of a cell in voxels.
	thinnestCell = 4
)

// cellMM is the width of the smallest cells: as stated, else 1, 2 or 5 times a power of ten: the one next
// to that at which about a thousand fit into the device, or a wider one of two correlation lengths.
func (j *job) cellMM(length float64) float64 {
	if j.par.HotCellUM > 0 {
		return j.par.HotCellUM / 1000
	}
	edge := math.Cbrt(j.deviceVoxels() * j.dv / cellsInDevice)
	k := int(math.Round(3 * math.Log10(edge)))
	for !math.IsInf(length, 1) && preferred(k) < wideEnough*length {
		k++
	}
	return preferred(k)
}

// preferred is number k of 1, 2, 5, 10, 20 …
func preferred(k int) float64 {
	decade := int(math.Floor(float64(k) / 3))
	return [3]float64{1, 2, 5}[k-3*decade] * math.Pow(10, float64(decade))
}

// parts are the box cut into cubes of half the width of the smallest cells, with whole voxels in each.
type parts struct {
	edges      [3][]int // voxels from the low corner of the box, along each axis
	load, room []int64  // x fastest
}

func (p *parts) n(a int) int { return len(p.edges[a]) - 1 }

func (j *job) cut(ctx context.Context, l *spatial.Lattice, mm float64) (*parts, error) {
	p := &parts{}
	for a := range 3 {
		for k, end := 0, 0; end < l.N[a]; k++ {
			end = min(int(math.Round(float64(k)*mm/l.Step[a])), l.N[a])
			p.edges[a] = append(p.edges[a], end)
		}
	}
	nx, ny, nz := p.n(0), p.n(1), p.n(2)
	p.load, p.room = make([]int64, nx*ny*nz), make([]int64, nx*ny*nz)
	return p, parallel.Each(ctx, nz, j.opt, nil, func(_ context.Context, z int) error {
		for i := range nx * ny {
			lo, hi := p.bounds([3]int{i % nx, i / nx, z}, 1)
			p.load[i+nx*ny*z], p.room[i+nx*ny*z] = l.Count(lo, hi)
		}
		return nil
	})
}

// bounds are the voxels of a cell of some parts a side whose first part is at.
func (p *parts) bounds(at [3]int, side int) (lo, hi [3]int) {
	for a := range 3 {
		lo[a], hi[a] = p.edges[a][at[a]], p.edges[a][min(at[a]+side, p.n(a))]
	}
	return lo, hi
}

// cell is one of a cut of the device.
type cell struct {
	spatial.Cell        // place in mm from the low corner of the volume, volumes in mm³
	lo, hi       [3]int // voxels of the box
}

// cells joins parts to cells and keeps those that have more room than half of an average cell of the device:
// where more is polymer, or beyond the device, shares mean little.
func (j *job) cells(p *parts, side int, mm float64) (out []cell) {
	least := roomiest * j.bloodShare() * mm * mm * mm
	origin, step := corner(j.seg.Labels.Grid, j.census.box), j.seg.Labels.Spacing
	for z := 0; z < p.n(2); z += side {
		for y := 0; y < p.n(1); y += side {
			for x := 0; x < p.n(0); x += side {
				c := cell{}
				c.lo, c.hi = p.bounds([3]int{x, y, z}, side)
				load, room := p.sum([3]int{x, y, z}, side)
				c.Load, c.Room = float64(load)*j.dv, float64(room)*j.dv
				if c.Room <= least {
					continue
				}
				for a := range 3 {
					c.At[a] = origin[a] + (float64(c.lo[a])+float64(c.hi[a]))/2*step[a]
				}
				out = append(out, c)
			}
		}
	}
	return out
}

func (p *parts) sum(at [3]int, side int) (load, room int64) {
	for z := at[2]; z < min(at[2]+side, p.n(2)); z++ {
		for y := at[1]; y < min(at[1]+side, p.n(1)); y++ {
			for x := at[0]; x < min(at[0]+side, p.n(0)); x++ {
				i := x + p.n(0)*(y+p.n(1)*z)
				load += p.load[i]
				room += p.room[i]
			}
		}
	}
	return load, room
}

func plain(cells []cell) []spatial.Cell {
	out := make([]spatial.Cell, len(cells))
	for i, c := range cells {
		out[i] = c.Cell
	}
	return out
}
