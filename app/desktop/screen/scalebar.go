package screen

import (
	"fmt"
	"image"
	"image/color"

	"explant/app/desktop/viewport"
)

var (
	ink   = color.RGBA{255, 255, 255, 255}
	shade = color.RGBA{0, 0, 0, 150}
)

// Length writes millimetres in the unit that reads best.
func Length(mm float64) string {
	switch {
	case mm >= 1:
		return fmt.Sprintf("%.4g mm", mm)
	case mm >= 0.001:
		return fmt.Sprintf("%.4g µm", mm*1000)
	}
	return fmt.Sprintf("%.4g nm", mm*1e6)
}

// ScaleBar draws a bar with its length into the lower left corner of r. mm is the size of a pixel of the
// screen; 0 where nobody knows it, and pixels then the pixels of the image a pixel of the screen. size
// is the height of text.
func ScaleBar(dst *image.RGBA, r image.Rectangle, mm, pixels float64, size int) {
	per, unit := mm, func(v float64) string { return Length(v) }
	if !(mm > 0) {
		per, unit = pixels, func(v float64) string { return fmt.Sprintf("%.4g px, uncalibrated", v) }
	}
	length, px := viewport.Bar(per, float64(min(r.Dx()/3, 14*size)))
	if px <= 0 {
		return
	}
	thick := max(size/5, 2)
	x, y := r.Min.X+size, r.Max.Y-size
	text := unit(length)
	wide := max(int(px), TextWidth(text, size))
	Fill(dst, image.Rect(x-size/2, y-thick-size*7/4, x+wide+size/2, y+size/2), shade)
	Fill(dst, image.Rect(x, y-thick, x+int(px), y), ink)
	Text(dst, x, y-thick-size/2, text, size, ink)
}
