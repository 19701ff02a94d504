package oxygenator

import (
	"context"
	"math"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// clean is the device without deposit, as the scanner would see it.
type clean struct {
	labels *volume.Labels          // void, lumen, polymer, housing by which covers the voxel's centre
	solid  *volume.Volume[float32] // grey above air, blurred
	open   *volume.Volume[float32] // blurred share of the blood side, 0 to 1
	free   *volume.Labels          // unblurred share of the blood side in the voxel, 0 to 255
}

const tableStep = 1.0 / 32 // voxels

// table holds the two blurred discs of a fibre by distance from their edges' mean radii.
type table struct {
	outer, inner []float32
	reach        float64
}

func (lv levels) table(f *fibre) table {
	t := table{reach: f.outer*(1+2*mostOutline) + 3.5*lv.sigma}
	for k := 0; float64(k)*tableStep < t.reach+2*mostOutline*f.outer+2*tableStep; k++ {
		d := float64(k) * tableStep
		t.outer = append(t.outer, float32(disc(d, f.outer, lv.sigma)))
		t.inner = append(t.inner, float32(disc(d, f.inner, lv.sigma)))
	}
	return t
}

// read interpolates in one of the tables.
func read(t []float32, d float64) float32 {
	if !(d > 0) {
		d = 0
	}
	d /= tableStep
	j := min(int(d), len(t)-2)
	return t[j] + float32(d-float64(j))*(t[j+1]-t[j])
}

// fibreAt is the grey that a bare fibre has at (a, b) from its axis.
func (lv levels) fibreAt(a, b float64, f *fibre) float64 {
	d := math.Sqrt(a*a + b*b)
	k := lv.polymer - lv.air
	return lv.air + k*disc(d-f.outerShape.at(a, b, d), f.outer, lv.sigma) + (f.content-k)*disc(d-f.innerShape.at(a, b, d), f.inner, lv.sigma)
}

// render draws the fibres and then the housing, which wins.
func render(ctx context.Context, g volume.Grid, fibres []*fibre, in *housing, lv levels, o parallel.Options, p parallel.Progress) (*clean, error) {
	c := &clean{labels: volume.New[uint8](g), solid: volume.New[float32](g), open: volume.New[float32](g), free: volume.New[uint8](g)}
	tables := make([]table, len(fibres))
	for i, f := range fibres {
		tables[i] = lv.table(f)
	}
	o.Halo = 0
	err := parallel.Slabs(ctx, g.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		c.clear(s)
		for i, f := range fibres {
			if err := ctx.Err(); err != nil {
				return err
			}
			c.drawFibre(f, &tables[i], lv, s)
		}
		c.drawHousing(in, lv, s)
		return nil
	})
	return c, err
}

func (c *clean) clear(s parallel.Slab) {
	plane := c.labels.N[0] * c.labels.N[1]
	for i := s.Z0 * plane; i < s.Z1*plane; i++ {
		c.open.Data[i], c.free.Data[i] = 1, 255
	}
}

func (c *clean) drawFibre(f *fibre, t *table, lv levels, s parallel.Slab) {
	wall, content := float32(lv.polymer-lv.air), float32(f.content)
	for k := range len(f.knots) - 1 {
		p := f.piece(k)
		p.each(c.labels.Grid, t.reach, s.Z0, s.Z1, func(at int, a, b float64) {
			d := math.Sqrt(a*a + b*b)
			out, in := d-f.outerShape.at(a, b, d), d-f.innerShape.at(a, b, d)
			whole, lumen := read(t.outer, out), read(t.inner, in)
			c.solid.Data[at] += wall*(whole-lumen) + content*lumen
			c.open.Data[at] -= whole
			if free := uint8(255 * bound(out-f.outer+0.5, 0, 1)); free < c.free.Data[at] {
				c.free.Data[at] = free
			}
			switch {
			case in < f.inner:
				c.labels.Data[at] = segment.Lumen
			case out < f.outer && c.labels.Data[at] == segment.Void:
				c.labels.Data[at] = segment.Polymer
			}
		})
	}
}

func (c *clean) drawHousing(in *housing, lv levels, s parallel.Slab) {
	n := c.labels.N
	for z := s.Z0; z < s.Z1; z++ {
		for y := range n[1] {
			at := c.labels.Offset(0, y, z)
			for x := range n[0] {
				c.house(in, lv, [3]int{x, y, z}, at+x)
			}
		}
	}
}

func (c *clean) house(in *housing, lv levels, i [3]int, at int) {
	c.open.Data[at] = max(c.open.Data[at], 0)
	if !in.found() {
		return
	}
	d := in.depth(c.labels.N, i)
	if d > 4*lv.sigma {
		return
	}
	inside := 1.0
	in.depths(c.labels.N, i, func(d float64) { inside *= 0.5 * math.Erfc(-d/(math.Sqrt2*lv.sigma)) })
	c.solid.Data[at] = float32(inside*float64(c.solid.Data[at]) + (1-inside)*(lv.housing-lv.air))
	c.open.Data[at] *= float32(inside)
	c.free.Data[at] = min(c.free.Data[at], uint8(255*bound(d+0.5, 0, 1)))
	if d < 0 {
		c.labels.Data[at] = segment.Housing
	}
}
