package label

import (
	"context"
	"fmt"
	"math"

	"explant/volume"
	"explant/volume/parallel"
)

// Connectivity is the number of neighbours of a voxel: 6 (faces), 18 (edges too) or 26 (corners too).
type Connectivity int

// Set is a set of class values.
type Set [256]bool

// Of returns the set of the given class values.
func Of(values ...uint8) *Set {
	var s Set
	for _, v := range values {
		s[v] = true
	}
	return &s
}

// Components returns the connected components of the voxels of l whose class is in the set,
// numbered from 1 in scan order, and one [Region] for each: regions[i] has number i+1. It fails
// where there are more than 2³²-1 runs of voxels. [Find] gives the same without a volume of numbers.
func Components(ctx context.Context, l *volume.Labels, in *Set, c Connectivity, o parallel.Options, p parallel.Progress) (*volume.Regions, []Region, error) {
	objects, err := Find(ctx, l, in, c, o, p)
	if err != nil {
		return nil, nil, err
	}
	out, err := volume.Make[uint32](ctx, l.Grid)
	if err != nil {
		return nil, nil, err
	}
	err = parallel.Each(ctx, len(objects.bands), o, nil, func(_ context.Context, k int) error {
		paint(out, objects.bands[k], objects.numbers)
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return out, objects.Regions, nil
}

// band is the runs of one slab. Runs of row r = y + Ny*(z-z0) are runs[rows[r]:rows[r+1]].
type band struct {
	z0     int
	base   uint32 // number of the band's first run among all runs
	runs   []Run
	rows   []int32
	parent []uint32 // union-find over the band's own runs
}

// Run is voxels [X0, X1) of one row.
type Run struct{ X0, X1 int32 }

func scanBands(ctx context.Context, n [3]int, feed Feed, in *Set, c Connectivity, o parallel.Options, p parallel.Progress) ([]*band, error) {
	bands := make([]*band, o.Count(n[2]))
	err := parallel.Slabs(ctx, n[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		b := &band{z0: s.Z0, rows: make([]int32, 1, 1+n[1]*(s.Z1-s.Z0))}
		bands[s.Index(o)] = b
		return feed(ctx, s, func(z int, slice []uint8) { b.scan(n, z, slice, in, c) })
	})
	return bands, err
}

// scan appends the runs of slice z and joins them with those before it in the band.
func (b *band) scan(n [3]int, z int, slice []uint8, in *Set, c Connectivity) {
	nx, ny := n[0], n[1]
	for y := range ny {
		b.appendRow(slice[y*nx:(y+1)*nx], in)
		row := len(b.rows) - 2
		if y > 0 {
			b.join(row-1, row, c.reach(-1, 0))
		}
		if z == b.z0 {
			continue
		}
		for dy := max(-1, -y); dy <= min(1, ny-1-y); dy++ {
			if reach := c.reach(dy, -1); reach >= 0 {
				b.join(row-ny+dy, row, reach)
			}
		}
	}
}

func (b *band) appendRow(row []uint8, in *Set) {
	for x := 0; x < len(row); {
		if !in[row[x]] {
			x = SameUntil(row, x)
			continue
		}
		x0 := x
		for x < len(row) && in[row[x]] {
			x = SameUntil(row, x)
		}
		b.parent = append(b.parent, uint32(len(b.runs)))
		b.runs = append(b.runs, Run{int32(x0), int32(x)})
	}
	b.rows = append(b.rows, int32(len(b.runs)))
}

// reach is how far along x two voxels of rows (dy, dz) apart may differ and still be neighbours,
// -1 where no voxel of that row is one.
func (c Connectivity) reach(dy, dz int) int32 {
	most := 1 + int(c)/12 // coordinates in which neighbours may differ: 1, 2 or 3
	return int32(min(1, most-dy*dy-dz*dz))
}

// join unites the touching runs of two rows of the band.
func (b *band) join(earlier, later int, reach int32) {
	touching(b.row(earlier), b.row(later), reach, func(i, j int32) {
		unite(b.parent, uint32(b.rows[earlier]+i), uint32(b.rows[later]+j))
	})
}

func (b *band) row(r int) []Run { return b.runs[b.rows[r]:b.rows[r+1]] }

// touching calls f for every pair of runs that overlap when one is made longer by reach at both ends.
func touching(p, q []Run, reach int32, f func(i, j int32)) {
	for i, j := 0, 0; i < len(p) && j < len(q); {
		if p[i].X0 < q[j].X1+reach && q[j].X0 < p[i].X1+reach {
			f(int32(i), int32(j))
		}
		if p[i].X1 < q[j].X1 {
			i++
		} else {
			j++
		}
	}
}

// joinBands makes one union-find of all runs and unites the runs on both sides of band faces.
func joinBands(ctx context.Context, bands []*band, n [3]int, c Connectivity) ([]uint32, error) {
	total := 0
	for _, b := range bands {
		b.base = uint32(total)
		total += len(b.runs)
	}
	if total >= math.MaxUint32 {
		return nil, fmt.Errorf("%d runs of voxels to label: more than 32-bit labels can hold; smooth the scan or cut it", total)
	}
	parent, err := volume.Array[uint32](ctx, total)
	if err != nil {
		return nil, err
	}
	for _, b := range bands {
		for i, p := range b.parent {
			parent[int(b.base)+i] = b.base + p
		}
		b.parent = nil
	}
	for k := 1; k < len(bands); k++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		joinFaces(parent, bands[k-1], bands[k], n[1], c)
	}
	return parent, nil
}

func joinFaces(parent []uint32, below, above *band, ny int, c Connectivity) {
	last := len(below.rows) - 1 - ny
	for y := range ny {
		for dy := max(-1, -y); dy <= min(1, ny-1-y); dy++ {
			reach := c.reach(dy, -1)
			if reach < 0 {
				continue
			}
			r := last + y + dy
			touching(below.row(r), above.row(y), reach, func(i, j int32) {
				unite(parent, below.base+uint32(below.rows[r]+i), above.base+uint32(above.rows[y]+j))
			})
		}
	}
}

// unite makes the earlier of two roots the root of both.
func unite(parent []uint32, a, b uint32) {
	a, b = find(parent, a), find(parent, b)
	if a < b {
		parent[b] = a
	} else {
		parent[a] = b
	}
}

// find returns the root of a and halves the path to it.
func find(parent []uint32, a uint32) uint32 {
	for parent[a] != a {
		parent[a] = parent[parent[a]]
		a = parent[a]
	}
	return a
}

// number replaces every run's parent by its component's number and returns how many there are. A
// parent never comes after its run, so its number is known when the run is reached.
func number(parent []uint32) int {
	count := uint32(0)
	for i, p := range parent {
		if int(p) == i {
			count++
			parent[i] = count
		} else {
			parent[i] = parent[p]
		}
	}
	return int(count)
}

func paint(out *volume.Regions, b *band, numbers []uint32) {
	nx, ny := out.N[0], out.N[1]
	for r := range len(b.rows) - 1 {
		row := out.Data[(b.z0*ny+r)*nx:][:nx]
		for i := b.rows[r]; i < b.rows[r+1]; i++ {
			n := numbers[b.base+uint32(i)]
			for x := b.runs[i].X0; x < b.runs[i].X1; x++ {
				row[x] = n
			}
		}
	}
}
