package volumeview

import (
	"image"
	"image/draw"

	"explant/app/desktop/slices"
	"explant/app/desktop/tiles"
	"explant/app/desktop/viewport"
	"explant/volume/render"
)

// picture is a part of the view as it was drawn last, and what of: where nothing of that has changed, a frame
// copies it. It belongs to the goroutine that draws the part.
type picture[Of comparable] struct {
	of    Of
	drawn int // how often it was drawn
	pix   *image.RGBA
}

// make sees that the picture is of what is wanted, of a size: fill draws it where it would be another one.
func (p *picture[Of]) make(size image.Point, of Of, fill func(*image.RGBA)) {
	if p.pix != nil && p.pix.Rect.Max == size && p.of == of {
		return
	}
	if p.pix == nil || p.pix.Rect.Max != size {
		p.pix = image.NewRGBA(image.Rectangle{Max: size})
	}
	p.of = of
	p.drawn++
	fill(p.pix)
}

// onto copies the pixels of dst, a part of a frame that begins at (0, 0).
func (p *picture[Of]) onto(dst *image.RGBA) {
	for y := dst.Rect.Min.Y; y < dst.Rect.Max.Y; y++ {
		copy(dst.Pix[dst.PixOffset(dst.Rect.Min.X, y):][:4*dst.Rect.Dx()], p.pix.Pix[p.pix.PixOffset(dst.Rect.Min.X, y):])
	}
}

// part is a part of a frame that begins at (0, 0).
func part(dst *image.RGBA, r image.Rectangle) *image.RGBA {
	p := *dst.SubImage(r).(*image.RGBA)
	p.Rect = p.Rect.Sub(p.Rect.Min)
	return &p
}

// paneDrawn is what is kept of a pane: its slice with classes, and that with marks.
type paneDrawn struct {
	ground picture[groundOf]
	marked tiles.Picture
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
