package classify

import (
	"math"
	"slices"
)

// Shape is what a person drew, in pixels of the full image; (0, 0) is the corner of its first pixel.
type Shape struct {
	Polygons [][][][2]float64 // each an outline and its holes
	Lines    [][][2]float64
	Points   [][2]float64
	Ellipse  bool // the polygon stands for the ellipse in its box
	Z        int  // slice of a volume
}

// strokeReach is how near the middle of a pixel must be to a line to belong to it.
const strokeReach = 0.75

// Each calls f for every pixel of the shape inside an image of w x h pixels, row by row, each pixel once.
func (s Shape) Each(w, h int, f func(x, y int)) {
	if len(s.Polygons) == 0 {
		for _, at := range s.strokes(w, h) {
			f(at%w, at/w)
		}
		return
	}
	x0, y0, x1, y1 := s.bounds()
	left, right := clamped(x0-1, w), clamped(x1+1, w)
	var crossings []float64
	for y := clamped(y0-1, h); y < clamped(y1+1, h); y++ {
		if s.Ellipse {
			for x := left; x < right; x++ {
				if s.Contains(x, y) {
					f(x, y)
				}
			}
			continue
		}
		crossings = s.crossings(crossings[:0], float64(y)+0.5)
		for k := 0; k+1 < len(crossings); k += 2 {
			for x := clamped(math.Ceil(crossings[k]-0.5), w); x < w && float64(x)+0.5 < crossings[k+1]; x++ {
				f(x, y)
			}
		}
	}
}

// clamped is a coordinate as a whole number from 0 to n.
func clamped(v float64, n int) int { return int(min(max(v, 0), float64(n))) }

// strokes are the pixels of lines and points, as x + w*y, sorted.
func (s Shape) strokes(w, h int) []int {
	var all []int
	for _, l := range s.Lines {
		for i := 1; i < len(l); i++ {
			Shape{Lines: [][][2]float64{l[i-1 : i+1]}}.alongLine(w, h, &all)
		}
	}
	for _, p := range s.Points {
		if x, y := math.Floor(p[0]), math.Floor(p[1]); x >= 0 && y >= 0 && x < float64(w) && y < float64(h) {
			all = append(all, int(x)+w*int(y))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// strokePiece is the length of the pieces in whose boxes the pixels of a line are looked for.
const strokePiece = 16.0

// alongLine appends the pixels of a shape that is one straight line.
func (s Shape) alongLine(w, h int, all *[]int) {
	a, b := s.Lines[0][0], s.Lines[0][1]
	pieces := max(math.Ceil(math.Hypot(b[0]-a[0], b[1]-a[1])/strokePiece), 1)
	if pieces > float64(w+h) { // longer than the image by far: only what lies inside matters
		pieces = float64(w + h)
	}
	at := func(k float64) (x, y float64) {
		return a[0] + float64(k/pieces*(b[0]-a[0])), a[1] + float64(k/pieces*(b[1]-a[1]))
	}
	for k := 0.0; k < pieces; k++ {
		x0, y0 := at(k)
		x1, y1 := at(k + 1)
		for y := clamped(min(y0, y1)-2, h); y < clamped(max(y0, y1)+2, h); y++ {
			for x := clamped(min(x0, x1)-2, w); x < clamped(max(x0, x1)+2, w); x++ {
				if s.Contains(x, y) {
					*all = append(*all, x+w*y)
				}
			}
		}
	}
}

// crossings are where outlines cross the height y, sorted.
func (s Shape) crossings(at []float64, y float64) []float64 {
	for _, p := range s.Polygons {
		for _, ring := range p {
			for i, a := range ring {
				b := ring[(i+1)%len(ring)]
				if (a[1] <= y) != (b[1] <= y) {
					at = append(at, a[0]+float64((y-a[1])/(b[1]-a[1])*(b[0]-a[0])))
				}
			}
		}
	}
	slices.Sort(at)
	return at
}

// Contains says whether the middle of a pixel lies in the shape.
func (s Shape) Contains(x, y int) bool {
	px, py := float64(x)+0.5, float64(y)+0.5
	if s.Ellipse {
		x0, y0, x1, y1 := s.bounds()
		u, v := (2*px-x0-x1)/(x1-x0), (2*py-y0-y1)/(y1-y0)
		return float64(u*u)+float64(v*v) <= 1
	}
	if len(s.Polygons) > 0 {
		left := 0
		for _, c := range s.crossings(nil, py) {
			if c <= px {
				left++
			}
		}
		return left%2 == 1
	}
	for _, l := range s.Lines {
		for i := 1; i < len(l); i++ {
			if near(px, py, l[i-1], l[i]) {
				return true
			}
		}
	}
	for _, p := range s.Points {
		if int(math.Floor(p[0])) == x && int(math.Floor(p[1])) == y {
			return true
		}
	}
	return false
}

// near says whether a place is within the reach of a stroke of the line from a to b.
func near(x, y float64, a, b [2]float64) bool {
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if l := float64(dx*dx) + float64(dy*dy); l > 0 {
		t = min(max((float64((x-a[0])*dx)+float64((y-a[1])*dy))/l, 0), 1)
	}
	u, v := x-a[0]-float64(t*dx), y-a[1]-float64(t*dy)
	return float64(u*u)+float64(v*v) <= strokeReach*strokeReach
}

// bounds is the box around the shape.
func (s Shape) bounds() (x0, y0, x1, y1 float64) {
	x0, y0, x1, y1 = math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	take := func(points [][2]float64) {
		for _, p := range points {
			x0, y0, x1, y1 = min(x0, p[0]), min(y0, p[1]), max(x1, p[0]), max(y1, p[1])
		}
	}
	for _, p := range s.Polygons {
		for _, ring := range p {
			take(ring)
		}
	}
	for _, l := range s.Lines {
		take(l)
	}
	take(s.Points)
	return x0, y0, x1, y1
}
