// Package volumeview presents a volume: three linked planes with a cross-hair, the window of grey
// values, classes laid over them. It knows no window; frames are drawn off the UI thread.
package volumeview

import (
	"context"
	"image"
	"image/color"
	"sync"

	"explant/analysis/result"
	"explant/app/desktop/screen"
	"explant/app/desktop/slices"
	"explant/app/desktop/source"
	"explant/app/desktop/viewport"
	"explant/volume/render"
)

// pane is one of the parts of the view.
type pane struct {
	axis render.Axis
	view viewport.View
	rect image.Rectangle // in the frame
}

// The parts: three planes and the view from outside.
const (
	axial = iota
	sagittal
	coronal
	space
)

// Volume presents one volume.
type Volume struct {
	Image *source.Image
	Stack *slices.Stack

	// OnHover is told which voxel the pointer is on, and whether that is inside.
	OnHover func(at [3]int, inside bool)
	// OnWindow is told when a drag has changed the window of grey values.
	OnWindow func(render.Window)

	loop *screen.Loop
	drag drag // of the goroutine of the pointer

	// Of the goroutine that draws frames.
	table table
	drawn [3]paneDrawn
	space picture[spaceOf]

	mu      sync.Mutex
	panes   [3]pane
	alone   int // the pane that fills the view; -1 for all
	fitted  bool
	cross   [3]int
	window  render.Window
	full    render.Window // between the smallest and the largest value seen
	density float64
	hand    bool
	labels  *labels
	opacity float64
	slab    Slab
	marks   Marks // set before the pointer comes
	outside outside
}

// labels are classes over the planes.
type labels struct {
	stack   *slices.Stack
	classes []result.Class
	colors  [256]color.NRGBA
}

// New presents an open volume from its middle slice on; present is called, from another goroutine, when a
// new frame is there.
func New(ctx context.Context, m *source.Image, o slices.Options, present func()) (*Volume, error) {
	v := &Volume{Image: m, alone: -1, fitted: true, density: 1, opacity: 0.5}
	v.loop = screen.NewLoop(v.draw, present)
	stack, err := slices.Open(ctx, m, o, v.loop.Wake)
	if err != nil {
		v.loop.Close()
		return nil, err
	}
	v.Stack = stack
	middle, err := stack.Middle()
	if err != nil {
		v.loop.Close()
		stack.Close()
		return nil, err
	}
	v.window = stack.Window(middle, 0.5, 99.5)
	v.full = stack.Window(middle, 0, 100)
	n := stack.Size()
	v.cross = [3]int{n[0] / 2, n[1] / 2, n[2] / 2}
	for i, a := range []render.Axis{render.Z, render.X, render.Y} {
		v.panes[i] = pane{axis: a, view: v.plane(a)}
	}
	return v, nil
}

// plane is the view of a plane, not yet fitted.
func (v *Volume) plane(a render.Axis) viewport.View {
	w, h := render.PlaneSize(v.Image.Grid(), a)
	sw, sh := render.PlaneSpacing(v.Image.Grid(), a)
	view := viewport.View{Image: [2]float64{float64(w), float64(h)}, Pixel: [2]float64{1, 1}}
	if sw > 0 && sh > 0 {
		least := min(sw, sh)
		view.Pixel = [2]float64{sw / least, sh / least}
	}
	return view
}

// Recalibrated takes the shape of the voxels anew.
func (v *Volume) Recalibrated() {
	w, h := v.loop.Size()
	v.change(func() {
		for i := range v.panes {
			v.panes[i].view.Pixel = v.plane(v.panes[i].axis).Pixel
		}
		v.fitted = true
		v.layout(w, h)
	})
}

// Close ends what runs in the background. The image stays open.
func (v *Volume) Close() {
	v.SetLabels(nil, nil)
	v.outside.close()
	v.loop.Close()
	v.Stack.Close()
}

// Frame is the newest frame; nil before the first.
func (v *Volume) Frame() *image.RGBA { return v.loop.Frame() }

// Resize sets the size of the frames in pixels.
func (v *Volume) Resize(w, h int, density float64) {
	v.mu.Lock()
	same := density == v.density
	v.mu.Unlock()
	if v.loop.Resize(w, h) || !same {
		v.change(func() { v.density = density; v.layout(w, h) })
	}
}

