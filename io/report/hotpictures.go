package report

import (
	"fmt"
	"image"
	"image/color"
	"math"

	"explant/analysis/result"
	"explant/volume/render"
)

// hotOpacity is that of the colour of the most crowded cell over the deposit.
const hotOpacity = 0.75

// outline surrounds hot spots.
var outline = color.NRGBA{0xff, 0xff, 0xff, 255}

// HotPictures are where the deposit is crowded, one picture an axis, and what they mean.
type HotPictures struct {
	Pictures []Picture
	Scale    Scale
	Note     string
}

// paintHot draws how crowded cells are over the deposit along the line of sight: the most crowded cell of each
// line, and around hot spots an outline.
func (s *sheet[T]) paintHot(out *Pictures) error {
	m := s.o.Hot
	if m == nil || len(m.Cells) == 0 || m.N != s.labels.N || s.depth[0] == nil {
		return nil
	}
	most, hot := 0.0, 0
	for _, c := range m.Cells {
		most = max(most, c.Z)
		if c.Hot {
			hot++
		}
	}
	if most <= 0 {
		return nil
	}
	out.Hot = HotPictures{Scale: Scale{Colors: ramp(), Most: math.Round(10*most) / 10}, Note: hotNote(m, hot)}
	for _, axis := range []render.Axis{render.Z, render.Y, render.X} {
		file, err := encodeJPEG(s.hotPlane(m, axis, most))
		if err != nil {
			return err
		}
		p := s.frame(axis)
		p.Base, p.Label = file, "Along "+axis.String()
		p.Alt = fmt.Sprintf("How crowded deposit is, looking along %v: G* up to %.1f, %d hot cells of %s mm", axis, most, hot, free(m.CellMM))
		out.Hot.Pictures = append(out.Hot.Pictures, p)
	}
	return nil
}

func hotNote(m *result.HotMap, hot int) string {
	note := fmt.Sprintf("Colour: G* of Getis and Ord, the highest along the line of sight, of cells of %s mm with their neighbours, over the deposit in grey. ", free(m.CellMM))
	if hot == 0 {
		return note + "No cell is a hot spot: none is more crowded than pieces thrown anywhere would make it."
	}
	return note + "Outlined: hot spots, more crowded than pieces thrown anywhere would make them."
}

// hotPlane is the picture along an axis.
func (s *sheet[T]) hotPlane(m *result.HotMap, axis render.Axis, most float64) *image.NRGBA {
	width, height := render.PlaneSize(s.labels.Grid, axis)
	w, h := fitted(width, mapSide, width, height), fitted(height, mapSide, width, height)
	root, top := make([]float64, len(s.depth[axis])), 1.0
	for i, d := range s.depth[axis] {
		root[i] = math.Sqrt(d)
		top = max(top, root[i])
	}
	ground := render.Shrink(render.Grey(root, width, height, render.Window{High: top}), w, h)
	z, hot := make([]float64, w*h), make([]bool, w*h)
	for _, c := range m.Cells {
		x0, x1, y0, y1 := s.onPlane(c, axis)
		for y := y0 * h / height; y < y1*h/height; y++ {
			for x := x0 * w / width; x < x1*w/width; x++ {
				z[x+w*y] = max(z[x+w*y], c.Z)
				hot[x+w*y] = hot[x+w*y] || c.Hot
			}
		}
	}
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	for i := range z {
		x, y := i%w, i/w
		out.SetNRGBA(x, y, over(ground.GrayAt(x, y).Y, max(z[i], 0)/most))
		if hot[i] && rim(hot, w, h, x, y) {
			out.SetNRGBA(x, y, outline)
		}
	}
	return out
}

// onPlane is the rectangle of a cell in the picture along an axis: z grows upwards there.
func (s *sheet[T]) onPlane(c result.HotCell, axis render.Axis) (x0, x1, y0, y1 int) {
	nz := s.labels.N[2]
	switch axis {
	case render.X:
		return c.Min[1], c.Max[1], nz - c.Max[2], nz - c.Min[2]
	case render.Y:
		return c.Min[0], c.Max[0], nz - c.Max[2], nz - c.Min[2]
	}
	return c.Min[0], c.Max[0], c.Min[1], c.Max[1]
}

// over lays the colour of a share of the scale over a grey.
func over(grey uint8, share float64) color.NRGBA {
	c, a := render.RampColor(render.Heat, share), hotOpacity*share
	mix := func(v uint8) uint8 { return uint8((1-a)*0.7*float64(grey) + a*float64(v)) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 255}
}

// rim reports a pixel of a hot spot within two pixels of one that is not.
func rim(hot []bool, w, h, x, y int) bool {
	for d := 1; d <= 2; d++ {
		for _, p := range [4][2]int{{x - d, y}, {x + d, y}, {x, y - d}, {x, y + d}} {
			if p[0] < 0 || p[0] >= w || p[1] < 0 || p[1] >= h || !hot[p[0]+w*p[1]] {
				return true
			}
		}
	}
	return false
}

// ramp is the colours of Heat, evenly spaced.
func ramp() (colors []string) {
	for i := range 9 {
		c := render.RampColor(render.Heat, float64(i)/8)
		colors = append(colors, fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B))
	}
	return colors
}
