package screen

import (
	"image"
	"image/color"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// faces are kept by size in pixels; a face is not safe for concurrent use.
var faces = struct {
	sync.Mutex
	font *opentype.Font
	of   map[int]font.Face
}{of: map[int]font.Face{}}

// face must be called with the lock held.
func face(size int) font.Face {
	if f, ok := faces.of[size]; ok {
		return f
	}
	if faces.font == nil {
		parsed, err := opentype.Parse(gomedium.TTF)
		if err != nil {
			panic(err) // the font is part of the program
		}
		faces.font = parsed
	}
	f, err := opentype.NewFace(faces.font, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		panic(err)
	}
	kept := &glyphs{f, map[rune]glyph{}}
	faces.of[size] = kept
	return kept
}

// TextWidth is the width of a line of text of a height in pixels.
func TextWidth(text string, size int) int {
	faces.Lock()
	defer faces.Unlock()
	return font.MeasureString(face(size), text).Ceil()
}

// FitText is a height at which a line of text is no wider than room, at most size.
func FitText(text string, size, room int) int {
	if w := TextWidth(text, size); w > room && w > 0 {
		return max(size*room/w, 7)
	}
	return size
}

// Text writes one line; (x, y) is the left end of its base line. A dark edge keeps it readable on any
// ground.
func Text(dst *image.RGBA, x, y int, text string, size int, c color.Color) {
	faces.Lock()
	defer faces.Unlock()
	d := font.Drawer{Dst: dst, Face: face(size), Src: image.NewUniform(color.RGBA{A: 150})}
	for _, o := range []image.Point{{1, 0}, {-1, 0}, {0, 1}, {0, -1}} {
		d.Dot = fixed.P(x+o.X, y+o.Y)
		d.DrawString(text)
	}
	d.Src, d.Dot = image.NewUniform(c), fixed.P(x, y)
	d.DrawString(text)
}

// Plain writes one line without an edge, on a ground of one colour.
func Plain(dst *image.RGBA, x, y int, text string, size int, c color.Color) {
	faces.Lock()
	defer faces.Unlock()
	d := font.Drawer{Dst: dst, Face: face(size), Src: image.NewUniform(c), Dot: fixed.P(x, y)}
	d.DrawString(text)
}

// Label writes one line on a dark plate, for grounds of any brightness.
func Label(dst *image.RGBA, x, y int, text string, size int) {
	w := TextWidth(text, size)
	Fill(dst, image.Rect(x-size/3, y-size, x+w+size/3, y+size/3), shade)
	Text(dst, x, y, text, size, ink)
}
