package render

import (
	"fmt"
	"image"
	"image/color"
)

// Paint says how classes are laid over a picture.
type Paint struct {
	Colors  [256]color.NRGBA // by class; alpha 0 leaves a class undrawn
	Opacity float64          // 0 to 1, times the alpha of the colour
	Outline bool             // only pixels with a 4-neighbour of another class
}

// Overlay lays classes over base; labels holds one class a pixel, row by row.
func Overlay(base image.Image, labels []uint8, p Paint) (*image.NRGBA, error) {
	b := base.Bounds()
	width, height := b.Dx(), b.Dy()
	if len(labels) != width*height {
		return nil, fmt.Errorf("%d labels for a picture of %d x %d pixels", len(labels), width, height)
	}
	out := image.NewNRGBA(image.Rect(0, 0, width, height))
	for i, class := range labels {
		x, y := i%width, i/width
		under := color.NRGBAModel.Convert(base.At(b.Min.X+x, b.Min.Y+y)).(color.NRGBA)
		over := p.Colors[class]
		if over.A > 0 && (!p.Outline || onEdge(labels, width, height, x, y)) {
			under = mix(under, over, p.Opacity*float64(over.A)/255)
		}
		out.SetNRGBA(x, y, under)
	}
	return out, nil
}

func onEdge(labels []uint8, width, height, x, y int) bool {
	i := x + width*y
	return x > 0 && labels[i-1] != labels[i] || x < width-1 && labels[i+1] != labels[i] ||
		y > 0 && labels[i-width] != labels[i] || y < height-1 && labels[i+width] != labels[i]
}

// mix is under with over laid on it at opacity a; under's own alpha is kept.
func mix(under, over color.NRGBA, a float64) color.NRGBA {
	blend := func(u, o uint8) uint8 { return uint8(float64(u)*(1-a) + float64(o)*a + 0.5) }
	return color.NRGBA{blend(under.R, over.R), blend(under.G, over.G), blend(under.B, over.B), under.A}
}

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
