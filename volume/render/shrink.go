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
	spans, column := spansOf(w, width), make([]uint64, w)
	for y := range height {
		clear(column)
		s := spanOf(h, height, y)
		for k := range s.n {
			weight := s.weight(k, height)
			for x, v := range src.Pix[(s.first+k)*src.Stride:][:w] {
				column[x] += weight * uint64(v)
			}
		}
		gather(out.Pix[y*out.Stride:][:width], column, spans, uint64(w)*uint64(h))
	}
	return out
}

// gather shrinks a row of columns, each already a weighted sum, to the mean of the area of each pixel of dst.
func gather(dst []uint8, column []uint64, spans []span, area uint64) {
	for x, s := range spans {
		var inner uint64
		for _, v := range column[s.first+1 : s.first+max(s.n-1, 1)] {
			inner += v
		}
		sum := s.head*column[s.first] + inner*uint64(len(dst))
		if s.n > 1 {
			sum += s.tail * column[s.first+s.n-1]
		}
		dst[x] = uint8((sum + area/2) / area)
	}
}

// span is what a target pixel covers of the source: n pixels from first, the first and the last one by the lengths
// head and tail, the others wholly. Lengths are in units of 1/(target pixels) of a source pixel.
type span struct {
	first, n   int
	head, tail uint64
}

// spanOf is the span of target pixel i of to, for from source pixels; the lengths of all add up to from * to.
func spanOf(from, to, i int) span {
	lo, hi := i*from, (i+1)*from
	first, last := lo/to, (hi-1)/to
	return span{first, last - first + 1, uint64(min((first+1)*to, hi) - lo), uint64(hi - last*to)}
}

func spansOf(from, to int) []span {
	all := make([]span, to)
	for i := range all {
		all[i] = spanOf(from, to, i)
	}
	return all
}

// weight is the length of the k-th source pixel in a span of one of to target pixels.
func (s span) weight(k, to int) uint64 {
	switch k {
	case 0:
		return s.head
	case s.n - 1:
		return s.tail
	}
	return uint64(to)
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
