package screen

import (
	"image"
	"image/draw"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
)

// glyphs is a face that keeps the pictures of its letters at whole pixels, which is where hinted lines of text
// have them. It is not safe for concurrent use.
type glyphs struct {
	font.Face
	kept map[rune]glyph
}

// glyph is the picture of a letter around its origin.
type glyph struct {
	box     image.Rectangle
	mask    *image.Alpha
	advance fixed.Int26_6
	ok      bool
}

// Glyph is part of font.Face.
func (g *glyphs) Glyph(dot fixed.Point26_6, r rune) (image.Rectangle, image.Image, image.Point, fixed.Int26_6, bool) {
	if dot != (fixed.Point26_6{X: dot.X &^ 63, Y: dot.Y &^ 63}) {
		return g.Face.Glyph(dot, r)
	}
	k, there := g.kept[r]
	if !there {
		k = g.drawn(r)
		g.kept[r] = k
	}
	return k.box.Add(image.Pt(dot.X.Floor(), dot.Y.Floor())), k.mask, image.Point{}, k.advance, k.ok
}

// drawn draws a letter; the face draws the next one over it, so that it is copied.
func (g *glyphs) drawn(r rune) glyph {
	box, mask, at, advance, ok := g.Face.Glyph(fixed.Point26_6{}, r)
	k := glyph{box: box, mask: image.NewAlpha(image.Rectangle{Max: box.Size()}), advance: advance, ok: ok}
	if ok {
		draw.Draw(k.mask, k.mask.Rect, mask, at, draw.Src)
	}
	return k
}
