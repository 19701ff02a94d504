package volumeview

import (
	"image"
	"image/draw"

	"explant/app/desktop/screen"
	"explant/app/desktop/tiles"
	"explant/app/desktop/viewport"
)

// Marks is what is drawn on the slices, and the tools that draw.
type Marks interface {
	Layer(on viewport.Sheet) *tiles.Cache // of what is drawn and rests; nil while it is hidden
	Draw(dst *image.RGBA, on viewport.Sheet, v viewport.View, density float64)
	// Press reports whether a tool takes the press; otherwise it moves the cross-hair.
	Press(at viewport.Place, p screen.Pointer) bool
	Move(at viewport.Place, p screen.Pointer)
	Release(at viewport.Place, p screen.Pointer)
	Double() bool // whether a tool takes a double click
	Out()
}

// SetMarks sets what is drawn on the slices, before the pointer comes.
func (v *Volume) SetMarks(m Marks) { v.change(func() { v.marks = m }) }

// place is where the pointer is on a pane.
func (v *Volume) place(i int, p screen.Pointer) viewport.Place {
	v.mu.Lock()
	defer v.mu.Unlock()
	pane := v.panes[i]
	x, y := pane.view.ToImage(p.X-float64(pane.rect.Min.X), p.Y-float64(pane.rect.Min.Y))
	return viewport.Place{Sheet: v.sheet(pane), X: x, Y: y, PerPixel: 1 / pane.view.Scale}
}

// sheet is the slice that a pane shows; the lock is held.
func (v *Volume) sheet(p pane) viewport.Sheet {
	return viewport.Sheet{Axis: p.axis, Slice: v.cross[p.axis]}
}

// Ground is a slice as its pane shows it now, without marks and classes, and the view of it.
func (v *Volume) Ground(on viewport.Sheet) (*image.RGBA, viewport.View) {
	v.mu.Lock()
	s := v.state()
	v.mu.Unlock()
	for _, p := range s.panes {
		if p.axis != on.Axis || p.rect.Empty() {
			continue
		}
		dst := image.NewRGBA(image.Rect(0, 0, p.rect.Dx(), p.rect.Dy()))
		draw.Draw(dst, dst.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
		paint(dst, p.view, v.shown(s, p), v.greys(s.window))
		return dst, p.view
	}
	return nil, viewport.View{}
}

// Show brings a place of a slice into view: the cross-hair goes there, and the pane moves when the box
// around it is not in it. The box is in pixels of the picture.
func (v *Volume) Show(on viewport.Sheet, x0, y0, x1, y1 float64) {
	for i := range v.panes {
		if v.panes[i].axis != on.Axis {
			continue
		}
		at := v.voxelAt(on, (x0+x1)/2, (y0+y1)/2)
		v.change(func() {
			v.cross = v.inside(at)
			p := &v.panes[i]
			if a0, b0, a1, b1 := p.view.Bounds(); x0 < a0 || y0 < b0 || x1 > a1 || y1 > b1 {
				p.view, v.fitted = p.view.CenterOn((x0+x1)/2, (y0+y1)/2), false
			}
		})
	}
}
