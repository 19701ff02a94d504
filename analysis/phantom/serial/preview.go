package serial

import (
	"image"
	"image/color"
	"image/draw"
)

// Montage puts the sections side by side, four in a row, each so small that no side exceeds side; the place
// of a lost one is grey.
func Montage(sections []*image.RGBA, w, h, side int) *image.RGBA {
	const across, margin = 4, 4
	step := max((max(w, h)+side-1)/side, 1)
	sw, sh := (w+step-1)/step, (h+step-1)/step
	rows := (len(sections) + across - 1) / across
	out := image.NewRGBA(image.Rect(0, 0, min(across, len(sections))*(sw+margin), rows*(sh+margin)))
	draw.Draw(out, out.Rect, image.NewUniform(color.Gray{160}), image.Point{}, draw.Src)
	for k, s := range sections {
		if s == nil {
			continue
		}
		x0, y0 := k%across*(sw+margin), k/across*(sh+margin)
		for y := range sh {
			for x := range sw {
				out.SetRGBA(x0+x, y0+y, mean(s, x*step, y*step, step))
			}
		}
	}
	return out
}

// mean is the mean colour of a block of pixels, or of what an edge leaves of it.
func mean(s *image.RGBA, x0, y0, step int) color.RGBA {
	var sum [3]int
	n := 0
	for y := y0; y < min(y0+step, s.Rect.Max.Y); y++ {
		for x := x0; x < min(x0+step, s.Rect.Max.X); x++ {
			p := s.Pix[y*s.Stride+4*x:]
			sum[0], sum[1], sum[2] = sum[0]+int(p[0]), sum[1]+int(p[1]), sum[2]+int(p[2])
			n++
		}
	}
	return color.RGBA{uint8(sum[0] / n), uint8(sum[1] / n), uint8(sum[2] / n), 255}
}
