// Package outline traces the outlines of the regions of a label image along the edges of its pixels.
//
// A region is a 4-connected piece of one class; its outline is closed, runs from pixel corner to pixel corner, and
// never crosses itself. Two regions that share a border share its corners, so that polygons neither overlap nor
// leave gaps.
package outline

import (
	"context"
	"fmt"

	"explant/volume"
	"explant/volume/label"
	"explant/volume/parallel"
)

// Point is a corner of pixels: (0, 0) is that of the first one.
type Point struct{ X, Y int }

// Polygon is the outline of a region, clockwise as the picture is seen, and those of the holes in it, the other way
// round. Points in line are left out, and the first is not repeated.
type Polygon struct {
	Outer []Point
	Holes [][]Point
	Area  int64 // pixels, holes not counted
}

// Trace gives the regions of a class with at least so many pixels, in the order of their first pixels. l has one
// slice.
func Trace(ctx context.Context, l *volume.Labels, class uint8, least int64, o parallel.Options) ([]Polygon, error) {
	if l.N[2] != 1 {
		return nil, fmt.Errorf("outlines of %d slices: one is wanted", l.N[2])
	}
	pieces, all, err := label.Components(ctx, l, label.Of(class), 6, o, parallel.Discard{})
	if err != nil {
		return nil, err
	}
	t := tracer{w: l.N[0], h: l.N[1], of: pieces.Data, seen: make([]bool, len(pieces.Data))}
	polygons := make([]Polygon, len(all))
	for i, n := range t.of {
		if n == 0 || t.seen[i] || t.at(i%t.w, i/t.w-1) == n || all[n-1].Count < least {
			continue
		}
		loop := t.loop(i%t.w, i/t.w, n)
		p := &polygons[n-1]
		if p.Area = all[n-1].Count; turned(loop) > 0 {
			p.Outer = loop
		} else {
			p.Holes = append(p.Holes, loop)
		}
	}
	kept := polygons[:0]
	for _, p := range polygons {
		if len(p.Outer) > 0 {
			kept = append(kept, p)
		}
	}
	return kept, ctx.Err()
}

// tracer walks along the edges of numbered regions.
type tracer struct {
	w, h int
	of   []uint32
	seen []bool // upper edges of pixels that were walked along
}

func (t *tracer) at(x, y int) uint32 {
	if x < 0 || y < 0 || x >= t.w || y >= t.h {
		return 0
	}
	return t.of[y*t.w+x]
}

// Headings: right, down, left, up. The region lies to the right hand.
var steps = [4]Point{{1, 0}, {0, 1}, {-1, 0}, {0, -1}}

// ahead are the pixels to the left and to the right of the way on from a corner, by heading.
var ahead = [4][2]Point{{{0, -1}, {0, 0}}, {{0, 0}, {-1, 0}}, {{-1, 0}, {-1, -1}}, {{-1, -1}, {0, -1}}}

// loop walks round region n from the upper edge of its pixel (x, y).
func (t *tracer) loop(x, y int, n uint32) []Point {
	p, heading := Point{x, y}, 0
	corners := []Point{p}
	for {
		if heading == 0 {
			t.seen[p.Y*t.w+p.X] = true
		}
		p = Point{p.X + steps[heading].X, p.Y + steps[heading].Y}
		left, right := ahead[heading][0], ahead[heading][1]
		next := heading
		switch {
		case t.at(p.X+right.X, p.Y+right.Y) != n:
			next = (heading + 1) % 4
		case t.at(p.X+left.X, p.Y+left.Y) == n:
			next = (heading + 3) % 4
		}
		if p == corners[0] && next == 0 {
			return corners
		}
		if next != heading {
			corners = append(corners, p)
		}
		heading = next
	}
}

// turned is twice the area within a loop, negative where it runs counterclockwise as the picture is seen.
func turned(loop []Point) int {
	sum := 0
	for i, a := range loop {
		b := loop[(i+1)%len(loop)]
		sum += a.X*b.Y - a.Y*b.X
	}
	return sum
}
