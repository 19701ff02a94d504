package report

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"

	"explant/volume/render"
)

// jpegQuality keeps the grain of a micro-CT slice visible.
const jpegQuality = 80

// backdrop is the ground behind 3D views and maps in both themes; the style sheet has the same colour.
var backdrop = color.NRGBA{0x11, 0x15, 0x1a, 255}

func encodeJPEG(img image.Image) (File, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: jpegQuality}); err != nil {
		return File{}, fmt.Errorf("encode JPEG: %w", err)
	}
	return File{Type: "image/jpeg", Data: b.Bytes()}, nil
}

func encodePNG(img image.Image) (File, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil { // the best compression takes five times as long and saves 3 %
		return File{}, fmt.Errorf("encode PNG: %w", err)
	}
	return File{Type: "image/png", Data: b.Bytes()}, nil
}

// encodeLayer is a class as a transparent picture at most side pixels long; empty where the class
// does not occur.
func encodeLayer(labels []uint8, width, height, side int, class uint8, c color.NRGBA) (File, error) {
	coverage := render.Coverage(labels, width, height, class)
	if bytes.IndexByte(coverage.Pix, 255) < 0 {
		return File{}, nil
	}
	w, h := render.Fit(width, height, side)
	return encodePNG(render.Layer(render.Shrink(coverage, w, h), c))
}

// onBackdrop lays a transparent picture on the backdrop.
func onBackdrop(img *image.NRGBA) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	draw.Draw(out, out.Rect, image.NewUniform(backdrop), image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, img.Rect.Min, draw.Over)
	return out
}
