package slideview

import (
	"image"
	"image/color"

	"explant/app/desktop/screen"
	"explant/app/desktop/viewport"
)

// mapSide is the longest side of the mini-map in units of length of the window.
const mapSide = 150

// mapPlace is where the mini-map lies in a frame; empty while the whole image is in the window.
func mapPlace(v viewport.View, density float64) image.Rectangle {
	x0, y0, x1, y1 := v.Bounds()
	if x0 <= 0 && y0 <= 0 && x1 >= v.Image[0] && y1 >= v.Image[1] {
		return image.Rectangle{}
	}
	w, h := v.Image[0]*v.Pixel[0], v.Image[1]*v.Pixel[1]
	scale := mapSide * density / max(w, h)
	gap := int(12 * density)
	right, low := v.Screen[0]-gap, v.Screen[1]-gap
	return image.Rect(right-max(int(w*scale), 8), low-max(int(h*scale), 8), right, low)
}

// drawMap draws the whole image small, with the part that is in the window.
func (s *Slide) drawMap(dst *image.RGBA, v viewport.View, density float64) {
	place := mapPlace(v, density)
	if place.Empty() || place.Dx() > dst.Rect.Dx()/2 || place.Dy() > dst.Rect.Dy()/2 {
		return
	}
	small := image.NewRGBA(image.Rect(0, 0, place.Dx(), place.Dy()))
	whole := viewport.Fit(v.Image, v.Pixel, [2]int{place.Dx(), place.Dy()})
	s.pixels.DrawHeld(small, whole)
	for y := range place.Dy() {
		copy(dst.Pix[dst.PixOffset(place.Min.X, place.Min.Y+y):], small.Pix[y*small.Stride:][:4*place.Dx()])
	}
	screen.Frame(dst, place.Inset(-1), 1, color.RGBA{255, 255, 255, 255})
	x0, y0, x1, y1 := v.Bounds()
	ax, ay := whole.ToScreen(x0, y0)
	bx, by := whole.ToScreen(x1, y1)
	box := image.Rect(int(ax), int(ay), max(int(bx), int(ax)+4), max(int(by), int(ay)+4)).Add(place.Min)
	screen.Frame(dst, box.Intersect(place), max(int(1.5*density), 1), color.RGBA{0xFF, 0x3B, 0x30, 255})
}

// onMap is the place of the image that a click on the mini-map means.
func (s *Slide) onMap(p screen.Pointer) (x, y float64, ok bool) {
	s.mu.Lock()
	v, density := s.view, s.density
	s.mu.Unlock()
	place := mapPlace(v, density)
	at := image.Pt(int(p.X), int(p.Y))
	if !at.In(place) {
		return 0, 0, false
	}
	whole := viewport.Fit(v.Image, v.Pixel, [2]int{place.Dx(), place.Dy()})
	x, y = whole.ToImage(float64(at.X-place.Min.X), float64(at.Y-place.Min.Y))
	return x, y, true
}
