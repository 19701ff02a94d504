package raster

import (
	"image"
	"image/color"
	"image/draw"
)

// samples gives the pixels that the BMP decoder makes as interleaved samples without alpha.
func samples(m image.Image, channels int) []byte {
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	out := make([]byte, 0, w*h*channels)
	switch m := m.(type) {
	case *image.RGBA:
		for y := range h {
			out = narrow(out, m.Pix[y*m.Stride:][:4*w], channels)
		}
	case *image.NRGBA:
		for y := range h {
			out = narrow(out, m.Pix[y*m.Stride:][:4*w], channels)
		}
	case *image.Paletted:
		for y := range h {
			out = lookUp(out, m.Pix[y*m.Stride:][:w], m.Palette, channels)
		}
	default:
		n := image.NewRGBA(image.Rect(0, 0, w, h))
		draw.Draw(n, n.Rect, m, b.Min, draw.Src)
		return samples(n, channels)
	}
	return out
}

// narrow keeps the first samples of every 4-byte pixel.
func narrow(out, row []byte, keep int) []byte {
	for i := 0; i < len(row); i += 4 {
		out = append(out, row[i:i+keep]...)
	}
	return out
}

func lookUp(out, row []byte, p color.Palette, channels int) []byte {
	var table [256][3]byte
	for i, c := range p {
		n := color.NRGBAModel.Convert(c).(color.NRGBA)
		table[i] = [3]byte{n.R, n.G, n.B}
	}
	for _, i := range row {
		out = append(out, table[i][:channels]...)
	}
	return out
}
