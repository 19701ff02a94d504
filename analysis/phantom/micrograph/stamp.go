package micrograph

import "math/bits"

// A pixel is painted through 4 x 4 samples; samples is a set of them, bit i + 4j for sample (i, j).
type samples = uint16

const (
	side       = 4
	allSamples = side * side
	full       = samples(0xffff)
	corner     = 0.7072 // from the centre of a pixel
)

func count(s samples) int { return bits.OnesCount16(s) }

// most tells whether a pixel belongs to what covers these samples of it: more than half of them. Of pixels
// of which just half is covered every other one belongs, as on a chessboard, so that labels are not too
// large on the whole.
func most(s samples, x, y int) bool {
	n := 2 * count(s)
	return n > allSamples || n == allSamples && (x+y)&1 == 0
}

// stamp is the part of an object in a band of rows: which samples of each pixel it covers, and how thick it
// is there on average over the pixel. Shapes of one object do not add up: the thickest one counts.
type stamp struct {
	x0, y0, w, h int
	covers       []samples
	thick        []float32
}

// cut makes s the part of the shapes within columns [0, width) and rows [y0, y1); false when there is none.
func (s *stamp) cut(shapes []shape, around box, width, y0, y1 int) bool {
	x0, x1 := max(floor(around.lo.x), 0), min(floor(around.hi.x)+1, width)
	y0, y1 = max(floor(around.lo.y), y0), min(floor(around.hi.y)+1, y1)
	if x0 >= x1 || y0 >= y1 {
		return false
	}
	s.x0, s.y0, s.w, s.h = x0, y0, x1-x0, y1-y0
	n := s.w * s.h
	if cap(s.covers) < n {
		s.covers, s.thick = make([]samples, n), make([]float32, n)
	}
	s.covers, s.thick = s.covers[:n], s.thick[:n]
	clear(s.covers)
	clear(s.thick)
	for _, sh := range shapes {
		s.add(sh)
	}
	return true
}

func (s *stamp) add(sh shape) {
	b := sh.bounds()
	for y := max(floor(b.lo.y), s.y0); y < min(floor(b.hi.y)+1, s.y0+s.h); y++ {
		for x := max(floor(b.lo.x), s.x0); x < min(floor(b.hi.x)+1, s.x0+s.w); x++ {
			i := (y-s.y0)*s.w + x - s.x0
			c, t := cover(sh, x, y)
			s.covers[i] |= c
			s.thick[i] = max(s.thick[i], t)
		}
	}
}

// cover is how a shape covers a pixel: its samples, and the mean thickness over all of them.
func cover(sh shape, x, y int) (samples, float32) {
	inside, thick := sh.at(point{float64(x) + 0.5, float64(y) + 0.5})
	switch {
	case inside <= -corner:
		return 0, 0
	case inside >= 2*corner:
		return full, float32(thick)
	}
	var c samples
	sum := 0.0
	for k := range allSamples {
		p := point{float64(x) + (float64(k%side)+0.5)/side, float64(y) + (float64(k/side)+0.5)/side}
		if in, t := sh.at(p); in > 0 {
			c |= 1 << k
			sum += t
		}
	}
	return c, float32(sum / allSamples)
}

func floor(v float64) int {
	i := int(v)
	if float64(i) > v {
		i--
	}
	return i
}
