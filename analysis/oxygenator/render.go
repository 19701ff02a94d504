package oxygenator

import (
	"context"
	"math"
	"sync/atomic"

	"explant/analysis/segment"
	"explant/volume"
	"explant/volume/parallel"
)

// clean is the device without deposit, and what the scan shows above it.
type clean struct {
	labels *volume.Labels          // void, lumen, polymer, housing by which covers the voxel's centre
	excess *volume.Volume[float32] // grey of the scan at gain 1 above that of the clean device, blurred as the scan is
	open   *volume.Labels          // blurred share of the blood side, 0 to 255
	free   *volume.Labels          // unblurred share of the blood side in the voxel, 0 to 255
	cut    float64                 // voxels of blood side in voxels that count as housing, less housing in those that do not
}

// Shares of blood side in 255ths that the blur of solids hardly reaches, and not at all.
const (
	mostlyOpen = 250
	fullyOpen  = 253
)

// openAt is the blurred share of the blood side at voxel i, 0 to 1.
func (c *clean) openAt(i int) float64 { return float64(c.open.Data[i]) / 255 }

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

// device is what a clean device is made of, and how bright it is.
type device struct {
	fibres []*fibre
	in     *housing
	levels
	gain
}

// render draws the fibres and then the housing, which wins, and takes their grey from the scan. The
// excess is written into out, which may be the scan itself.
func (d *device) render(ctx context.Context, scan, out *volume.Volume[float32], o parallel.Options, p parallel.Progress) (*clean, error) {
	g := scan.Grid
	c := &clean{labels: volume.New[uint8](g), excess: out, open: volume.New[uint8](g), free: volume.New[uint8](g)}
	tables := make([]table, len(d.fibres))
	for i, f := range d.fibres {
		tables[i] = d.table(f)
	}
	o.Halo = 0
	var cut atomic.Int64
	err := parallel.Slabs(ctx, g.N[2], o, p, func(ctx context.Context, s parallel.Slab) error {
		b := c.brush(s)
		for i, f := range d.fibres {
			if err := ctx.Err(); err != nil {
				return err
			}
			b.drawFibre(f, &tables[i], d.levels)
		}
		b.drawHousing(d.in, d.levels)
		b.subtract(scan, d)
		cut.Add(b.parts)
		return nil
	})
	c.cut = float64(cut.Load()) / (255 * 255)
	return c, err
}

// brush draws one slab; solid is its grey above air.
type brush struct {
	*clean
	parallel.Slab
	from  int // index of the slab's first voxel
	solid []float32
	parts int64 // of a 255²th of clean.cut, whole numbers, so that the order of adding does not matter
}

func (c *clean) brush(s parallel.Slab) *brush {
	plane := c.labels.N[0] * c.labels.N[1]
	for i := s.Z0 * plane; i < s.Z1*plane; i++ {
		c.open.Data[i], c.free.Data[i] = 255, 255
	}
	return &brush{clean: c, Slab: s, from: s.Z0 * plane, solid: make([]float32, (s.Z1-s.Z0)*plane)}
}

func (b *brush) drawFibre(f *fibre, t *table, lv levels) {
	wall, content := float32(lv.polymer-lv.air), float32(f.content)
	for k := range len(f.knots) - 1 {
		p := f.piece(k)
		p.each(b.labels.Grid, t.reach, b.Z0, b.Z1, func(at int, x, y float64) {
			d := math.Sqrt(x*x + y*y)
			out, in := d-f.outerShape.at(x, y, d), d-f.innerShape.at(x, y, d)
			whole, lumen := read(t.outer, out), read(t.inner, in)
			b.solid[at-b.from] += wall*(whole-lumen) + content*lumen
			b.open.Data[at] -= min(uint8(255*whole+0.5), b.open.Data[at])
			if free := uint8(255 * bound(out-f.outer+0.5, 0, 1)); free < b.free.Data[at] {
				b.free.Data[at] = free
			}
			switch {
			case in < f.inner:
				b.labels.Data[at] = segment.Lumen
			case out < f.outer && b.labels.Data[at] == segment.Void:
				b.labels.Data[at] = segment.Polymer
			}
		})
	}
}

// subtract writes the excess of the slab.
func (b *brush) subtract(scan *volume.Volume[float32], d *device) {
	n, air := b.labels.N, float32(d.air)
	for z := b.Z0; z < b.Z1; z++ {
		for y := range n[1] {
			at := b.labels.Offset(0, y, z)
			line, row := d.gain.along(scan.Grid, y, z), scan.Data[at:at+n[0]]
			for x, v := range row {
				b.excess.Data[at+x] = v/float32(line.at(x)) - air - b.solid[at+x-b.from]
			}
		}
	}
}

func (b *brush) drawHousing(in *housing, lv levels) {
	if !in.found() {
		return
	}
	n := b.labels.N
	for z := b.Z0; z < b.Z1; z++ {
		for y := range n[1] {
			at, row := b.labels.Offset(0, y, z), in.row(n, y, z)
			if row.least(n[0]) > 4*lv.sigma {
				continue
			}
			for x := range n[0] {
				if d := row.depth(x); d <= 4*lv.sigma {
					b.house(&row, x, d, at+x, lv)
				}
			}
		}
	}
}

// house enters the housing at voxel at, which is d inside of it.
func (b *brush) house(row *housingRow, x int, d float64, at int, lv levels) {
	inside := 1.0
	if d < -4*lv.sigma {
		inside = 0
	}
	row.depths(x, func(d float64) {
		if inside > 0 && d < 4*lv.sigma {
			inside *= 0.5 * math.Erfc(-d/(math.Sqrt2*lv.sigma))
		}
	})
	i := at - b.from
	b.solid[i] = float32(inside*float64(b.solid[i]) + (1-inside)*(lv.housing-lv.air))
	b.open.Data[at] = uint8(float64(b.open.Data[at])*inside + 0.5)
	share := uint8(255 * bound(d+0.5, 0, 1))
	b.parts += int64(share) * int64(b.free.Data[at])
	if d < 0 {
		b.labels.Data[at] = segment.Housing
	} else {
		b.parts -= 255 * int64(b.free.Data[at])
	}
	b.free.Data[at] = min(b.free.Data[at], share)
}
