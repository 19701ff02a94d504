package fluorescence

import (
	"context"
	"fmt"
	"image"
	"math"

	"explant/analysis/coloc"
	"explant/analysis/result"
	"explant/volume"
	"explant/volume/parallel"
)

// Slide gives the windows of a field that is too large to be held. It must be safe for concurrent use.
type Slide interface {
	// Grid is the size and calibration; N[2] is 1.
	Grid() volume.Grid
	// Channels are the channels without their counts.
	Channels() []Channel
	// Read gives the counts of every channel in a window.
	Read(ctx context.Context, r image.Rectangle) ([][]float32, error)
}

// Sink receives the class and the counts of the pixels of a tile, row by row. Tiles come one at a time, row by row.
type Sink func(r image.Rectangle, labels []uint8, counts [][]float32) error

const (
	// TileSide is the side of a tile in pixels; it has no influence on the result.
	TileSide = 1024
	// halo is how far around a tile it is looked: haze reaches 120 pixels, and the largest group of nuclei lies within the rest.
	halo = 258
	// LargestField is the number of pixels up to which a field is learnt as a whole. Up to that many [Analyze] takes less time.
	LargestField = 1 << 23
	patchSide    = 256
	patches      = 7 // along each side
)

// AnalyzeSlide measures a field tile by tile. What [Analyze] learns of a field, such as background, haze, bleed-through and
// what nuclei look like, is learnt on parts of the slide, evenly spread, where it has more than LargestField pixels; then
// every pixel is measured in a window around its tile. A slide of fewer pixels gives the classes that Analyze gives. The
// fullness of a channel is not learnt: its Full should be that of the camera.
// Memory: a window's channels about eight times in float32, and two bits for each pixel of the slide.
func AnalyzeSlide(ctx context.Context, src Slide, controls []Field, p Params, o parallel.Options, prog parallel.Progress, sink Sink) (result.Findings, error) {
	return analyzeTiles(ctx, src, controls, p, o, prog, sink, TileSide)
}

// tiles is a slide on its way through the engine.
type tiles struct {
	Slide
	*lessons
	w, h, side int
	o          parallel.Options
	prog       parallel.Progress
	free, net  *bitset
}

func analyzeTiles(ctx context.Context, src Slide, controls []Field, p Params, o parallel.Options, prog parallel.Progress, sink Sink, side int) (result.Findings, error) {
	if prog == nil {
		prog = parallel.Discard{}
	}
	f, of, err := sample(ctx, src)
	if err != nil {
		return result.Findings{}, err
	}
	s, err := findOn(ctx, f, of, controls, p, o, prog)
	if err != nil {
		return result.Findings{}, err
	}
	main, err := s.masks(ctx, measured)
	if err != nil {
		return result.Findings{}, err
	}
	learnt := s.lessons(main)
	s.forget()
	g := src.Grid()
	t := &tiles{Slide: src, lessons: learnt, w: g.N[0], h: g.N[1], side: side, o: o, prog: prog, net: newBitset(g.N[0], g.N[1])}
	if err := t.findFree(ctx); err != nil {
		return result.Findings{}, err
	}
	sum := s.newTally()
	sum.outline = t.free.border()
	block := s.scrambleSide()
	sum.place(coloc.Blocks(t.w, t.h, block, t.free.within(block)), block)
	if err := t.measure(ctx, sum, sink); err != nil {
		return result.Findings{}, err
	}
	sum.pieces, _, _ = t.net.pieces(true)
	r := &report{scene: s, tally: sum, um2: 1}
	if _, err := (Field{Grid: g}).pixelUM(); err == nil {
		r.um2, r.calibrated = s.um*s.um, true
	}
	if of != nil {
		r.Flags = append(r.Flags, result.Flag{
			ID:     "learnt-on-parts",
			Text:   fmt.Sprintf("The field is large: background, thresholds and what a nucleus looks like were learnt on %d parts of %d x %d pixels, evenly spread. Everything is measured on all of it.", len(of), patchSide, patchSide),
			Remedy: "State control slides of the batch with --control.",
		})
	}
	r.withholdLikes("it is looked for in a field that is measured as a whole, not tile by tile")
	return r.Findings, r.write(ctx)
}

// sample is the slide itself where it is small, else parts of it beside each other, and where they are from.
func sample(ctx context.Context, src Slide) (f Field, of []spot, err error) {
	g := src.Grid()
	f = Field{Grid: g, Channels: src.Channels()}
	size := image.Pt(g.N[0], g.N[1])
	if g.N[0]*g.N[1] <= LargestField || g.N[0] < patches*patchSide || g.N[1] < patches*patchSide {
		counts, err := src.Read(ctx, image.Rectangle{Max: size})
		for i := range counts {
			f.Channels[i].Counts = counts[i]
		}
		return f, nil, err
	}
	f.Grid.N = [3]int{patches * patchSide, patches * patchSide, 1}
	for i := range f.Channels {
		f.Channels[i].Counts = make([]float32, f.Grid.N[0]*f.Grid.N[1])
	}
	for k := range patches * patches {
		in := image.Rect(0, 0, patchSide, patchSide).Add(image.Pt(k%patches, k/patches).Mul(patchSide))
		s := spot{in: in, slide: size, from: image.Pt(startOf(k%patches, size.X), startOf(k/patches, size.Y))}
		counts, err := src.Read(ctx, image.Rect(0, 0, patchSide, patchSide).Add(s.from))
		if err != nil {
			return f, nil, err
		}
		for i, c := range counts {
			for y := range patchSide {
				copy(f.Channels[i].Counts[(in.Min.Y+y)*f.Grid.N[0]+in.Min.X:], c[y*patchSide:][:patchSide])
			}
		}
		of = append(of, s)
	}
	return f, of, nil
}

