package micrograph

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"
)

// minBarWidth is the smallest side of a micrograph.
const minBarWidth = 64

// ScaleBar is the bar that is burnt into the data bar.
type ScaleBar struct {
	LengthNM float64 `json:"length_nm"`
	LengthPX float64 `json:"length_px"` // drawn as whole pixels
	X0       int     `json:"x0"`
	X1       int     `json:"x1"` // columns on which its caps are centred
	Y        int     `json:"y"`
	Text     string  `json:"text"`
}

func (s SEM) barRows() int { return max(s.H/16, 18) }

// burn draws the data bar below the field: a scale bar with its length, and the size of a pixel.
func (s SEM) burn(img *image.Gray) *ScaleBar {
	top, rows := s.FieldH(), s.barRows()
	draw.Draw(img, image.Rect(0, top, s.W, s.H), image.Black, image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(0, top, s.W, top+1), image.White, image.Point{}, draw.Src)
	bar := &ScaleBar{LengthNM: roundLength(0.25 * float64(s.W) * s.PixelSizeNM), Y: top + rows/2}
	bar.LengthPX = bar.LengthNM / s.PixelSizeNM
	bar.X0 = s.W / 32
	bar.X1 = bar.X0 + int(math.Round(bar.LengthPX))
	bar.Text = fmt.Sprintf("%g nm", bar.LengthNM)
	if bar.LengthNM >= 1000 {
		bar.Text = fmt.Sprintf("%g um", bar.LengthNM/1000)
	}
	thick := max(rows/16, 1)
	for _, r := range []image.Rectangle{
		image.Rect(bar.X0-thick/2, bar.Y-thick/2, bar.X1-thick/2+thick, bar.Y-thick/2+thick),
		image.Rect(bar.X0-thick/2, bar.Y-rows/5, bar.X0-thick/2+thick, bar.Y+rows/5),
		image.Rect(bar.X1-thick/2, bar.Y-rows/5, bar.X1-thick/2+thick, bar.Y+rows/5),
	} {
		draw.Draw(img, r, image.White, image.Point{}, draw.Src)
	}
	text := fmt.Sprintf("%s   Pixel %g nm   SE   phantom %d", bar.Text, s.PixelSizeNM, s.Seed)
	write(img, image.Rect(bar.X1+thick+s.W/64, top+2, s.W, s.H-1), text)
	return bar
}

// roundLength is the largest of 1, 2, 5, 10 … that is not more than v.
func roundLength(v float64) float64 {
	ten := math.Pow(10, math.Floor(math.Log10(v)))
	for _, f := range []float64{5, 2} {
		if f*ten <= v {
			return f * ten
		}
	}
	return ten
}

// write puts a line of text into a rectangle, as large as fits in whole multiples of 7 x 13 pixels.
func write(img *image.Gray, in image.Rectangle, text string) {
	face := basicfont.Face7x13
	line := image.NewGray(image.Rect(0, 0, len(text)*face.Advance, face.Height))
	d := font.Drawer{Dst: line, Src: image.NewUniform(color.White), Face: face, Dot: fixed.P(0, face.Ascent)}
	d.DrawString(text)
	zoom := max(min(in.Dy()/face.Height, in.Dx()/max(line.Rect.Dx(), 1)), 1)
	y0 := in.Min.Y + (in.Dy()-zoom*face.Height)/2
	for y := range zoom * face.Height {
		for x := range zoom * line.Rect.Dx() {
			if p := (image.Point{in.Min.X + x, y0 + y}); p.In(in) && line.GrayAt(x/zoom, y/zoom).Y > 127 {
				img.SetGray(p.X, p.Y, color.Gray{255})
			}
		}
	}
}
