package fluorescence

import "image"

// spot is where a part of a field lies on the slide that it was cut from.
type spot struct {
	in    image.Rectangle // the part
	from  image.Point     // its first pixel on the slide
	slide image.Point     // width and height of the slide
}

// spots are the parts of a field, which is one where it is the slide.
func (k cleaner) spots() []spot {
	if k.of != nil {
		return k.of
	}
	n := image.Pt(k.Grid.N[0], k.Grid.N[1])
	return []spot{{in: image.Rectangle{Max: n}, slide: n}}
}

// middle is the middle of a block of the part, in widths and heights of the slide.
func (s spot) middle(b image.Rectangle) [2]float64 {
	off := s.from.Sub(s.in.Min)
	return [2]float64{float64(b.Min.X+b.Max.X+2*off.X) / 2 / float64(s.slide.X), float64(b.Min.Y+b.Max.Y+2*off.Y) / 2 / float64(s.slide.Y)}
}
