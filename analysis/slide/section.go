package slide

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"

	"explant/volume"
	"explant/volume/distance"
	"explant/volume/label"
	"explant/volume/parallel"
)

// A section is outlined on square cells of about cellUM, at most maxCells along a side of the slide.
const (
	cellUM   = 5.0
	maxCells = 2048
)

// section outlines the section on the slide: everything within a reach of its tissue, so that the gaps of
// loose tissue belong to it. Cells count their tissue pixels while the labels of the slide go by.
type section struct {
	grid   volume.Grid // of the cells
	slide  image.Rectangle
	side   int // of a cell, pixels
	tissue []int32
	within [256]bool // label values that count: of tissue, and of folds and blurred tissue, which are of the section too
}

// newSection is nil where the protocol asks for no outline or the size of a pixel is unknown.
func newSection(p Params, g volume.Grid) *section {
	if p.SectionReachUM == 0 || !g.Calibrated() {
		return nil
	}
	longest := max(g.N[0], g.N[1])
	side := max(int(math.Round(cellUM/1000/max(g.Spacing[0], g.Spacing[1]))), (longest+maxCells-1)/maxCells, 1)
	cells := g
	for axis := range 2 {
		cells.N[axis] = (g.N[axis] + side - 1) / side
		cells.Spacing[axis] = g.Spacing[axis] * float64(side)
	}
	cells.Spacing[2] = cells.Spacing[0]
	within := p.tissueValues()
	if p.Exclude != nil {
		within[p.excluded(foldClass)], within[p.excluded(focusClass)] = true, true
	}
	return &section{cells, image.Rect(0, 0, g.N[0], g.N[1]), side, make([]int32, cells.N[0]*cells.N[1]), within}
}

// add counts what is of the section in the tile at.
func (s *section) add(at image.Rectangle, labels []uint8) {
	if s == nil {
		return
	}
	for y := at.Min.Y; y < at.Max.Y; y++ {
		row, cells := labels[(y-at.Min.Y)*at.Dx():][:at.Dx()], s.tissue[y/s.side*s.grid.N[0]:]
		for i, l := range row {
			if s.within[l] {
				cells[(at.Min.X+i)/s.side]++
			}
		}
	}
}

// pixels is how many pixels of the slide a cell holds: fewer at its far sides.
func (s *section) pixels(i int) int {
	x, y := i%s.grid.N[0]*s.side, i/s.grid.N[0]*s.side
	cell := image.Rect(x, y, x+s.side, y+s.side).Intersect(s.slide)
	return cell.Dx() * cell.Dy()
}

// area is how many pixels the section holds: the cells within the reach of cells that are half tissue, with the
// holes in them and without the pieces that are smaller than the least area.
func (s *section) area(ctx context.Context, p Params, o parallel.Options) (px int64, err error) {
	if s == nil {
		return 0, nil
	}
	l := volume.New[uint8](s.grid)
	for i, n := range s.tissue {
		if 2*int(n) >= s.pixels(i) {
			l.Data[i] = 1
		}
	}
	if err := s.grow(ctx, l, p.SectionReachUM/1000, o); err != nil {
		return 0, fmt.Errorf("outline of the section: %w", err)
	}
	least := int64(p.SectionLeastMM2 / (s.grid.Spacing[0] * s.grid.Spacing[1]))
	for _, class := range []uint8{0, 1} { // holes, then pieces
		if err := s.turn(ctx, l, class, least, o); err != nil {
			return 0, fmt.Errorf("outline of the section: %w", err)
		}
	}
	for i, v := range l.Data {
		if v == 1 {
			px += int64(s.pixels(i))
		}
	}
	return px, nil
}

// grow sets every cell within reach, in mm, of a set one.
func (s *section) grow(ctx context.Context, l *volume.Labels, reach float64, o parallel.Options) error {
	d, err := distance.To(ctx, l, label.Of(1), o, parallel.Discard{})
	if errors.Is(err, distance.ErrNoSites) {
		return nil
	}
	if err != nil {
		return err
	}
	for i, v := range d.Data {
		if float64(v) <= reach {
			l.Data[i] = 1
		}
	}
	return nil
}

// turn gives the pieces of a class that are smaller than least cells to the other class. What touches a side of
// the slide may be larger than what is seen of it, and stays.
func (s *section) turn(ctx context.Context, l *volume.Labels, class uint8, least int64, o parallel.Options) error {
	const sides = label.LowX | label.HighX | label.LowY | label.HighY
	pieces, all, err := label.Components(ctx, l, label.Of(class), 6, o, parallel.Discard{})
	if err != nil {
		return err
	}
	for i, n := range pieces.Data {
		if n == 0 {
			continue
		}
		if r := all[n-1]; r.Count < least && r.Touches&sides == 0 {
			l.Data[i] = 1 - class
		}
	}
	return nil
}
