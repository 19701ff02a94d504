package volumeview

import (
	"image"
	"math"

	"explant/app/desktop/screen"
	"explant/app/desktop/viewport"
	"explant/volume/render"
)

// drag is what the held button does.
type drag struct {
	kind dragKind
	pane int
	last screen.Pointer
}

type dragKind int

const (
	noDrag dragKind = iota
	dragCross
	dragPan
	dragWindow
	dragTurn
	dragMark
)

// at is the pane under the pointer; -1 for none.
func (v *Volume) at(p screen.Pointer) int {
	v.mu.Lock()
	defer v.mu.Unlock()
	where := image.Pt(int(p.X), int(p.Y))
	for i, pane := range v.panes {
		if where.In(pane.rect) {
			return i
		}
	}
	if where.In(v.outside.rect) {
		return space
	}
	return -1
}

// voxel is the voxel of a pane under the pointer.
func (v *Volume) voxel(i int, p screen.Pointer) (at [3]int, inside bool) {
	on := v.place(i, p)
	view := v.pane(i).view
	inside = on.X >= 0 && on.Y >= 0 && on.X < view.Image[0] && on.Y < view.Image[1]
	return v.voxelAt(on.Sheet, on.X, on.Y), inside
}

func (v *Volume) pane(i int) pane {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.panes[i]
}

// voxelAt is the voxel at a place of the picture of a slice.
func (v *Volume) voxelAt(on viewport.Sheet, x, y float64) (at [3]int) {
	at = v.Cross()
	n := v.Stack.Size()
	c, r := int(math.Floor(x)), int(math.Floor(y))
	at[on.Axis] = on.Slice
	switch on.Axis {
	case render.X:
		at[1], at[2] = c, n[2]-1-r
	case render.Y:
		at[0], at[2] = c, n[2]-1-r
	default:
		at[0], at[1] = c, r
	}
	return at
}

// Press begins what the button does: left the tool or the cross-hair, middle pans, right the window of grey values;
// in the view from outside every button turns.
func (v *Volume) Press(p screen.Pointer) {
	i := v.at(p)
	v.drag = drag{pane: i, last: p}
	v.mu.Lock()
	hand, marks := v.hand, v.marks
	v.mu.Unlock()
	switch {
	case i < 0:
	case i == space:
		v.drag.kind = dragTurn
	case p.Secondary:
		v.drag.kind = dragWindow
	case p.Middle || hand:
		v.drag.kind = dragPan
	case marks != nil && marks.Press(v.place(i, p), p):
		v.drag.kind = dragMark
	default:
		v.drag.kind = dragCross
		v.crossTo(p)
	}
}

// Move goes on with it, and tells where the pointer is. Shift moves the cross-hair without a button.
func (v *Volume) Move(p screen.Pointer) {
	dx, dy := p.X-v.drag.last.X, p.Y-v.drag.last.Y
	v.drag.last = p
	i := v.at(p)
	switch v.drag.kind {
	case dragCross:
		v.crossTo(p)
	case dragPan:
		v.change(func() {
			pane := &v.panes[v.drag.pane]
			pane.view, v.fitted = pane.view.Pan(dx, dy), false
		})
	case dragWindow:
		v.shiftWindow(dx, dy)
	case dragTurn:
		v.turn(dx, dy)
	case dragMark:
		v.marks.Move(v.place(v.drag.pane, p), p)
	case noDrag:
		v.roam(i, p)
	}
	v.hover(i, p)
}

// roam is the pointer without a button: with Shift it moves the cross-hair.
func (v *Volume) roam(i int, p screen.Pointer) {
	switch {
	case i < 0 || i == space:
		if v.marks != nil {
			v.marks.Out()
		}
	case p.Shift:
		v.drag.pane = i
		v.crossTo(p)
	case v.marks != nil:
		v.marks.Move(v.place(i, p), p)
	}
}

func (v *Volume) hover(i int, p screen.Pointer) {
	if v.OnHover == nil {
		return
	}
	if i < 0 || i == space {
		v.OnHover([3]int{}, false)
		return
	}
	at, inside := v.voxel(i, p)
	v.OnHover(at, inside)
}

func (v *Volume) crossTo(p screen.Pointer) {
	at, _ := v.voxel(v.drag.pane, p)
	v.MoveTo(at)
}

// windowDrag is the pixels of a drag that change the window by the whole range of values.
const windowDrag = 400

// shiftWindow makes the window wider to the right and brighter upwards.
func (v *Volume) shiftWindow(dx, dy float64) {
	v.mu.Lock()
	unit := (v.full.High - v.full.Low) / windowDrag / v.density
	w := v.window
	level, width := (w.Low+w.High)/2+dy*unit, max(w.High-w.Low+dx*unit, unit)
	v.window = render.Window{Low: level - width/2, High: level + width/2}
	w = v.window
	v.mu.Unlock()
	v.loop.Wake()
	if v.OnWindow != nil {
		v.OnWindow(w)
	}
}

// Release ends it.
func (v *Volume) Release(p screen.Pointer) {
	kind := v.drag.kind
	v.drag.kind = noDrag
	switch kind {
	case dragTurn:
		v.rest()
	case dragMark:
		v.marks.Release(v.place(v.drag.pane, p), p)
	}
}

// Double lets the pane under the pointer fill the view, or gives the others their place again.
func (v *Volume) Double(p screen.Pointer) {
	i := v.at(p)
	if i < 0 || i != space && v.marks != nil && v.marks.Double() {
		return
	}
	v.Alone(i)
}

// Leave is told when the pointer leaves the picture.
func (v *Volume) Leave() {
	if v.marks != nil {
		v.marks.Out()
	}
	if v.OnHover != nil {
		v.OnHover([3]int{}, false)
	}
}

// Wheel goes through the slices of the plane under the pointer, as in 3D Slicer; with Ctrl it zooms.
func (v *Volume) Wheel(p screen.Pointer, steps float64) {
	i := v.at(p)
	switch {
	case i < 0 || i == space:
		return
	case p.Control:
		v.change(func() {
			pane := &v.panes[i]
			x, y := p.X-float64(pane.rect.Min.X), p.Y-float64(pane.rect.Min.Y)
			pane.view, v.fitted = pane.view.Zoom(x, y, math.Pow(1.25, steps)), false
		})
	default:
		by := int(math.Copysign(math.Ceil(math.Abs(steps)), steps))
		v.Step(v.panes[i].axis, by)
	}
	v.hover(i, p)
}
