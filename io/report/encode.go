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
	if n, ok := img.(*image.NRGBA); ok && n.Opaque() { // then both are the same, and the encoder knows this one
		img = &image.RGBA{Pix: n.Pix, Stride: n.Stride, Rect: n.Rect}
	}
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

// encodeLayer is a class, by its share of each pixel, as a transparent picture; empty where there is none.
func encodeLayer(share *image.Gray, c color.NRGBA) (File, error) {
	if share == nil {
		return File{}, nil
	}
	return encodeFlat(render.Layer(share, c))
}

// onBackdrop lays a transparent picture on the backdrop.
func onBackdrop(img *image.NRGBA) *image.RGBA {
	out := image.NewRGBA(img.Rect)
	draw.Draw(out, out.Rect, image.NewUniform(backdrop), image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, img, img.Rect.Min, draw.Over)
	return out
}
