package tiles

import (
	"encoding/binary"
	"image"
	"slices"
)

// sampler reads a tile at places that advance by dx and dy of its pixels.
type sampler struct {
	src          *image.RGBA
	x, y, dx, dy float64 // of the first place, in pixels of the tile
}

// enlarged is the step below which pixels are shown as they are, so that single ones can be judged.
const enlarged = 0.5

// draw fills at of dst, or blends with what is there.
func (s sampler) draw(dst *image.RGBA, at image.Rectangle, opacity float64, blend bool) {
	exact := s.dx > 0.999 && s.dx < 1.001 || s.dx < enlarged
	w, h := s.src.Rect.Dx(), s.src.Rect.Dy()
	columns := make([]int32, at.Dx()) // of the left pixel, times 256
	for i := range columns {
		x := s.x + float64(i)*s.dx
		if exact {
			x = float64(int(x + 0.5))
		}
		columns[i] = int32(min(max(x, 0), float64(w-1)) * 256)
	}
	row := make([]uint8, 4*at.Dx())
	for y := at.Min.Y; y < at.Max.Y; y++ {
		sy := s.y + float64(y-at.Min.Y)*s.dy
		if exact {
			sy = float64(int(sy + 0.5))
		}
		v := int(min(max(sy, 0), float64(h-1)) * 256)
		out := dst.Pix[dst.PixOffset(at.Min.X, y):][:4*at.Dx()]
		to := out
		if blend {
			to = row
		}
		upper := s.src.Pix[(v>>8)*s.src.Stride:][:4*w]
		if exact {
			copyRow(to, upper, columns)
		} else {
			lower := s.src.Pix[min(v>>8+1, h-1)*s.src.Stride:][:4*w]
			mixRow(to, upper, lower, columns, uint32(v&255))
		}
		if blend {
			over(out, row, uint32(opacity*256+0.5))
		}
	}
}

// copyRow takes the nearest pixel.
func copyRow(to, from []uint8, columns []int32) {
	le := binary.LittleEndian
	for i, c := range columns {
		le.PutUint32(to[4*i:], le.Uint32(from[4*(c>>8):]))
	}
}

// mixRow weighs four pixels; fy is the share of the lower ones in 256. Red and blue travel in one number,
// green and alpha in another, each with 8 bits of room.
func mixRow(to, upper, lower []uint8, columns []int32, fy uint32) {
	const pair = 0x00FF00FF
	last := int32(len(upper)/4 - 1)
	le := binary.LittleEndian
	mix := func(a, b, f uint32) (rb, ga uint32) {
		rb = ((a&pair)*(256-f) + (b&pair)*f) >> 8 & pair
		ga = ((a>>8&pair)*(256-f) + (b>>8&pair)*f) >> 8 & pair
		return rb, ga
	}
	for i, c := range columns {
		fx := uint32(c & 255)
		a, b := 4*(c>>8), 4*min(c>>8+1, last)
		rb, ga := mix(le.Uint32(upper[a:]), le.Uint32(upper[b:]), fx)
		lrb, lga := mix(le.Uint32(lower[a:]), le.Uint32(lower[b:]), fx)
		rb = (rb*(256-fy) + lrb*fy) >> 8 & pair
		ga = (ga*(256-fy) + lga*fy) >> 8 & pair
		le.PutUint32(to[4*i:], rb|ga<<8)
	}
}

// over lays a row with premultiplied alpha on another, at an opacity in 256. Red and blue travel in one number
// as in mixRow; a quotient by 255 of 16 bits is (v + 1 + v>>8) >> 8.
func over(out, row []uint8, opacity uint32) {
	const pair, ones = 0x00FF00FF, 0x00010001
	le := binary.LittleEndian
	for i := 0; i < len(out); i += 4 {
		top := le.Uint32(row[i:])
		a := top >> 24 * opacity >> 8
		if a == 0 {
			continue
		}
		below := le.Uint32(out[i:])
		rb, g := (below&pair)*(255-a), (below>>8&0xFF)*(255-a)
		rb = (rb+ones+rb>>8&pair)>>8&pair + (top&pair)*opacity>>8&pair
		g = (g+1+g>>8)>>8 + (top>>8&0xFF)*opacity>>8
		le.PutUint32(out[i:], 0xFF000000|rb|g<<8)
	}
}

// sortBy sorts keys by a value, ties by their place.
func sortBy(keys []Key, value func(Key) float64) {
	slices.SortStableFunc(keys, func(a, b Key) int {
		va, vb := value(a), value(b)
		switch {
		case va < vb:
			return -1
		case va > vb:
			return 1
		}
		return 0
	})
}
