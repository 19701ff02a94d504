package volumeview

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"strings"
	"sync"

	"explant/app/desktop/screen"
	"explant/volume"
	"explant/volume/parallel"
	"explant/volume/render"
)

// outside is the view from outside: a scene made once, drawn in a goroutine of its own, coarse while it
// turns and fine at rest. The fields below the lock of Volume.
type outside struct {
	rect     image.Rectangle
	scene    *render.Scene
	picture  *image.NRGBA
	note     string // what is shown
	part     string // why that is not all; "" when it is
	azimuth  float64
	tilt     float64
	making   bool
	drawing  bool
	again    bool
	fine     bool
	err      error
	cancel   context.CancelFunc
	finished sync.WaitGroup
}

func (o *outside) close() {
	if o.cancel != nil {
		o.cancel()
	}
	o.finished.Wait()
}

// The cells along the longest side of a scene, and the widths of its pictures.
const (
	sceneSide   = 128
	coarseWidth = 180
	finestWidth = 640
)

// ShowSpace makes the view from outside: of the classes that are shown, or else of what is brighter than
// the middle of the window of grey values.
func (v *Volume) ShowSpace() {
	v.mu.Lock()
	o := &v.outside
	if o.making || o.drawing || v.Stack.Progress() < 1 {
		v.mu.Unlock()
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.making, o.cancel, o.err, o.tilt, o.azimuth = true, cancel, nil, 20, 30
	lab, level := v.labels, (v.window.Low+v.window.High)/2
	v.mu.Unlock()
	v.loop.Wake()
	o.finished.Go(func() {
		scene, note, part, err := v.makeScene(ctx, lab, level)
		v.change(func() { o.scene, o.note, o.part, o.err, o.making = scene, note, part, err, false })
		if err == nil {
			v.render(ctx, true)
		}
	})
}

// makeScene prepares surfaces of the classes, or of the grey values above a level; it tells what they are,
// and what is left out.
func (v *Volume) makeScene(ctx context.Context, lab *labels, level float64) (scene *render.Scene, note, part string, err error) {
	o := render.SceneOptions{Side: sceneSide}
	if lab != nil && lab.stack.Progress() == 1 {
		map8 := lab.stack.Reduced(func(s uint16) uint8 { return uint8(s) })
		map8.Spacing = v.spacing(lab.stack.Factor())
		all, left := surfaces(map8, lab)
		if len(left) > 0 {
			part = "a part is shown, without " + strings.Join(left, ", ")
		}
		scene, err = render.NewScene(ctx, map8, all, o, parallel.Discard{})
		return scene, "classes", part, err
	}
	cut := v.Stack.Sample(level)
	solid := v.Stack.Reduced(func(s uint16) uint8 {
		if s >= cut {
			return 1
		}
		return 0
	})
	solid.Spacing = v.spacing(v.Stack.Factor())
	scene, err = render.NewScene(ctx, solid, []render.Surface{{Classes: []uint8{1}, Color: color.NRGBA{0xD8, 0xC8, 0xA8, 255}}}, o, parallel.Discard{})
	return scene, fmt.Sprintf("grey ≥ %.5g", level), "a part is shown: what is darker is left out", err
}

// spacing is that of a copy that is reduced by f; cubes where it is unknown.
func (v *Volume) spacing(f [3]int) (mm [3]float64) {
	for a := range 3 {
		mm[a] = v.Image.Grid().Spacing[a]
	}
	if mm[0] <= 0 || mm[1] <= 0 || mm[2] <= 0 {
		mm = [3]float64{1, 1, 1}
	}
	for a := range 3 {
		mm[a] *= float64(f[a])
	}
	return mm
}

// mostSurfaces is the number of classes that a view from outside can show.
const mostSurfaces = 4

// surfaces are the classes that occur: those that hide others are drawn translucent, the inside of fibres
// not at all. left names the ones that are left out.
func surfaces(map8 *volume.Labels, lab *labels) (all []render.Surface, left []string) {
	var seen [256]bool
	for _, c := range map8.Data {
		seen[c] = true
	}
	for _, c := range lab.classes {
		if c.Value == 0 || !seen[c.Value] {
			continue
		}
		if c.Name == "lumen" || len(all) == mostSurfaces {
			left = append(left, c.Name)
			continue
		}
		color := lab.colors[c.Value]
		all = append(all, render.Surface{
			Classes: []uint8{c.Value}, Ghost: c.Name == "polymer" || c.Name == "housing", Color: color,
		})
	}
	return all, left
}

// turn walks around the scene.
func (v *Volume) turn(dx, dy float64) {
	v.mu.Lock()
	o := &v.outside
	if o.scene == nil {
		v.mu.Unlock()
		return
	}
	o.azimuth -= dx * 0.5 / v.density
	o.tilt = min(max(o.tilt+dy*0.5/v.density, -90), 90)
	v.mu.Unlock()
	v.startRender(false)
}

// rest draws the scene finely.
func (v *Volume) rest() { v.startRender(true) }

// startRender draws in the background; while it draws, the newest wish is kept.
func (v *Volume) startRender(fine bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	o := &v.outside
	if o.scene == nil {
		return
	}
	o.fine = fine
	if o.drawing {
		o.again = true
		return
	}
	ctx, cancel := context.WithCancel(context.Background())
	o.cancel = cancel
	o.drawing = true
	o.finished.Go(func() {
		for more := true; more; {
			v.mu.Lock()
			fine := o.fine
			v.mu.Unlock()
			v.render(ctx, fine)
			v.mu.Lock()
			more = o.again && ctx.Err() == nil
			o.again = false
			if !more {
				o.drawing = false
			}
			v.mu.Unlock()
		}
	})
}

// render draws one picture of the scene.
func (v *Volume) render(ctx context.Context, fine bool) {
	v.mu.Lock()
	o := &v.outside
	scene := o.scene
	view := render.View{Azimuth: o.azimuth, Elevation: o.tilt, Width: coarseWidth}
	room := o.rect
	v.mu.Unlock()
	if fine {
		view.Width = max(min(room.Dx(), finestWidth), coarseWidth)
	}
	picture, err := scene.Draw(ctx, view, parallel.Discard{})
	if ctx.Err() != nil {
		return
	}
	v.change(func() {
		if o.err = err; err == nil {
			o.picture = picture
		}
	})
}

// spaceOf is what the pane of the view from outside shows.
type spaceOf struct {
	picture    *image.NRGBA // nil: none
	text, part string
	size       int // of text
}

// drawSpace puts the newest picture of the scene into its pane.
func (v *Volume) drawSpace(dst *image.RGBA, s state) {
	v.mu.Lock()
	o := &v.outside
	r, making, err := o.rect, o.making, o.err
	of := spaceOf{picture: o.picture, part: o.part, size: int(13*s.density + 0.5)}
	note := o.note
	v.mu.Unlock()
	if r.Empty() {
		return
	}
	of.text = "3D   press D to make it"
	switch {
	case err != nil:
		of.text, of.picture = "3D: "+err.Error(), nil
	case making:
		of.text, of.picture = "3D   making it …", nil
	case v.Stack.Progress() < 1 && of.picture == nil:
		of.text = "3D   when the volume is read"
	case of.picture != nil:
		of.text = "3D   " + note + ", reduced; drag to turn"
	}
	v.space.make(r.Size(), of, of.draw)
	v.space.onto(part(dst, r))
}

func (of spaceOf) draw(dst *image.RGBA) {
	r, size := dst.Rect, of.size
	screen.Fill(dst, r, ground)
	if of.picture != nil {
		fitPicture(dst, banner(dst, r, of.part, size), of.picture)
	}
	screen.Text(dst, r.Min.X+size*2/3, r.Min.Y+size*3/2, of.text, screen.FitText(of.text, size, r.Dx()-size), white)
}

// banner says at the foot of the view that not everything is shown, and returns what is left of the view;
// "" is no banner.
func banner(dst *image.RGBA, r image.Rectangle, text string, size int) image.Rectangle {
	if text == "" {
		return r
	}
	strip := image.Rect(r.Min.X, r.Max.Y-size*2, r.Max.X, r.Max.Y)
	screen.Fill(dst, strip, color.RGBA{0xFF, 0xC1, 0x45, 255})
	screen.Plain(dst.SubImage(strip).(*image.RGBA), strip.Min.X+size*2/3, strip.Max.Y-size*2/3, text, screen.FitText(text, size, r.Dx()-size), color.RGBA{0x1D, 0x20, 0x25, 255})
	r.Max.Y = strip.Min.Y
	return r
}

// fitPicture draws a picture as large as fits into the middle of r.
func fitPicture(dst *image.RGBA, r image.Rectangle, p *image.NRGBA) {
	k := min(float64(r.Dx())/float64(p.Rect.Dx()), float64(r.Dy())/float64(p.Rect.Dy()))
	w, h := int(float64(p.Rect.Dx())*k), int(float64(p.Rect.Dy())*k)
	at := image.Rect(0, 0, w, h).Add(r.Min).Add(image.Pt((r.Dx()-w)/2, (r.Dy()-h)/2))
	line := image.NewNRGBA(image.Rect(0, 0, w, 1))
	for y := range h {
		row := p.Pix[int(float64(y)/k)*p.Stride:]
		for x := range w {
			copy(line.Pix[4*x:4*x+4], row[4*int(float64(x)/k):])
		}
		draw.Draw(dst, image.Rect(at.Min.X, at.Min.Y+y, at.Max.X, at.Min.Y+y+1), line, image.Point{}, draw.Over)
	}
}