// startOf is where patch k of a side of n pixels begins: in the middle of its share.
func startOf(k, n int) int { return (2*k+1)*n/(2*patches) - patchSide/2 }

// windows calls use with every tile, its window and the counts there, row by row.
func (t *tiles) windows(ctx context.Context, stage string, use func(core, window image.Rectangle, f Field) error) error {
	all := image.Rect(0, 0, t.w, t.h)
	t.prog.Stage(stage, ((t.w+t.side-1)/t.side)*((t.h+t.side-1)/t.side))
	n := max(int(hazeBin*t.p.HazeUM/t.um), 1) // windows begin where a bin of the haze does
	for y := 0; y < t.h; y += t.side {
		for x := 0; x < t.w; x += t.side {
			if err := ctx.Err(); err != nil {
				return err
			}
			core := image.Rect(x, y, x+t.side, y+t.side).Intersect(all)
			window := core.Inset(-halo)
			window.Min.X, window.Min.Y = window.Min.X/n*n, window.Min.Y/n*n
			window = window.Intersect(all)
			counts, err := t.Read(ctx, window)
			if err != nil {
				return fmt.Errorf("read pixels %v: %w", window, err)
			}
			f := Field{Grid: t.Grid(), Channels: t.Channels()}
			f.Grid.N = [3]int{window.Dx(), window.Dy(), 1}
			for i := range counts {
				f.Channels[i].Counts = counts[i]
			}
			if err := use(core, window, f); err != nil {
				return err
			}
			t.prog.Add(1)
		}
	}
	return nil
}

func (t *tiles) at(window image.Rectangle) spot {
	return spot{in: image.Rectangle{Max: window.Size()}, from: window.Min, slide: image.Pt(t.w, t.h)}
}

// findFree finds the walls of fibres on the whole slide, and what they enclose.
func (t *tiles) findFree(ctx context.Context) error {
	t.free = newBitset(t.w, t.h)
	if t.p.GlowUM2 == 0 || len(t.channels) < leastGlow {
		t.free.invert()
		return nil
	}
	err := t.windows(ctx, "find fibres", func(core, window image.Rectangle, f Field) error {
		p, err := t.prepare(ctx, f, t.at(window), nil, t.o)
		if err != nil {
			return err
		}
		wall, err := p.wall(ctx)
		t.free.put(core, window, wall)
		for _, c := range p.channels {
			planes.give(c.light)
		}
		return err
	})
	if err != nil {
		return err
	}
	least := t.p.GlowUM2 / t.um / t.um
	t.free.keep(true, func(size, _ int) bool { return float64(size) >= least })
	walls := t.free.count() > 0
	t.free.invert()
	if walls {
		t.free.keep(false, func(size, largest int) bool { return size == largest || float64(size) < least })
	}
	return nil
}

// measure finds everything tile by tile.
func (t *tiles) measure(ctx context.Context, sum *tally, sink Sink) error {
	return t.windows(ctx, "find structures", func(core, window image.Rectangle, f Field) error {
		p, err := t.prepare(ctx, f, t.at(window), t.free.cut(window), t.o)
		if err != nil {
			return err
		}
		s, err := t.scene(ctx, p)
		if err != nil {
			return err
		}
		defer s.done()
		one := part{window: window, core: core}
		if sum.outline > 0 && len(t.p.LayersUM) > 0 {
			if one.layer, err = t.layers(window); err != nil {
				return err
			}
		}
		labels, net, err := sum.add(ctx, s, one, t.order)
		if err != nil {
			return err
		}
		if net != nil {
			t.net.put(core, window, net)
		}
		counts := make([][]float32, len(f.Channels))
		for i, c := range f.Channels {
			counts[i] = cropped(c.Counts, one)
		}
		return sink(core, labels, counts)
	})
}

// layers are those of the pixels of a window, by the fibres within the last layer.
func (t *tiles) layers(window image.Rectangle) ([]int8, error) {
	reach := int(math.Ceil(t.p.LayersUM[len(t.p.LayersUM)-1]/t.um)) + 4
	wide := window.Inset(-reach).Intersect(image.Rect(0, 0, t.w, t.h))
	of, err := cleaner{p: t.p, um: t.um}.layerOf(t.free.cut(wide), wide.Dx(), wide.Dy())
	return cropped(of, part{window: wide, core: window}), err
}
