package screen

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"golang.org/x/image/vector"
)

// Point is a place in a frame.
type Point struct{ X, Y float64 }

// Fill paints a rectangle, blending where c is not opaque.
func Fill(dst *image.RGBA, r image.Rectangle, c color.Color) {
	draw.Draw(dst, r, image.NewUniform(c), image.Point{}, draw.Over)
}

// Frame draws the border of a rectangle, width pixels inside it.
func Frame(dst *image.RGBA, r image.Rectangle, width int, c color.Color) {
	Fill(dst, image.Rect(r.Min.X, r.Min.Y, r.Max.X, r.Min.Y+width), c)
	Fill(dst, image.Rect(r.Min.X, r.Max.Y-width, r.Max.X, r.Max.Y), c)
	Fill(dst, image.Rect(r.Min.X, r.Min.Y+width, r.Min.X+width, r.Max.Y-width), c)
	Fill(dst, image.Rect(r.Max.X-width, r.Min.Y+width, r.Max.X, r.Max.Y-width), c)
}

// Area fills the inside of rings; a ring that runs the other way round is a hole.
func Area(dst *image.RGBA, rings [][]Point, c color.Color) {
	box := bounds(rings, 1).Intersect(dst.Rect)
	if box.Empty() {
		return
	}
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	for _, ring := range rings {
		path(z, ring, box.Min, true)
	}
	z.Draw(dst, box, image.NewUniform(c), image.Point{})
}

// Line draws a line of a width in pixels along points; closed joins its ends.
func Line(dst *image.RGBA, points []Point, closed bool, width float64, c color.Color) {
	box := bounds([][]Point{points}, width).Intersect(dst.Rect)
	if box.Empty() || len(points) == 0 {
		return
	}
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	n := len(points) - 1
	if closed {
		n++
	}
	reach := image.Rect(box.Min.X-2, box.Min.Y-2, box.Max.X+2, box.Max.Y+2)
	for i := range n {
		segment(z, points[i], points[(i+1)%len(points)], width/2, box.Min, reach)
	}
	if n == 0 {
		Dot(dst, points[0], width/2, c)
		return
	}
	z.Draw(dst, box, image.NewUniform(c), image.Point{})
}

// segment adds a thick line; its ends reach half its width further, so that corners close.
func segment(z *vector.Rasterizer, a, b Point, half float64, origin image.Point, reach image.Rectangle) {
	if max(a.X, b.X)+half < float64(reach.Min.X) || min(a.X, b.X)-half > float64(reach.Max.X) ||
		max(a.Y, b.Y)+half < float64(reach.Min.Y) || min(a.Y, b.Y)-half > float64(reach.Max.Y) {
		return
	}
	dx, dy := b.X-a.X, b.Y-a.Y
	length := math.Hypot(dx, dy)
	if length == 0 {
		dx, dy, length = 1, 0, 1
	}
	dx, dy = dx/length*half, dy/length*half
	end := 0.3
	path(z, []Point{
		{a.X - dx*end - dy, a.Y - dy*end + dx}, {b.X + dx*end - dy, b.Y + dy*end + dx},
		{b.X + dx*end + dy, b.Y + dy*end - dx}, {a.X - dx*end + dy, a.Y - dy*end - dx},
	}, origin, true)
}

// Dot draws a disc.
func Dot(dst *image.RGBA, at Point, radius float64, c color.Color) {
	Area(dst, [][]Point{Circle(at, radius)}, c)
}

// Circle is a ring of points around a place.
func Circle(at Point, radius float64) []Point {
	n := max(12, min(int(radius), 96))
	ring := make([]Point, n)
	for i := range ring {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		ring[i] = Point{at.X + radius*cos, at.Y + radius*sin}
	}
	return ring
}

// path adds a ring. Coordinates are kept near the box: the rasterizer takes single precision.
func path(z *vector.Rasterizer, ring []Point, origin image.Point, closed bool) {
	const far = 1 << 15
	for i, p := range ring {
		x := float32(min(max(p.X-float64(origin.X), -far), far))
		y := float32(min(max(p.Y-float64(origin.Y), -far), far))
		if i == 0 {
			z.MoveTo(x, y)
		} else {
			z.LineTo(x, y)
		}
	}
	if closed {
		z.ClosePath()
	}
}

// bounds is the box of pixels around rings with a margin.
func bounds(rings [][]Point, margin float64) image.Rectangle {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, ring := range rings {
		for _, p := range ring {
			x0, y0, x1, y1 = min(x0, p.X), min(y0, p.Y), max(x1, p.X), max(y1, p.Y)
		}
	}
	if x0 > x1 {
		return image.Rectangle{}
	}
	const far = 1 << 20
	limit := func(v float64) int { return int(math.Floor(min(max(v, -far), far))) }
	return image.Rect(limit(x0-margin), limit(y0-margin), limit(x1+margin)+1, limit(y1+margin)+1)
}
