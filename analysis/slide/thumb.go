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

// thumb is a smaller copy of the slide: the mean light of cells of side x side pixels.
type thumb struct {
	side, w, h int
	slide      image.Rectangle
	um         float64 // edge of a cell in µm; 0 where the size of a pixel is unknown
	sums       []uint32
}

func newThumb(g volume.Grid) *thumb {
	longest := max(g.N[0], g.N[1])
	side := max((longest+thumbCells-1)/thumbCells, 1)
	um := 0.0
	if g.Calibrated() {
		pixel := 1000 * math.Sqrt(g.Spacing[0]*g.Spacing[1])
		side = max(side, int(math.Round(thumbUM/pixel)))
		um = float64(side) * pixel
	}
	t := &thumb{side: side, w: (g.N[0] + side - 1) / side, h: (g.N[1] + side - 1) / side, slide: image.Rect(0, 0, g.N[0], g.N[1]), um: um}
	t.sums = make([]uint32, 3*t.w*t.h)
	return t
}

// part sums the pixels of r, row by row in px, into cells of their own; merge adds them to the whole.
func (t *thumb) part(r image.Rectangle, px []uint8) *thumb {
	x0, y0 := r.Min.X/t.side, r.Min.Y/t.side
	p := &thumb{w: (r.Max.X-1)/t.side - x0 + 1, h: (r.Max.Y-1)/t.side - y0 + 1}
	p.sums = make([]uint32, 3*p.w*p.h)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row, at := px[3*(y-r.Min.Y)*r.Dx():], p.sums[3*(y/t.side-y0)*p.w:]
		cell, left := 0, t.side-r.Min.X%t.side
		for x := range r.Dx() {
			if left == 0 {
				cell, left = cell+3, t.side
			}
			left--
			at[cell] += uint32(row[3*x])
			at[cell+1] += uint32(row[3*x+1])
			at[cell+2] += uint32(row[3*x+2])
		}
	}
	return p
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

// pixels is how many pixels a cell holds.
func (t *thumb) pixels(x, y int) int {
	return image.Rect(x*t.side, y*t.side, (x+1)*t.side, (y+1)*t.side).Intersect(t.slide).Size().X *
		image.Rect(x*t.side, y*t.side, (x+1)*t.side, (y+1)*t.side).Intersect(t.slide).Size().Y
}

// densities gives the optical density of each cell's mean light.
func (t *thumb) densities(i0 [3]float64) [][3]float32 {
	out := make([][3]float32, t.w*t.h)
	for i := range out {
		n := float64(t.pixels(i%t.w, i/t.w))
		for c := range 3 {
			out[i][c] = float32(stain.Density(float64(t.sums[3*i+c])/n, i0[c]))
		}
	}
	return out
}
