package slide

import (
	"context"
	"math"
	"slices"

	"explant/volume/parallel"
)

// Out of focus: how much of the change of light over focusFar cells is there over one, in blocks of tissue. It does
// not depend on contrast, so that smooth tissue in focus, which still has its grain, is not taken for blurred. On
// slides in focus no block has less than half of what the slide's median block has; a blur of 4 µm leaves a third.
const (
	focusMostUM   = 4.0  // of a cell, at most: larger ones do not show a blur
	focusBlockUM  = 32.0 // edge of a block, which is judged together with its neighbours
	focusFar      = 4    // cells
	focusSeed     = 0.42 // of the slide's median, at most, of a block with its neighbours
	focusGrow     = 0.5  // of a block that touches such a one, by itself
	focusLeastUM2 = 5000.0
	focusReachUM  = 8.0
	focusFewest   = 16  // blocks of tissue that tell what is usual on the slide
	focusTissue   = 0.5 // of a block that is judged
	glassOD       = 0.02
)

// changes are sums of squared differences of light between cells one and focusFar apart, and how many.
type changes struct {
	near, far   int64
	nears, fars int64
}

func (c *changes) add(o changes) {
	c.near, c.far, c.nears, c.fars = c.near+o.near, c.far+o.far, c.nears+o.nears, c.fars+o.fars
}

// sharpness is the share of the change over focusFar cells that is there over one, both less that of noise.
func (c changes) sharpness(noise float64) float64 {
	if c.nears == 0 || c.fars == 0 {
		return math.Inf(1)
	}
	near, far := float64(c.near)/float64(c.nears)-noise, float64(c.far)/float64(c.fars)-noise
	if far <= noise {
		return math.Inf(1) // nothing is there that could be sharp
	}
	return max(near, 0) / far
}

// unfocused marks the cells of blocks that are less sharp than the tissue of the slide. It wants to know the size of
// a pixel, and tells what is blurred from the rest of a slide, not a slide that is blurred everywhere.
func (t *thumb) unfocused(ctx context.Context, p Params, i0 [3]float64, bubbles []circle, o parallel.Options) ([]uint8, error) {
	out := make([]uint8, t.w*t.h)
	if t.um == 0 || t.um > focusMostUM {
		return out, nil
	}
	side := int(math.Round(focusBlockUM / t.um))
	b, err := t.changesOf(ctx, t.looks(p, i0, bubbles), side, o)
	if err != nil {
		return nil, err
	}
	marked := b.blurred(side)
	for y := range t.h {
		row := marked[y/side*b.w:][:b.w]
		for x, cells := 0, out[y*t.w:][:t.w]; x < t.w; x++ {
			if row[x/side] {
				cells[x] = 1
			}
		}
	}
	return out, nil
}

// What a cell is to the search for blur.
const (
	cellNeither uint8 = iota
	cellGlass
	cellTissue
)

// looks tell glass from tissue by the product of the light in red, green and blue, which falls as the mean density
// rises.
type looks struct {
	glass, tissue float64
	black         uint16 // sum of each channel at most: as dark as ink
	bubbles       []circle
}

func (t *thumb) looks(p Params, i0 [3]float64, bubbles []circle) looks {
	n := float64(t.pixels(0, 0))
	full := n * n * n * i0[0] * i0[1] * i0[2]
	return looks{
		glass: full * math.Pow(10, -3*glassOD), tissue: full * math.Pow(10, -3*p.TissueOD),
		black: uint16(inkGrey * n), bubbles: bubbles,
	}
}

// row gives the light of each cell of a row, and what it is. What is as dark as ink, in a bubble, which has a sharp
// rim, or cut by the slide's end is neither.
func (t *thumb) row(y int, k looks, light []int32, kinds []uint8) {
	sums := t.sums[3*y*t.w:][:3*t.w]
	for x := range kinds {
		r, g, b := sums[3*x], sums[3*x+1], sums[3*x+2]
		light[x], kinds[x] = int32(r)+int32(g)+int32(b), cellNeither
		switch v := float64(r) * float64(g) * float64(b); {
		case v > k.glass:
			kinds[x] = cellGlass
		case v <= k.tissue && max(r, g, b) > k.black:
			kinds[x] = cellTissue
		}
	}
	kinds[t.w-1] = cellNeither
	if y == t.h-1 {
		clear(kinds)
	}
	for _, b := range k.bubbles {
		side := float64(t.side)
		dy, r := float64(y)-(b.y/side-0.5), b.r/side+1
		if half := math.Sqrt(max(r*r-dy*dy, 0)); half > 0 {
			x := b.x/side - 0.5
			if lo, hi := max(int(x-half), 0), min(int(x+half)+1, t.w); lo < hi {
				clear(kinds[lo:hi])
			}
		}
	}
}

