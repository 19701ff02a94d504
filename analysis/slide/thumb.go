package slide

import (
	"image"
	"math"

	"explant/analysis/stain"
	"explant/volume"
)

// The picture on which structures are looked for has cells of about thumbUM, at most thumbCells along a side.
const (
	thumbUM    = 2.0
	thumbCells = 2800
)

// thumb is a smaller copy of the slide: the mean light of cells of side x side pixels. Of cells wider than mostSummed
// pixels every step-th row and column is taken, so that a sum has 16 bits.
type thumb struct {
	side, step, w, h int
	slide            image.Rectangle
	um               float64 // edge of a cell in µm; 0 where the size of a pixel is unknown
	sums             []uint16
}

// mostSummed is the side of the largest cell of which the sum of all pixels fits into 16 bits.
const mostSummed = 16

func newThumb(g volume.Grid) *thumb {
	longest := max(g.N[0], g.N[1])
	side := max((longest+thumbCells-1)/thumbCells, 1)
	um := 0.0
	if g.Calibrated() {
		pixel := 1000 * math.Sqrt(g.Spacing[0]*g.Spacing[1])
		side = max(side, int(math.Round(thumbUM/pixel)))
		um = float64(side) * pixel
	}
	t := &thumb{side: side, step: (side + mostSummed - 1) / mostSummed, w: (g.N[0] + side - 1) / side, h: (g.N[1] + side - 1) / side, slide: image.Rect(0, 0, g.N[0], g.N[1]), um: um}
	t.sums = make([]uint16, 3*t.w*t.h)
	return t
}

// part sums the pixels of r, row by row in px, into cells of their own; merge adds them to the whole.
func (t *thumb) part(r image.Rectangle, px []uint8) *thumb {
	x0, y0 := r.Min.X/t.side, r.Min.Y/t.side
	p := &thumb{w: (r.Max.X-1)/t.side - x0 + 1, h: (r.Max.Y-1)/t.side - y0 + 1}
	p.sums = make([]uint16, 3*p.w*p.h)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if y%t.side%t.step != 0 {
			continue
		}
		row, sums := px[3*(y-r.Min.Y)*r.Dx():][:3*r.Dx()], p.sums[3*(y/t.side-y0)*p.w:]
		first := r.Min.X % t.side // place in the cell
		for len(row) > 0 {
			n := min(3*(t.side-first), len(row))
			t.cell(sums[:3:3], row[:n], first)
			row, sums, first = row[n:], sums[3:], 0
		}
	}
	return p
}

// cell adds the pixels of one row of a cell to its sums; first is the place of the first of them in the cell.
func (t *thumb) cell(sum []uint16, px []uint8, first int) {
	var r, g, b uint16
	i := 0
	if first > 0 {
		i = 3 * ((t.step - first%t.step) % t.step)
	}
	for ; i+3 <= len(px); i += 3 * t.step {
		r, g, b = r+uint16(px[i]), g+uint16(px[i+1]), b+uint16(px[i+2])
	}
	sum[0], sum[1], sum[2] = sum[0]+r, sum[1]+g, sum[2]+b
}

func (t *thumb) merge(r image.Rectangle, p *thumb) {
	x0, y0 := r.Min.X/t.side, r.Min.Y/t.side
	for y := range p.h {
		to := t.sums[3*((y0+y)*t.w+x0):]
		for i, v := range p.sums[3*y*p.w : 3*(y+1)*p.w] {
			to[i] += v
		}
	}
}

// pixels is how many pixels of a cell are summed: fewer at the far sides of the slide.
func (t *thumb) pixels(x, y int) int {
	across := min(t.side, t.slide.Dx()-x*t.side)
	down := min(t.side, t.slide.Dy()-y*t.side)
	return ((across + t.step - 1) / t.step) * ((down + t.step - 1) / t.step)
}

// densities are the optical densities of each cell's mean light: tabulated for the sums of whole cells, so that they
// need no memory.
type densities struct {
	*thumb
	i0    [3]float64
	table [3][]float32
}

func (t *thumb) densities(i0 [3]float64) densities {
	d := densities{thumb: t, i0: i0}
	n := (t.side + t.step - 1) / t.step
	for c := range d.table {
		d.table[c] = make([]float32, 255*n*n+1)
		for sum := range d.table[c] {
			d.table[c][sum] = float32(stain.Density(float64(sum)/float64(n*n), i0[c]))
		}
	}
	return d
}

// all gives the density of each cell in order.
func (d densities) all(yield func(i int, od [3]float32) bool) {
	n := len(d.table[0]) / 255 // pixels of a whole cell
	for y := range d.h {
		for x := range d.w {
			i := y*d.w + x
			s := d.sums[3*i : 3*i+3 : 3*i+3]
			od := [3]float32{d.table[0][s[0]], d.table[1][s[1]], d.table[2][s[2]]}
			if x == d.w-1 || y == d.h-1 {
				if part := d.pixels(x, y); part != n {
					for c := range od {
						od[c] = float32(stain.Density(float64(s[c])/float64(part), d.i0[c]))
					}
				}
			}
			if !yield(i, od) {
				return
			}
		}
	}
}
