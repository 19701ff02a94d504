package slide

import (
	"image"

	"explant/analysis/result"
	"explant/volume"
)

// MetricCells is the number of nuclei by the area of tissue, 1/mm².
const MetricCells = "h.cells"

const nucleusClass = "nucleus"

// Nuclei: pieces of their class of at least nucleusLeastUM2. Lobes that touch are one; a nucleus is seen well when
// its radius has leastNucleusPX pixels.
const (
	nucleusLeastUM2 = 8.0
	nucleusUM       = 4.0 // radius of a small nucleus, by which the size of a pixel is judged
	leastNucleusPX  = 6.0
)

// nuclei counts the pieces of one class while tiles go by in row-major order. It holds one row of tiles.
type nuclei struct {
	value, least int
	w            int
	band         []uint8 // labels of the current row of tiles
	parent       []int   // of each piece
	size         []int
	open         []run // of the row before, with their pieces
	n            int
}

// run is a stretch of pixels of a row and its piece.
type run struct{ from, to, piece int }

// newNuclei is nil where the protocol has no class of nuclei or a nucleus is too few pixels wide.
func newNuclei(p Params, g volume.Grid) *nuclei {
	um := 1000 * g.Spacing[0]
	if !g.Calibrated() || nucleusUM/um < leastNucleusPX {
		return nil
	}
	for _, k := range p.measured() {
		if k.class == nucleusClass {
			return &nuclei{value: int(k.value), least: int(nucleusLeastUM2 / (um * um)), w: g.N[0]}
		}
	}
	return nil
}

// add takes the labels of the tile at.
func (c *nuclei) add(at image.Rectangle, labels []uint8) {
	if c == nil {
		return
	}
	if at.Min.X == 0 {
		c.band = append(c.band[:0], make([]uint8, c.w*at.Dy())...)
	}
	for y := range at.Dy() {
		copy(c.band[y*c.w+at.Min.X:], labels[y*at.Dx():(y+1)*at.Dx()])
	}
	if at.Max.X < c.w {
		return
	}
	for y := range at.Dy() {
		c.row(c.band[y*c.w : (y+1)*c.w])
	}
}

// row joins the runs of a row to those of the row before, corners included.
func (c *nuclei) row(labels []uint8) {
	var runs []run
	open := c.open
	for x := 0; x < len(labels); x++ {
		if int(labels[x]) != c.value {
			continue
		}
		r := run{from: x, piece: -1}
		for x < len(labels) && int(labels[x]) == c.value {
			x++
		}
		r.to = x
		for len(open) > 0 && open[0].to < r.from { // no later run reaches back to it
			open = open[1:]
		}
		for _, o := range open {
			if o.from > r.to {
				break
			}
			if p := c.root(o.piece); r.piece < 0 {
				r.piece = p
			} else if r.piece != p {
				c.parent[p], c.size[r.piece] = r.piece, c.size[r.piece]+c.size[p]
			}
		}
		if r.piece < 0 {
			r.piece = len(c.parent)
			c.parent, c.size = append(c.parent, r.piece), append(c.size, 0)
		}
		c.size[r.piece] += r.to - r.from
		runs = append(runs, r)
	}
	c.close(runs)
}

// close counts the pieces that do not go on, and numbers the open ones anew, so that memory does not grow with the
// slide.
func (c *nuclei) close(runs []run) {
	number := map[int]int{}
	var size []int
	for i := range runs {
		p := c.root(runs[i].piece)
		if _, ok := number[p]; !ok {
			number[p] = len(size)
			size = append(size, c.size[p])
		}
		runs[i].piece = number[p]
	}
	for p := range c.parent {
		if _, goes := number[p]; c.parent[p] == p && !goes && c.size[p] >= c.least {
			c.n++
		}
	}
	c.parent = c.parent[:0]
	for p := range size {
		c.parent = append(c.parent, p)
	}
	c.size, c.open = size, runs
}

func (c *nuclei) root(p int) int {
	for c.parent[p] != p {
		p = c.parent[p]
	}
	return p
}

// count ends the slide; ok is false where nuclei were not counted.
func (c *nuclei) count() (n int, ok bool) {
	if c == nil {
		return 0, false
	}
	c.close(nil)
	return c.n, true
}

// cells adds the density of nuclei in the tissue.
func (r *report) cells(calibrated bool) {
	if _, has := r.p.Rules[nucleusClass]; !has || r.blind(MetricCells, nucleusClass) {
		return
	}
	tissue := float64(r.c.tallies[cutMeasured].tissue) * r.pixel
	switch {
	case !calibrated:
		r.withhold(MetricCells, nucleusClass, "uncalibrated: the size of a pixel is unknown; state it to get nuclei by mm²")
	case !r.c.countedNuclei:
		r.withhold(MetricCells, nucleusClass, "a nucleus of 4 µm radius has fewer than 6 pixels to its middle: scan at 0.6 µm a pixel or finer")
	case tissue == 0:
		r.withhold(MetricCells, nucleusClass, "no tissue in the region")
	default:
		r.add(result.Measurement{Metric: MetricCells, Part: nucleusClass, Value: float64(r.c.nuclei) / tissue, Unit: "{cell}/mm2",
			Numerator: result.F(float64(r.c.nuclei)), Denominator: result.F(tissue), DenominatorName: tissuePart + r.unit, NObject: result.N(r.c.nuclei)}, spread{})
	}
}
