package raster

import (
	"image"
	"image/color"
	"image/draw"

	"explant/io/imagefile"
)

// samples gives the pixels of m as interleaved little-endian samples without alpha.
func samples(m image.Image, channels int, t imagefile.Type) []byte {
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	out := make([]byte, 0, w*h*channels*t.Size())
	switch m := m.(type) {
	case *image.Gray:
		return rows(out, m.Pix, m.Stride, w, h, func(out, row []byte) []byte { return append(out, row[:w]...) })
	case *image.Gray16:
		return rows(out, m.Pix, m.Stride, w, h, func(out, row []byte) []byte { return wide(out, row, 2*w, 2, 2) })
	case *image.RGBA:
		return rows(out, m.Pix, m.Stride, w, h, func(out, row []byte) []byte { return narrow(out, row, 4*w, channels) })
	case *image.NRGBA:
		return rows(out, m.Pix, m.Stride, w, h, func(out, row []byte) []byte { return narrow(out, row, 4*w, channels) })
	case *image.RGBA64:
		return rows(out, m.Pix, m.Stride, w, h, func(out, row []byte) []byte { return wide(out, row, 8*w, 8, 2*channels) })
	case *image.NRGBA64:
		return rows(out, m.Pix, m.Stride, w, h, func(out, row []byte) []byte { return wide(out, row, 8*w, 8, 2*channels) })
	case *image.Paletted:
		return rows(out, m.Pix, m.Stride, w, h, func(out, row []byte) []byte { return lookUp(out, row[:w], m.Palette, channels) })
	}
	n := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(n, n.Rect, m, b.Min, draw.Src)
	return samples(n, channels, t)
}

func rows(out, pix []byte, stride, w, h int, row func(out, row []byte) []byte) []byte {
	for y := range h {
		out = row(out, pix[y*stride:])
	}
	return out
}

// narrow keeps the first samples of every 4-byte pixel.
func narrow(out, row []byte, n, keep int) []byte {
	for i := 0; i < n; i += 4 {
		out = append(out, row[i:i+keep]...)
	}
	return out
}

// wide keeps the first bytes of every pixel of big-endian 16-bit samples, and swaps them.
func wide(out, row []byte, n, pixel, keep int) []byte {
	for i := 0; i < n; i += pixel {
		for s := i; s < i+keep; s += 2 {
			out = append(out, row[s+1], row[s])
		}
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

// turn gives a w x h picture with pixels of size bytes as its EXIF orientation wants it shown.
func turn(src []byte, w, h, size, orientation int) []byte {
	out := make([]byte, len(src))
	for y := range h {
		for x := range w {
			u, v := x, y
			if orientation >= 5 {
				u, v = y, x
			}
			width, height := w, h
			if orientation >= 5 {
				width, height = h, w
			}
			if orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7 {
				u = width - 1 - u
			}
			if orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8 {
				v = height - 1 - v
			}
			copy(out[(v*width+u)*size:][:size], src[(y*w+x)*size:])
		}
	}
	return out
}
