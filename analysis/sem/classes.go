package sem

import (
	"image"
	"math"

	"explant/analysis/result"
)

// Values of the label image.
const (
	glassValue uint8 = iota
	barValue
	burntValue
	voidValue
	fibrinValue
	measuredValue
	plateletValue
	cellValue
	unclassifiedValue
)

// Classes lists the values of the label image. Colours of Okabe and Ito 2008, far from each other also for the colour blind.
func Classes() []result.Class {
	return []result.Class{
		{Value: glassValue, Name: "excluded:glass", Color: "#000000"},
		{Value: barValue, Name: "excluded:databar", Color: "#7f7f7f"},
		{Value: burntValue, Name: "excluded:artefact", Color: "#b3b3b3"},
		{Value: voidValue, Name: "void", Color: "#0072b2"},
		{Value: fibrinValue, Name: "fibrin", Color: "#e69f00"},
		{Value: measuredValue, Name: "fibrin:measured", Color: "#009e73"},
		{Value: plateletValue, Name: "platelet", Color: "#56b4e9"},
		{Value: cellValue, Name: "cell", Color: "#d55e00"},
		{Value: unclassifiedValue, Name: "unclassified", Color: "#cc79a7"},
	}
}

// labels paints the picture: its data bar, and the classes of the field.
func (s *scene) labels(w, h int) []uint8 {
	out := make([]uint8, w*h)
	for i := range out {
		out[i] = barValue
	}
	marked := s.measured()
	for y := range s.p.H {
		for x := range s.p.W {
			i := y*s.p.W + x
			v := s.class[i]
			if v == fibrinValue && marked[i] {
				v = measuredValue
			}
			out[(y+s.rect.Min.Y)*w+x+s.rect.Min.X] = v
		}
	}
	return out
}

// measured are the places where fibres were measured: as long as the course that was looked at, as wide as found.
func (s *scene) measured() []bool {
	out := make([]bool, len(s.class))
	for _, f := range s.fibres {
		sin, cos := math.Sincos(f.angle)
		reach := int(f.px*0.75) + 2
		around := image.Rect(int(f.x)-reach, int(f.y)-reach, int(f.x)+reach+1, int(f.y)+reach+1).Intersect(image.Rect(0, 0, s.p.W, s.p.H))
		for y := around.Min.Y; y < around.Max.Y; y++ {
			for x := around.Min.X; x < around.Max.X; x++ {
				u, v := float64(x)-f.x, float64(y)-f.y
				if math.Abs(u*cos+v*sin) <= f.px*alongWidths/2 && math.Abs(v*cos-u*sin) <= f.px/2 {
					out[y*s.p.W+x] = true
				}
			}
		}
	}
	return out
}
