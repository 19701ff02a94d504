package render

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"math/bits"
)

// Shares are pictures of w x h pixels, no larger than the labels, of the exact share of each pixel that each class
// covers, 255 for all of it; nil for a class that does not occur.
func Shares(labels []uint8, width, height, w, h int) *[256]*image.Gray {
	s := shares{columns: spansOf(width, w), width: width, w: w, area: uint64(width) * uint64(height)}
	white := bytes.Repeat([]byte{255}, w)
	for y := range h {
		rows := spanOf(height, h, y)
		for x := 0; x < w; {
			c := s.columns[x]
			at := rows.first*width + c.first
			n := run(labels[at:], width, width-c.first, rows.n)
			end := (c.first + n) * w / width // of the pixels that end in the run
			if end > x {
				copy(s.of(labels[at], h).Pix[y*w+x:y*w+end], white)
			} else {
				s.mix(labels[at:], c, rows, h, y*w+x)
				end = x + 1
			}
			x = end
		}
	}
	return &s.out
}

// shares are the pictures of [Shares] while they are made.
type shares struct {
	columns  []span
	width, w int
	area     uint64
	sums     [256]uint64
	out      [256]*image.Gray
}

func (s *shares) of(class uint8, h int) *image.Gray {
	if s.out[class] == nil {
		s.out[class] = image.NewGray(image.Rect(0, 0, s.w, h))
	}
	return s.out[class]
}

// run is how many of the first n pixels of a row are of one class, in all of so many rows.
func run(labels []uint8, width, n, rows int) int {
	class := uint64(labels[0]) * 0x0101010101010101
	for k := range rows {
		row, i := labels[k*width:][:n], 0
		for ; i+8 <= n; i += 8 {
			if d := binary.LittleEndian.Uint64(row[i:]) ^ class; d != 0 {
				n = i + bits.TrailingZeros64(d)/8
			}
		}
		for i < n && row[i] == uint8(class) {
			i++
		}
		n = min(n, i)
	}
	return n
}

// mix shares pixel i among the classes that lie in it.
func (s *shares) mix(labels []uint8, across, rows span, h, i int) {
	for k := range rows.n {
		for j, c := range labels[k*s.width:][:across.n] {
			s.sums[c] += 255 * rows.weight(k, h) * across.weight(j, s.w)
		}
	}
	for k := range rows.n {
		for _, c := range labels[k*s.width:][:across.n] {
			if sum := s.sums[c]; sum > 0 {
				s.of(c, h).Pix[i], s.sums[c] = uint8((sum+s.area/2)/s.area), 0
			}
		}
	}
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