// focusBlocks hold the changes of tissue and of glass by block.
type focusBlocks struct {
	w, h          int
	tissue, glass []changes
}

// changesOf sums the changes from each cell to the cells right of it and below it that are of the same kind, in the
// block of the first.
func (t *thumb) changesOf(ctx context.Context, k looks, side int, o parallel.Options) (*focusBlocks, error) {
	b := &focusBlocks{w: (t.w + side - 1) / side, h: (t.h + side - 1) / side}
	b.tissue, b.glass = make([]changes, b.w*b.h), make([]changes, b.w*b.h)
	err := parallel.Each(ctx, b.h, o, parallel.Discard{}, func(_ context.Context, i int) error {
		first, last := i*side, min((i+1)*side+focusFar, t.h)
		light, kinds := make([]int32, (last-first)*t.w), make([]uint8, (last-first)*t.w)
		for y := first; y < last; y++ {
			at := (y - first) * t.w
			t.row(y, k, light[at:at+t.w], kinds[at:at+t.w])
		}
		for y := 0; y < side && y+focusFar < last-first; y++ {
			at := y * t.w
			b.add(i, side, t.w, light[at:], kinds[at:])
		}
		return nil
	})
	return b, err
}

// add sums the changes of one row of w cells, with which light and kinds begin; focusFar rows follow.
func (b *focusBlocks) add(row, side, w int, light []int32, kinds []uint8) {
	for x := range w - focusFar {
		kind := kinds[x]
		if kind == cellNeither {
			continue
		}
		c := &b.tissue[row*b.w+x/side]
		if kind == cellGlass {
			c = &b.glass[row*b.w+x/side]
		}
		for _, j := range [...]int{x + 1, x + w} {
			if kinds[j] == kind {
				d := int64(light[j] - light[x])
				c.near, c.nears = c.near+d*d, c.nears+1
			}
		}
		for _, j := range [...]int{x + focusFar, x + focusFar*w} {
			if kinds[j] == kind {
				d := int64(light[j] - light[x])
				c.far, c.fars = c.far+d*d, c.fars+1
			}
		}
	}
}

// noise is the mean change of the quietest block that is all glass: 0 where there is none, which finds less.
func (b *focusBlocks) noise(side int) float64 {
	least := math.Inf(1)
	for _, c := range b.glass {
		if c.nears >= int64(2*side*(side-1)) {
			least = min(least, float64(c.near)/float64(c.nears))
		}
	}
	if math.IsInf(least, 1) {
		return 0
	}
	return least
}

// blurred marks the blocks that with their neighbours are much less sharp than is usual, and those that touch them
// and are so by themselves.
func (b *focusBlocks) blurred(side int) []bool {
	noise, enough := b.noise(side), int64(focusTissue*2*float64(side*side))
	alone, around := make([]float64, b.w*b.h), make([]float64, b.w*b.h)
	var usual []float64
	for i := range alone {
		alone[i], around[i] = math.Inf(1), math.Inf(1)
		if b.tissue[i].nears < enough {
			continue
		}
		var sum changes
		b.about(i, func(j int) { sum.add(b.tissue[j]) })
		alone[i], around[i] = b.tissue[i].sharpness(noise), sum.sharpness(noise)
		usual = append(usual, around[i])
	}
	marked := make([]bool, b.w*b.h)
	if len(usual) < focusFewest {
		return marked
	}
	slices.Sort(usual)
	median := usual[len(usual)/2]
	for i, v := range around {
		if v >= focusSeed*median {
			continue
		}
		b.about(i, func(j int) { marked[j] = marked[j] || alone[j] < focusGrow*median })
	}
	return marked
}

// about visits a block and those that touch it.
func (b *focusBlocks) about(i int, visit func(j int)) {
	for y := max(i/b.w-1, 0); y <= min(i/b.w+1, b.h-1); y++ {
		for x := max(i%b.w-1, 0); x <= min(i%b.w+1, b.w-1); x++ {
			visit(y*b.w + x)
		}
	}
}
