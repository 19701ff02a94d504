package volumeview

import (
	"image"
	"image/draw"

	"explant/app/desktop/slices"
	"explant/app/desktop/viewport"
	"explant/volume/render"
)

// picture is a part of the view as it was drawn last, and what of: where nothing of that has changed, a frame
// copies it. It belongs to the goroutine that draws the part.
type picture[Of comparable] struct {
	of  Of
	pix *image.RGBA
}

// onto copies the picture into a part of a frame; fill draws it first where it would be another one.
func (p *picture[Of]) onto(dst *image.RGBA, of Of, fill func(*image.RGBA)) {
	size := image.Rectangle{Max: dst.Rect.Size()}
	if p.pix == nil || p.pix.Rect != size {
		p.pix = image.NewRGBA(size)
		fill(p.pix)
	} else if p.of != of {
		fill(p.pix)
	}
	p.of = of
	for y := range size.Max.Y {
		copy(dst.Pix[dst.PixOffset(dst.Rect.Min.X, dst.Rect.Min.Y+y):][:4*size.Max.X], p.pix.Pix[y*p.pix.Stride:])
	}
}

// groundOf is what the picture of a pane below marks and cross-hair depends on.
type groundOf struct {
	plane, over *slices.Plane
	view        viewport.View
	lut         *[1 << 16]uint8
	labels      *labels
	opacity     float64
}

// drawGround draws a plane with its classes.
func (v *Volume) drawGround(dst *image.RGBA, of groundOf) {
	draw.Draw(dst, dst.Rect, image.NewUniform(ground), image.Point{}, draw.Src)
	paint(dst, of.view, of.plane, of.lut)
	if of.over != nil {
		paintLabels(dst, of.view, of.over, &of.labels.colors, of.opacity)
	}
}

// table is the grey level of the screen for each sample, made anew when the window has changed.
type table struct {
	window render.Window
	lut    *[1 << 16]uint8
}

func (t *table) of(v *Volume, w render.Window) *[1 << 16]uint8 {
	if t.lut == nil || t.window != w {
		t.window, t.lut = w, v.greys(w)
	}
	return t.lut
}
