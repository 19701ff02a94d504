package volumeview

import (
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"sync"

	"explant/app/desktop/screen"
	"explant/app/desktop/slices"
	"explant/app/desktop/tiles"
	"explant/app/desktop/viewport"
	"explant/volume/render"
)

var (
	ground = color.RGBA{0x12, 0x14, 0x17, 255}
	gutter = color.RGBA{0x3A, 0x3F, 0x47, 255}
	white  = color.RGBA{255, 255, 255, 255}

	// axisColors mark the planes as 3D Slicer does: across z red, across x yellow, across y green.
	axisColors = map[render.Axis]color.RGBA{render.Z: {0xF3, 0x5F, 0x4D, 255}, render.X: {0xED, 0xD5, 0x4C, 255}, render.Y: {0x6E, 0xB0, 0x4B, 255}}
	axisNames  = map[render.Axis]string{render.Z: "axial", render.X: "sagittal", render.Y: "coronal"}
)

// state is what one frame shows.
type state struct {
	panes   [3]pane
	cross   [3]int
	window  render.Window
	labels  *labels
	opacity float64
	density float64
	slab    Slab
	marks   Marks
}

// state is what the frame of now shows; the lock is held.
func (v *Volume) state() state {
	return state{v.panes, v.cross, v.window, v.labels, v.opacity, v.density, v.slab, v.marks}
}

// greys is the grey level of the screen for each sample.
func (v *Volume) greys(w render.Window) *[1 << 16]uint8 {
	var lut [1 << 16]uint8
	for i := range lut {
		lut[i] = w.Grey(v.Stack.Value(uint16(i)))
	}
	return &lut
}

// draw makes a frame: the planes at once, each in a goroutine.
func (v *Volume) draw(dst *image.RGBA) {
	v.mu.Lock()
	if v.Stack == nil {
		v.mu.Unlock()
		return
	}
	s := v.state()
	space := v.outside.rect
	v.mu.Unlock()
	drawGutters(dst, s.panes, space)
	lut := v.table.of(v, s.window)
	var done sync.WaitGroup
	for i, p := range s.panes {
		if !p.rect.Empty() {
			done.Go(func() { v.drawPane(part(dst, p.rect), s, p, &v.drawn[i], lut) })
		}
	}
	done.Wait()
	v.drawSpace(dst, s)
}

// drawGutters fills what lies between the parts: a cross, or nothing where one of them has the whole frame.
func drawGutters(dst *image.RGBA, panes [3]pane, space image.Rectangle) {
	if panes[axial].rect.Empty() || space.Empty() {
		return
	}
	left, low := panes[axial].rect.Max.X, panes[axial].rect.Max.Y
	for _, r := range []image.Rectangle{image.Rect(left, 0, space.Min.X, dst.Rect.Max.Y), image.Rect(0, low, dst.Rect.Max.X, space.Min.Y)} {
		draw.Draw(dst, r, image.NewUniform(gutter), image.Point{}, draw.Src)
	}
}

// shown is what a pane shows: a slice, or a thick slab around it.
func (v *Volume) shown(s state, p pane) *slices.Plane {
	if n := s.slab.slices(v.Image.Grid(), p.axis); n > 1 {
		return v.Stack.Slab(p.axis, s.cross[p.axis], n, s.slab.Mode)
	}
	return v.Stack.Plane(p.axis, s.cross[p.axis])
}

