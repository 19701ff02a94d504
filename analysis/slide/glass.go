package slide

import (
	"context"
	"image"
	"slices"
	"sync"

	"explant/volume/parallel"
)

// Clear glass is bright, nearly neutral and unsaturated, and stands out as a peak of the histogram.
const (
	maxChroma  = 30  // grey levels between the brightest and darkest channel of glass
	halfPeak   = 6   // grey levels on both sides of the peak that are taken as glass
	prominence = 1.2 // how much denser the peak is than the levels just below it
)

// The slide is cut into gridSide x gridSide blocks for the jackknife, which wants at least minBlocks.
const (
	gridSide  = 6
	minBlocks = 8
)

// tones is what the first pass knows of a part of the slide: how many neutral, unsaturated pixels there
// are for each level of their darkest channel, the sums of their channels, and how many pixels are clipped.
type tones struct {
	n            [256]int64
	sum          [256][3]int64
	clipped, all int64
}

func (t *tones) merge(o *tones, sign int64) {
	for v := range t.n {
		t.n[v] += sign * o.n[v]
		for c := range 3 {
			t.sum[v][c] += sign * o.sum[v][c]
		}
	}
	t.clipped += sign * o.clipped
	t.all += sign * o.all
}

// packed are tones of at most 2^24 pixels, two sums in a number: how many and red, green and blue.
type packed struct {
	sums    [256][2]uint64
	clipped int64
}

// count adds one row of interleaved pixels.
func (t *packed) count(rgb []uint8) {
	for ; len(rgb) >= 3; rgb = rgb[3:] {
		r, g, b := rgb[0], rgb[1], rgb[2]
		lo, hi := min(r, g, b), max(r, g, b)
		if lo == 0 || hi == 255 {
			t.clipped++
		} else if hi-lo <= maxChroma {
			s := &t.sums[lo]
			s[0] += 1<<32 | uint64(r)
			s[1] += uint64(g)<<32 | uint64(b)
		}
	}
}

// tones are those of so many pixels.
func (t *packed) tones(pixels int) *tones {
	out := &tones{clipped: t.clipped, all: int64(pixels)}
	for v, s := range t.sums {
		out.n[v] = int64(s[0] >> 32)
		out.sum[v] = [3]int64{int64(s[0] & (1<<32 - 1)), int64(s[1] >> 32), int64(s[1] & (1<<32 - 1))}
	}
	return out
}

// glass finds the mean level of clear glass in each channel and its share of the region in percent. The
// peak is the mode, after triangular smoothing, of the darkest channel's level at or above p.GlassGrey; it
// must hold p.GlassPercent of the pixels and stand out. ok is false where there is no such peak.
func (t *tones) glass(p Params) (i0 [3]float64, percent float64, ok bool) {
	peak, most := 0, int64(0)
	for v := p.GlassGrey; v <= 254; v++ {
		near := t.n[v-2] + 2*t.n[v-1] + 3*t.n[v] + 2*t.n[v+1]
		if v < 254 {
			near += t.n[v+2]
		}
		if near > most {
			peak, most = v, near
		}
	}
	if most == 0 {
		return i0, 0, false
	}
	var n, below int64
	var sum [3]int64
	for v := peak - halfPeak; v <= min(peak+halfPeak, 254); v++ {
		n += t.n[v]
		for c := range sum {
			sum[c] += t.sum[v][c]
		}
	}
	for v := peak - 3*halfPeak; v < peak-halfPeak; v++ {
		below += t.n[v]
	}
	width := min(peak+halfPeak, 254) - (peak - halfPeak) + 1
	dense := float64(n) / float64(width)
	percent = 100 * float64(n) / float64(t.all)
	if percent < p.GlassPercent || dense < prominence*float64(below)/(2*halfPeak) {
		return i0, percent, false
	}
	for c := range sum {
		i0[c] = float64(sum[c]) / float64(n)
	}
	return i0, percent, true
}

// survey is the first pass: the tones of each block, and the smaller copy where one is wanted.
func survey(ctx context.Context, t tiling, small *thumb, o parallel.Options, prog parallel.Progress) ([]tones, error) {
	blocks := make([]tones, gridSide*gridSide)
	var mu sync.Mutex
	watcher, watched := t.src.(Watcher)
	prog.Stage("glass level", t.count())
	err := parallel.Each(ctx, t.count(), o, prog, func(ctx context.Context, i int) error {
		r := t.rect(i)
		return t.read(ctx, r, func(px []uint8) error {
			if watched {
				watcher.Watch(r, px)
			}
			for _, b := range t.blocks(r) {
				var part packed
				for y := b.rect.Min.Y; y < b.rect.Max.Y; y++ {
					at := 3 * ((y-r.Min.Y)*r.Dx() + b.rect.Min.X - r.Min.X)
					part.count(px[at : at+3*b.rect.Dx()])
				}
				mu.Lock() // integers: the order of the sums does not matter
				blocks[b.index].merge(part.tones(b.rect.Dx()*b.rect.Dy()), 1)
				mu.Unlock()
			}
			if small != nil {
				part := small.part(r, px)
				mu.Lock()
				small.merge(r, part)
				mu.Unlock()
			}
			return nil
		})
	})
	return blocks, err
}

// blockPart is the part of a tile that lies in one block.
type blockPart struct {
	index int
	rect  image.Rectangle
}

// blocks cuts r at the borders of the jackknife's blocks.
func (t tiling) blocks(r image.Rectangle) []blockPart {
	var parts []blockPart
	for i := range gridSide * gridSide {
		x, y := i%gridSide, i/gridSide
		b := image.Rect(x*t.w/gridSide, y*t.h/gridSide, (x+1)*t.w/gridSide, (y+1)*t.h/gridSide).Intersect(r)
		if !b.Empty() {
			parts = append(parts, blockPart{i, b})
		}
	}
	return parts
}

// glassLevel is the level of glass of the slide and of the slide without each block that holds glass.
type glassLevel struct {
	i0      [3]float64
	percent float64 // of the region
	found   bool
	left    [][3]float64 // leave-one-out levels
	leftOut []int        // the block left out
	clipped float64      // percent of the region with a channel at 0 or 255
}

// assumedGlass is the level taken where no glass is in the field.
var assumedGlass = [3]float64{255, 255, 255}

func newGlassLevel(blocks []tones, p Params) glassLevel {
	var whole tones
	for i := range blocks {
		whole.merge(&blocks[i], 1)
	}
	g := glassLevel{i0: assumedGlass, clipped: 100 * float64(whole.clipped) / float64(whole.all)}
	i0, percent, ok := whole.glass(p)
	if !ok {
		return g
	}
	g.i0, g.percent, g.found = i0, percent, true
	for i := range blocks {
		if blocks[i].bright(i0) == 0 {
			continue
		}
		rest := whole
		rest.merge(&blocks[i], -1)
		level, _, ok := rest.glass(p)
		if !ok { // the glass lies in this block alone: nothing can be said of its spread
			g.left, g.leftOut = nil, nil
			return g
		}
		g.left, g.leftOut = append(g.left, level), append(g.leftOut, i)
	}
	return g
}

// bright counts the block's pixels that may belong to the glass peak at i0.
func (t *tones) bright(i0 [3]float64) (n int64) {
	peak := int(slices.Min(i0[:]))
	for v := max(peak-halfPeak, 0); v <= min(peak+halfPeak, 255); v++ {
		n += t.n[v]
	}
	return n
}
