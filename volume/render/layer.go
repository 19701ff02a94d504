package render

import (
	"image"
	"image/color"
)

// Coverage is white where labels holds class and black elsewhere; [Shrink] turns it into the exact
// share of each larger pixel.
func Coverage(labels []uint8, width, height int, class uint8) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, width, height))
	for i, c := range labels {
		if c == class {
			out.Pix[i] = 255
		}
	}
	return out
}

// coverageSteps is the number of opacities of a Layer besides none: few, so that its file stays small.
const coverageSteps = 7

// Layer turns a coverage into a paletted picture of one colour whose opacity follows the coverage.
// Anything above zero keeps at least the lowest opacity: what is there is never invisible.
func Layer(coverage *image.Gray, c color.NRGBA) *image.Paletted {
	palette := make(color.Palette, coverageSteps+1)
	for i := range palette {
		palette[i] = color.NRGBA{c.R, c.G, c.B, uint8(i * int(c.A) / coverageSteps)}
	}
	out := image.NewPaletted(coverage.Bounds(), palette)
	for i, v := range coverage.Pix {
		out.Pix[i] = uint8((int(v)*coverageSteps + 254) / 255)
	}
	return out
}