func (v *Volume) drawPane(dst *image.RGBA, s state, p pane, d *paneDrawn, lut *[1 << 16]uint8) {
	of := groundOf{plane: v.shown(s, p), view: p.view, lut: lut}
	if s.labels != nil && s.opacity > 0 {
		of.over, of.labels, of.opacity = s.labels.stack.Plane(p.axis, s.cross[p.axis]), s.labels, s.opacity
	}
	d.ground.make(dst.Rect.Max, of, func(to *image.RGBA) { v.drawGround(to, of) })
	on := viewport.Sheet{Axis: p.axis, Slice: s.cross[p.axis]}
	var layer *tiles.Cache
	if s.marks != nil {
		layer = s.marks.Layer(on)
	}
	if layer == nil {
		d.ground.onto(dst)
	} else {
		d.marked.Draw(dst, p.view, tiles.Ground{Version: d.ground.drawn, Paint: d.ground.onto}, tiles.Layer{Cache: layer, Opacity: 1})
	}
	if s.marks != nil {
		s.marks.Draw(dst, on, p.view, s.density)
	}
	v.drawCross(dst, s, p)
	v.describe(dst, s, p, of.plane.Fine)
}

// paint draws the samples of a plane, each pixel the nearest or, where pixels of the plane are smaller
// than a few of the screen, mixed of the four around.
func paint(dst *image.RGBA, v viewport.View, p *slices.Plane, lut *[1 << 16]uint8) {
	columns := along(dst.Rect.Dx(), v.Screen[0], v.Center[0], v.Scale*v.Pixel[0], v.Image[0], p.W)
	rows := along(dst.Rect.Dy(), v.Screen[1], v.Center[1], v.Scale*v.Pixel[1], v.Image[1], p.H)
	smooth := v.Scale < 4
	for y, r := range rows {
		if r.i < 0 {
			continue
		}
		out := dst.Pix[dst.PixOffset(dst.Rect.Min.X, dst.Rect.Min.Y+y):][:4*len(columns)]
		upper := p.Data[r.i*p.W:][:p.W]
		lower := p.Data[min(r.i+1, p.H-1)*p.W:][:p.W]
		for x, c := range columns {
			if c.i < 0 {
				continue
			}
			var g uint8
			if smooth {
				j := min(c.i+1, p.W-1)
				top := uint32(lut[upper[c.i]])*(256-c.f) + uint32(lut[upper[j]])*c.f
				low := uint32(lut[lower[c.i]])*(256-c.f) + uint32(lut[lower[j]])*c.f
				g = uint8((top*(256-r.f) + low*r.f) >> 16)
			} else {
				g = lut[upper[c.i]]
			}
			binary.LittleEndian.PutUint32(out[4*x:], uint32(g)*0x010101|0xFF000000)
		}
	}
}

// spot is a place along a side of a plane: its sample, -1 outside, and how far to the next in 256.
type spot struct {
	i int
	f uint32
}

// along gives the place under each of n pixels of the screen; from is their middle, full the length of
// the image and m that of the plane, in samples.
func along(n, wide int, center, factor, full float64, m int) []spot {
	out := make([]spot, n)
	for k := range out {
		at := center + (float64(k)+0.5-float64(wide)/2)/factor
		if at < 0 || at >= full {
			out[k].i = -1
			continue
		}
		at = at/full*float64(m) - 0.5
		i := int(max(at, 0))
		out[k] = spot{i, uint32(min(max(at-float64(i), 0), 1) * 255)}
	}
	return out
}

// paintLabels lays the colours of classes over a plane.
func paintLabels(dst *image.RGBA, v viewport.View, p *slices.Plane, colors *[256]color.NRGBA, opacity float64) {
	columns := along(dst.Rect.Dx(), v.Screen[0], v.Center[0], v.Scale*v.Pixel[0], v.Image[0], p.W)
	rows := along(dst.Rect.Dy(), v.Screen[1], v.Center[1], v.Scale*v.Pixel[1], v.Image[1], p.H)
	nearest := func(s spot, m int) int {
		if s.f >= 128 {
			return min(s.i+1, m-1)
		}
		return s.i
	}
	for y, r := range rows {
		if r.i < 0 {
			continue
		}
		row := p.Data[nearest(r, p.H)*p.W:][:p.W]
		out := dst.Pix[dst.PixOffset(dst.Rect.Min.X, dst.Rect.Min.Y+y):]
		for x, c := range columns {
			if c.i < 0 {
				continue
			}
			class := colors[row[nearest(c, p.W)]&255]
			a := uint32(float64(class.A) * opacity)
			if a == 0 {
				continue
			}
			px := out[4*x : 4*x+3]
			px[0] = uint8((uint32(class.R)*a + uint32(px[0])*(255-a)) / 255)
			px[1] = uint8((uint32(class.G)*a + uint32(px[1])*(255-a)) / 255)
			px[2] = uint8((uint32(class.B)*a + uint32(px[2])*(255-a)) / 255)
		}
	}
}

