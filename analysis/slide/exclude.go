package slide

import (
	"context"
	"fmt"
	"image"
	"math"

	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Exclude says which structures of a section are looked for, so that they do not count as tissue.
type Exclude struct {
	FibreUM     float64 `yaml:"fibre_outer_um" json:"fibre_outer_um"` // outer diameter of hollow fibres cut across; 0: none are looked for
	FibreWallUM float64 `yaml:"fibre_wall_um" json:"fibre_wall_um"`   // thickness of their wall
	Folds       bool    `yaml:"folds" json:"folds"`                   // tissue that lies double
	Bubbles     bool    `yaml:"bubbles" json:"bubbles"`               // round, with a dark rim
	Ink         bool    `yaml:"ink" json:"ink"`                       // blots of ink of any colour, with their rim
	Focus       bool    `yaml:"focus" json:"focus"`                   // tissue that is much less sharp than the rest of the slide's
}

// exclusions are the structures that were found.
type exclusions struct {
	side    int     // pixels of a cell
	um      float64 // edge of a pixel, 0 where unknown
	w, h    int     // cells
	mask    []uint8 // label value of each cell, 0 for none: only what is not glass gets it
	fibres  []fibre
	bubbles []circle // in pixels

	lumen, wall, bubble uint8 // label values
}

// fibre is a hollow fibre cut across, in pixels.
type fibre struct {
	circle
	lumen float64 // radius
}

// exclude looks for the structures on the smaller copy of the slide.
func exclude(ctx context.Context, t *thumb, p Params, i0 [3]float64, o parallel.Options, prog parallel.Progress) (*exclusions, error) {
	e := &exclusions{side: t.side, um: t.um / float64(t.side), w: t.w, h: t.h, mask: make([]uint8, t.w*t.h),
		lumen: p.excluded(lumenClass), wall: p.excluded(fibreClass), bubble: p.excluded(bubbleClass)}
	od := t.densities(i0)
	prog.Stage("structures", 3)
	var marks blots
	err := parallel.Each(ctx, 3, o, prog, func(_ context.Context, i int) (err error) {
		switch {
		case i == 0:
			marks, err = t.blots(od, p, i0)
		case i == 1 && p.Exclude.FibreUM > 0 && t.um > 0:
			e.fibres = t.fibres(od, *p.Exclude)
		case i == 2 && p.Exclude.Bubbles && t.um > 0:
			e.bubbles = t.bubbles(od)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var blurred []uint8
	if p.Exclude.Focus {
		if blurred, err = t.unfocused(ctx, p, i0, e.bubbles, o); err != nil {
			return nil, err
		}
	}
	for _, m := range []blotting{
		{p.Exclude.Ink, marks.ink, inkLeastUM2, inkReachUM, p.inkValue()},
		{p.Exclude.Ink, marks.colour, colourLeastUM2, inkReachUM, p.inkValue()},
		{p.Exclude.Focus, blurred, focusLeastUM2, focusReachUM, p.excluded(focusClass)}, // a mixture of colours may pass for a fold
		{p.Exclude.Folds, marks.fold, foldLeastUM2, foldReachUM, p.excluded(foldClass)},
	} {
		if m.wanted {
			if err := e.spread(ctx, m, t.um, o); err != nil {
				return nil, err
			}
		}
	}
	return e, ctx.Err()
}

// blotting turns marked cells into excluded ones: in pieces of a least area, and with what is within reach.
type blotting struct {
	wanted       bool
	cells        []uint8
	least, reach float64 // µm² and µm; of cells of 2 µm where the size of a pixel is unknown
	value        uint8
}

// spread writes the value into the mask where nothing is excluded yet.
func (e *exclusions) spread(ctx context.Context, m blotting, cellUM float64, o parallel.Options) error {
	if cellUM == 0 {
		cellUM = thumbUM
	}
	mm := cellUM / 1000
	l := volume.New[uint8](volume.Grid{N: [3]int{e.w, e.h, 1}, Spacing: [3]float64{mm, mm, mm}, Calibration: volume.Calibration{Source: volume.Typed}})
	copy(l.Data, m.cells)
	pieces, all, err := label.Components(ctx, l, label.Of(1), 26, o, parallel.Discard{})
	if err != nil {
		return fmt.Errorf("structures of the slide: %w", err)
	}
	any := false
	for i, n := range pieces.Data {
		keep := n > 0 && float64(all[n-1].Count)*cellUM*cellUM >= m.least
		l.Data[i] = 0
		if keep {
			l.Data[i], any = 1, true
		}
	}
	if !any {
		return nil
	}
	return e.paint(ctx, l, m, o)
}

// paint writes the value to the cells within reach of marked ones. The nearest marked cell of any other lies on the
// border of its piece, and reaches are a few cells, so each border cell writes to those about it.
func (e *exclusions) paint(ctx context.Context, l *volume.Labels, m blotting, o parallel.Options) error {
	about, err := within(ctx, m.reach, l.Spacing, o)
	if err != nil {
		return fmt.Errorf("structures of the slide: %w", err)
	}
	set := func(x, y int) bool { return x >= 0 && y >= 0 && x < e.w && y < e.h && l.Data[y*e.w+x] == 1 }
	write := func(x, y int) {
		if x >= 0 && y >= 0 && x < e.w && y < e.h && e.mask[y*e.w+x] == 0 {
			e.mask[y*e.w+x] = m.value
		}
	}
	for i, v := range l.Data {
		if v == 0 {
			continue
		}
		x, y := i%e.w, i/e.w
		if set(x-1, y) && set(x+1, y) && set(x, y-1) && set(x, y+1) {
			write(x, y)
			continue
		}
		for _, d := range about {
			write(x+d.X, y+d.Y)
		}
	}
	return nil
}

// within are the cells whose distance from the side of one is at most reach, in µm; the spacing is in mm.
func within(ctx context.Context, reach float64, spacing [3]float64, o parallel.Options) ([]image.Point, error) {
	r := int(reach/(1000*min(spacing[0], spacing[1]))) + 1
	l := volume.New[uint8](volume.Grid{N: [3]int{2*r + 1, 2*r + 1, 1}, Spacing: spacing, Calibration: volume.Calibration{Source: volume.Typed}})
	l.Data[len(l.Data)/2] = 1
	d, err := distance.To(ctx, l, label.Of(1), o, parallel.Discard{})
	if err != nil {
		return nil, err
	}
	var all []image.Point
	for i, v := range d.Data {
		if 1000*float64(v) <= reach {
			all = append(all, image.Pt(i%(2*r+1)-r, i/(2*r+1)-r))
		}
	}
	return all, nil
}

// row writes the label values of what is excluded on the pixels from (x, y), 0 where nothing is. Values of the mask
// hold for tissue, those of circles for glass too.
func (e *exclusions) row(x, y int, out []uint8) {
	if e == nil {
		return
	}
	cells := e.mask[y/e.side*e.w:][:e.w]
	for rest, cell := out, x/e.side; len(rest) > 0; cell++ {
		n := min((cell+1)*e.side-(x+len(out)-len(rest)), len(rest))
		for i := range rest[:n] {
			rest[i] = cells[cell]
		}
		rest = rest[n:]
	}
	fill := func(c circle, r float64, v uint8) {
		dy := float64(y) + 0.5 - c.y
		if r <= math.Abs(dy) {
			return
		}
		half := math.Sqrt(r*r - dy*dy)
		for i := max(int(math.Ceil(c.x-half-0.5))-x, 0); i <= int(math.Floor(c.x+half-0.5))-x && i < len(out); i++ {
			out[i] = v
		}
	}
	for _, b := range e.bubbles {
		fill(b, b.r, e.bubble)
	}
	for _, f := range e.fibres {
		fill(f.circle, f.r, e.wall)
		fill(f.circle, f.lumen, e.lumen)
	}
}

// near gives the exclusions with only those circles that touch r.
func (e *exclusions) near(r image.Rectangle) *exclusions {
	if e == nil {
		return nil
	}
	touches := func(c circle) bool {
		x, y := math.Max(float64(r.Min.X), math.Min(c.x, float64(r.Max.X))), math.Max(float64(r.Min.Y), math.Min(c.y, float64(r.Max.Y)))
		return math.Hypot(c.x-x, c.y-y) <= c.r
	}
	n := *e
	n.fibres, n.bubbles = nil, nil
	for _, f := range e.fibres {
		if touches(f.circle) {
			n.fibres = append(n.fibres, f)
		}
	}
	for _, b := range e.bubbles {
		if touches(b) {
			n.bubbles = append(n.bubbles, b)
		}
	}
	return &n
}
