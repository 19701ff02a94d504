package thickness

import (
	"context"
	"math"
	"sync"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Local returns the local thickness in mm of the voxels of l whose class is in the set, 0 in the
// others. The faces of the volume do not bound the class: what touches them is taken to go on, and
// its thickness there is a lower bound. A class that fills the volume gives distance.ErrNoSites, an
// unknown spacing volume.ErrSpacing. Time grows with the sum of the volumes of the balls drawn.
func Local(ctx context.Context, l *volume.Labels, in *label.Set, o parallel.Options, p parallel.Progress) (*volume.Volume[float32], error) {
	if err := l.Check(); err != nil {
		return nil, err
	}
	out, err := volume.Make[float32](ctx, l.Grid)
	if err != nil {
		return nil, err
	}
	if err = Slices(ctx, l, in, o, p, func(z int, mm []float32) { copy(out.Slice(z), mm) }); err != nil {
		return nil, err
	}
	return out, nil
}

// Slices calls fn once for every slice, from up to o.Workers goroutines, with the values of [Local]
// in it, one a voxel. They are not held for all of the volume, and are valid until fn returns.
func Slices(ctx context.Context, l *volume.Labels, in *label.Set, o parallel.Options, p parallel.Progress, fn func(z int, mm []float32)) error {
	return Range(ctx, l, in, 0, l.N[2], o, p, fn)
}

// Range is [Slices] for slices [z0, z1) alone. Balls around voxels beyond them are looked for as far away
// as any can reach them.
func Range(ctx context.Context, l *volume.Labels, in *label.Set, z0, z1 int, o parallel.Options, p parallel.Progress, fn func(z int, mm []float32)) error {
	outside := *in
	for c := range outside {
		outside[c] = !in[c]
	}
	balls, err := ridge(ctx, l, &outside, z0, z1, o, p)
	if err != nil {
		return err
	}
	return draw(ctx, l.Grid, balls, z0, z1, o, p, fn)
}

// draw gives every voxel twice the radius of the largest ball around it; no ball holds a centre outside the
// class. A slab draws all the balls that reach it, clipped to it, so that each voxel has one writer.
func draw(ctx context.Context, g volume.Grid, balls [][]ball, z0, z1 int, o parallel.Options, p parallel.Progress, fn func(z int, mm []float32)) error {
	if p != nil {
		p.Stage("local thickness", z1-z0)
	}
	reach := 0
	for _, slice := range balls {
		for _, b := range slice {
			reach = max(reach, int(float64(b.reach)/g.Spacing[2]))
		}
	}
	free := sync.Pool{New: func() any { return &drawing{Grid: g, mm: make([]float32, g.N[0]*g.N[1])} }}
	return parallel.Slabs(ctx, z1-z0, o, p, func(ctx context.Context, s parallel.Slab) error {
		d := free.Get().(*drawing)
		defer free.Put(d)
		s.Z0, s.Z1 = z0+s.Z0, z0+s.Z1
		d.clear(s)
		for z := max(s.Z0-reach, 0); z < min(s.Z1+reach, g.N[2]); z++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			for _, b := range balls[z] {
				d.ball(b, z)
			}
		}
		for z := s.Z0; z < s.Z1; z++ {
			fn(z, d.slice(z))
		}
		return nil
	})
}

// drawing is a slab of diameters, as the bits of float32: those of numbers above 0 are in their order.
type drawing struct {
	volume.Grid
	slab  parallel.Slab
	bits  []uint32
	mm    []float32 // one slice
	reach float32   // of the ball whose rows are known
	rows  []row
	first []int // of each slice of the ball the first of its rows, and their number
}

// row is voxels y rows and z slices off the middle of a ball, up to x off it on both sides.
type row struct{ x, y, z int32 }

// clear makes d an empty drawing of slab s.
func (d *drawing) clear(s parallel.Slab) {
	d.slab = s
	n := len(d.mm) * (s.Z1 - s.Z0)
	if cap(d.bits) < n {
		d.bits = make([]uint32, n)
	}
	d.bits = d.bits[:n]
	clear(d.bits)
}

// ball writes the diameter into the voxels of the slab whose centre lies in the open ball.
func (d *drawing) ball(b ball, z int) {
	if b.reach != d.reach {
		d.rowsOf(b.reach)
	}
	nx, ny := d.N[0], d.N[1]
	diameter := math.Float32bits(2 * b.radius)
	top := len(d.first)/2 - 1 // slices of the ball above its middle
	lo, hi := max(-top, d.slab.Z0-z), min(top, d.slab.Z1-1-z)
	if lo > hi {
		return
	}
	for _, r := range d.rows[d.first[top+lo]:d.first[top+hi+1]] {
		j, k := int(b.y+r.y), z+int(r.z)
		if j < 0 || j >= ny {
			continue
		}
		at := nx * (j + ny*(k-d.slab.Z0))
		line := d.bits[at+max(int(b.x-r.x), 0) : at+min(int(b.x+r.x), nx-1)+1]
		for i, v := range line {
			line[i] = max(v, diameter)
		}
	}
}

// rowsOf lists the rows of a ball.
func (d *drawing) rowsOf(reach float32) {
	d.reach, d.rows, d.first = reach, d.rows[:0], d.first[:0]
	r2 := open2(reach)
	sx, sy, sz := d.Spacing[0], d.Spacing[1], d.Spacing[2]
	nz := int(math.Sqrt(r2) / sz)
	for k := -nz; k <= nz; k++ {
		d.first = append(d.first, len(d.rows))
		dz := float64(k) * sz
		ny := int(math.Sqrt(math.Max(r2-dz*dz, 0)) / sy)
		for j := -ny; j <= ny; j++ {
			dy := float64(j) * sy
			nx := int(math.Sqrt(math.Max(r2-dz*dz-dy*dy, 0)) / sx)
			d.rows = append(d.rows, row{int32(nx), int32(j), int32(k)})
		}
	}
	d.first = append(d.first, len(d.rows))
}

func (d *drawing) slice(z int) []float32 {
	for i, b := range d.bits[(z-d.slab.Z0)*len(d.mm):][:len(d.mm)] {
		d.mm[i] = math.Float32frombits(b)
	}
	return d.mm
}