// onPlane is the place of a voxel on a plane, the middle of its pixel.
func (v *Volume) onPlane(a render.Axis, at [3]int) (x, y float64) {
	n := v.Stack.Size()
	switch a {
	case render.X:
		return float64(at[1]) + 0.5, float64(n[2]-1-at[2]) + 0.5
	case render.Y:
		return float64(at[0]) + 0.5, float64(n[2]-1-at[2]) + 0.5
	}
	return float64(at[0]) + 0.5, float64(at[1]) + 0.5
}

// drawCross draws the other two planes as lines in their colours, with a gap in the middle so that what
// is there can be seen.
func (v *Volume) drawCross(dst *image.RGBA, s state, p pane) {
	x, y := v.onPlane(p.axis, s.cross)
	sx, sy := p.view.ToScreen(x, y)
	cx, cy := dst.Rect.Min.X+int(sx), dst.Rect.Min.Y+int(sy)
	upright, level := render.X, render.Y
	switch p.axis {
	case render.X:
		upright, level = render.Y, render.Z
	case render.Y:
		upright, level = render.X, render.Z
	}
	gap := int(9 * s.density)
	fade := func(a render.Axis) color.Color { c := axisColors[a]; return color.NRGBA{c.R, c.G, c.B, 190} }
	b := dst.Rect
	screen.Fill(dst, image.Rect(cx, b.Min.Y, cx+1, cy-gap).Intersect(b), fade(upright))
	screen.Fill(dst, image.Rect(cx, cy+gap, cx+1, b.Max.Y).Intersect(b), fade(upright))
	screen.Fill(dst, image.Rect(b.Min.X, cy, cx-gap, cy+1).Intersect(b), fade(level))
	screen.Fill(dst, image.Rect(cx+gap, cy, b.Max.X, cy+1).Intersect(b), fade(level))
}

// describe writes what a plane is into its corner, and its scale.
func (v *Volume) describe(dst *image.RGBA, s state, p pane, fine bool) {
	size := int(13*s.density + 0.5)
	at := dst.Rect.Min.Add(image.Pt(size*2/3, size*3/2))
	n := v.Stack.Size()[p.axis]
	text := fmt.Sprintf("%s  %s %d / %d%s", axisNames[p.axis], p.axis, s.cross[p.axis]+1, n, s.slab.text(v.Image.Grid(), p.axis))
	if share := v.Stack.Progress(); share < 1 {
		text += fmt.Sprintf("   reading %.0f %%", 100*share)
	}
	screen.Fill(dst, image.Rect(dst.Rect.Min.X, dst.Rect.Min.Y, dst.Rect.Max.X, dst.Rect.Min.Y+max(int(2*s.density), 1)), axisColors[p.axis])
	screen.Label(dst, at.X, at.Y, text, screen.FitText(text, size, dst.Rect.Dx()-2*size))
	if !fine {
		screen.Text(dst, at.X, at.Y+size*3/2, "coarse", size, color.RGBA{0xFF, 0xC1, 0x45, 255})
	}
	fx, _ := p.view.Factor()
	mm, _ := render.PlaneSpacing(v.Image.Grid(), p.axis)
	screen.ScaleBar(dst, dst.Rect, mm/fx, 1/fx, size)
}
