package render

import "image"

// Fit is the largest size of the same shape whose longer side is at most side; it never enlarges.
func Fit(width, height, side int) (int, int) {
	long := max(width, height)
	if long <= side {
		return width, height
	}
	return max((width*side+long/2)/long, 1), max((height*side+long/2)/long, 1)
}

// Shrink is src at a smaller size, each pixel the exact mean of the area that it covers. A side that
// is not smaller than that of src is kept as it is.
func Shrink(src *image.Gray, width, height int) *image.Gray {
	w, h := src.Rect.Dx(), src.Rect.Dy()
	width, height = min(width, w), min(height, h)
	if width == w && height == h {
		return src
	}
	out := image.NewGray(image.Rect(0, 0, width, height))
	sums := make([]uint64, width)
	for y := range height {
		clear(sums)
		overlaps(h, height, y, func(sy int, weight uint64) {
			addRow(sums, src.Pix[sy*src.Stride:sy*src.Stride+w], weight)
		})
		area := uint64(w) * uint64(h)
		for x, s := range sums {
			out.Pix[y*out.Stride+x] = uint8((s + area/2) / area)
		}
	}
	return out
}

// addRow adds weight times the source row, shrunk to len(sums), to sums.
func addRow(sums []uint64, row []uint8, weight uint64) {
	for x := range sums {
		overlaps(len(row), len(sums), x, func(sx int, part uint64) { sums[x] += part * weight * uint64(row[sx]) })
	}
}

// overlaps calls fn with each of from source pixels that target pixel i of to covers, and the length
// of the overlap in units of 1/to of a source pixel; the lengths add up to from.
func overlaps(from, to, i int, fn func(source int, length uint64)) {
	lo, hi := i*from, (i+1)*from
	for s := lo / to; s*to < hi; s++ {
		fn(s, uint64(min((s+1)*to, hi)-max(s*to, lo)))
	}
}

// ShrinkColor is src at a smaller size, each channel shrunk by itself; src is taken as opaque.
func ShrinkColor(src image.Image, width, height int) *image.NRGBA {
	channels := [3]*image.Gray{}
	for c := range channels {
		channels[c] = Shrink(channel(src, c), width, height)
	}
	out := image.NewNRGBA(channels[0].Rect)
	for i := range channels[0].Pix {
		out.Pix[4*i], out.Pix[4*i+1], out.Pix[4*i+2], out.Pix[4*i+3] =
			channels[0].Pix[i], channels[1].Pix[i], channels[2].Pix[i], 255
	}
	return out
}

// channel is one of red, green and blue of src.
func channel(src image.Image, c int) *image.Gray {
	b := src.Bounds()
	out := image.NewGray(image.Rect(0, 0, b.Dx(), b.Dy()))
	if n, ok := src.(*image.NRGBA); ok {
		for y := range b.Dy() {
			row := n.Pix[y*n.Stride:]
			for x := range b.Dx() {
				out.Pix[y*out.Stride+x] = row[4*x+c]
			}
		}
		return out
	}
	for y := range b.Dy() {
		for x := range b.Dx() {
			r, g, bl, _ := src.At(b.Min.X+x, b.Min.Y+y).RGBA()
			out.Pix[y*out.Stride+x] = uint8([3]uint32{r, g, bl}[c] >> 8)
		}
	}
	return out
}