// change alters the state and asks for a frame of it.
func (v *Volume) change(fn func()) {
	v.mu.Lock()
	fn()
	v.mu.Unlock()
	v.loop.Wake()
}

// Redraw asks for a new frame of the same state.
func (v *Volume) Redraw() { v.loop.Wake() }

// layout gives the panes their places; the lock is held.
func (v *Volume) layout(w, h int) {
	gap := max(int(2*v.density), 1)
	mx, my := w/2, h/2
	quarters := [4]image.Rectangle{
		image.Rect(0, 0, mx-gap, my-gap), image.Rect(mx+gap, 0, w, my-gap),
		image.Rect(0, my+gap, mx-gap, h), image.Rect(mx+gap, my+gap, w, h),
	}
	for i := range quarters {
		switch {
		case v.alone == i:
			quarters[i] = image.Rect(0, 0, w, h)
		case v.alone >= 0:
			quarters[i] = image.Rectangle{}
		}
	}
	for i := range v.panes {
		p := &v.panes[i]
		p.rect = quarters[i]
		p.view = p.view.Resize(max(p.rect.Dx(), 1), max(p.rect.Dy(), 1))
		if v.fitted {
			p.view = p.view.Fit()
		}
	}
	v.outside.rect = quarters[space]
}

// Fit shows all of each plane.
func (v *Volume) Fit() {
	w, h := v.loop.Size()
	v.change(func() { v.fitted = true; v.layout(w, h) })
}

// Alone lets one pane fill the view, or all of them share it again.
func (v *Volume) Alone(i int) {
	w, h := v.loop.Size()
	v.change(func() {
		if v.alone == i {
			i = -1
		}
		v.alone = i
		v.layout(w, h)
	})
}

// Zoom multiplies the scale of all planes about their middle.
func (v *Volume) Zoom(factor float64) {
	v.change(func() {
		v.fitted = false
		for i := range v.panes {
			p := &v.panes[i]
			p.view = p.view.Zoom(float64(p.rect.Dx())/2, float64(p.rect.Dy())/2, factor)
		}
	})
}

// Cross is the voxel at the cross-hair.
func (v *Volume) Cross() [3]int {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.cross
}

// MoveTo puts the cross-hair on a voxel.
func (v *Volume) MoveTo(at [3]int) { v.change(func() { v.cross = v.inside(at) }) }

// Step moves the cross-hair along an axis.
func (v *Volume) Step(a render.Axis, by int) {
	v.change(func() { at := v.cross; at[a] += by; v.cross = v.inside(at) })
}

func (v *Volume) inside(at [3]int) [3]int {
	n := v.Stack.Size()
	for a := range 3 {
		at[a] = min(max(at[a], 0), n[a]-1)
	}
	return at
}

// Window is the range of values between black and white.
func (v *Volume) Window() render.Window {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.window
}

// SetWindow sets the range of values between black and white.
func (v *Volume) SetWindow(w render.Window) { v.change(func() { v.window = w }) }

// Preset sets the range between two percentiles of the slice at the cross-hair across z.
func (v *Volume) Preset(low, high float64) {
	v.SetWindow(v.Stack.Window(v.Stack.Plane(render.Z, v.Cross()[2]), low, high))
}

// SetOpacity sets how strongly the classes cover the planes, 0 to 1.
func (v *Volume) SetOpacity(o float64) { v.change(func() { v.opacity = o }) }

// SetLabels lays the classes of a volume of the same size over the planes; nil takes them away. The stack
// is closed when others come. What is void stays clear.
func (v *Volume) SetLabels(stack *slices.Stack, classes []result.Class) {
	var next *labels
	if stack != nil {
		next = &labels{stack: stack, classes: classes}
		for _, c := range classes {
			if c.Value != 0 {
				next.colors[c.Value] = source.ClassColor(c)
			}
		}
	}
	var old *labels
	v.change(func() { old, v.labels = v.labels, next })
	if old != nil {
		old.stack.Close()
	}
}

// HoldHand makes the left button pan while it is true.
func (v *Volume) HoldHand(on bool) { v.change(func() { v.hand = on }) }
