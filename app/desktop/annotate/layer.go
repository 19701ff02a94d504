package annotate

import (
	"cmp"
	"context"
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"
	"strings"
	"sync/atomic"

	"explant/app/desktop/screen"
	"explant/app/desktop/tiles"
	"explant/app/desktop/viewport"
	"explant/io/geojson"
	"explant/volume/render"
)

// finest is the downsample of the finest tiles of drawn objects: their lines stay sharp when the image
// is enlarged.
const finest = 1.0 / 16

// The look of objects on tiles: the width of lines in pixels and the opacity of areas of 255.
const (
	lineWidth = 2.0
	areaAlpha = 46
	reach     = 2*lineWidth + 1 // of lines, dots and spots beyond their places
)

// layer makes tiles of the objects on one sheet of a book: that of a slide, or one slice after another of
// a volume across one axis.
type layer struct {
	book   *Book
	levels []tiles.Level
	axis   render.Axis
	slice  atomic.Int64
	turn   func(geojson.Point, viewport.Sheet) geojson.Point // between places of a sheet and of its picture
}

// newLayer covers pictures of w x h pixels.
func newLayer(b *Book, a render.Axis, w, h int, turn func(geojson.Point, viewport.Sheet) geojson.Point) *layer {
	l := &layer{book: b, axis: a, turn: turn}
	for d := finest; ; d *= 2 {
		l.levels = append(l.levels, tiles.Level{W: int(float64(w)/d) + 1, H: int(float64(h)/d) + 1, Downsample: d})
		if d >= 1 && max(float64(w), float64(h))/d <= 2*tiles.Side {
			return l
		}
	}
}

// Levels are part of tiles.Source.
func (l *layer) Levels() []tiles.Level { return l.levels }

// Opaque is part of tiles.Source.
func (l *layer) Opaque() bool { return false }

// Tile draws the objects on one tile; one without any is nil.
func (l *layer) Tile(ctx context.Context, k tiles.Key) (*image.RGBA, error) {
	return l.drawn(ctx, k, nil, image.Rect(0, 0, tiles.Side, tiles.Side))
}

// Patch draws the part of a tile in which objects have changed: part of tiles.Patcher.
func (l *layer) Patch(ctx context.Context, k tiles.Key, old *image.RGBA, box tiles.Box) (*image.RGBA, error) {
	d := l.levels[k.Level].Downsample
	x, y := float64(k.X)*tiles.Side, float64(k.Y)*tiles.Side
	limit := func(v float64) int { return int(min(max(v, 0), tiles.Side)) }
	part := image.Rect(limit(math.Floor(box.X0/d-x-reach)), limit(math.Floor(box.Y0/d-y-reach)),
		limit(math.Ceil(box.X1/d-x+reach)), limit(math.Ceil(box.Y1/d-y+reach)))
	out := image.NewRGBA(old.Rect)
	copy(out.Pix, old.Pix)
	draw.Draw(out, part, image.Transparent, image.Point{}, draw.Src)
	return l.drawn(ctx, k, out, part)
}

// drawn draws the objects of a part of a tile on out, which is made where it is nil and something is to be drawn.
func (l *layer) drawn(ctx context.Context, k tiles.Key, out *image.RGBA, part image.Rectangle) (*image.RGBA, error) {
	on := viewport.Sheet{Axis: l.axis, Slice: int(l.slice.Load())}
	d := l.levels[k.Level].Downsample
	x0, y0 := float64(k.X)*tiles.Side*d, float64(k.Y)*tiles.Side*d
	a := l.turn(geojson.Point{x0 + float64(part.Min.X)*d, y0 + float64(part.Min.Y)*d}, on)
	b := l.turn(geojson.Point{x0 + float64(part.Max.X)*d, y0 + float64(part.Max.Y)*d}, on)
	near := l.book.Near(on, Box{a[0], min(a[1], b[1]), b[0], max(a[1], b[1])}, 2*lineWidth*d)
	if len(near) == 0 {
		return out, nil
	}
	largestFirst(near)
	if out == nil {
		out = image.NewRGBA(image.Rect(0, 0, tiles.Side, tiles.Side))
	}
	onto := out.SubImage(part).(*image.RGBA)
	at := func(p geojson.Point) screen.Point {
		p = l.turn(p, on)
		return screen.Point{X: (p[0] - x0) / d, Y: (p[1] - y0) / d}
	}
	for _, o := range near {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !spot(onto, o, at, d) {
			drawObject(onto, o.Object, at, lineWidth, areaAlpha)
		}
	}
	return out, nil
}

// largestFirst sorts objects so that large ones lie below small ones and all can be seen and picked; equal
// ones by their name.
func largestFirst(all []*Drawn) {
	slices.SortFunc(all, func(a, b *Drawn) int {
		return cmp.Or(cmp.Compare(b.Area, a.Area), strings.Compare(a.ID, b.ID))
	})
}

// speck is the size in pixels of a tile below which an area is drawn as a spot of its colour.
const speck = 2.5

// spot draws an area that is a speck; false for what is larger, or no area.
func spot(dst *image.RGBA, o *Drawn, at func(geojson.Point) screen.Point, d float64) bool {
	if len(o.Geometry.Polygons) == 0 || max(o.Box.X1-o.Box.X0, o.Box.Y1-o.Box.Y0) >= speck*d {
		return false
	}
	p := at(geojson.Point{(o.Box.X0 + o.Box.X1) / 2, (o.Box.Y0 + o.Box.Y1) / 2})
	x, y := int(math.Floor(p.X)), int(math.Floor(p.Y))
	screen.Fill(dst, image.Rect(x-1, y-1, x+2, y+2).Intersect(dst.Rect), objectColor(o.Object))
	return true
}

// none is the colour of objects without a class.
var none = [3]uint8{0x9A, 0xA5, 0xB1}

// objectColor is the colour of the class of an object.
func objectColor(o *Object) color.NRGBA {
	c := none
	if o.Color != nil {
		c = *o.Color
	}
	return color.NRGBA{c[0], c[1], c[2], 255}
}

// drawObject draws areas filled thinly with an outline, lines, and points as discs.
func drawObject(dst *image.RGBA, o *Object, at func(geojson.Point) screen.Point, width float64, alpha uint8) {
	c := objectColor(o)
	thin := c
	thin.A = alpha
	for _, p := range o.Geometry.Polygons {
		var rings [][]screen.Point
		for i, ring := range p {
			points := along(ring, at)
			if i > 0 && (signed(ring) > 0) == (signed(p[0]) > 0) {
				slices.Reverse(points) // a hole runs the other way round
			}
			rings = append(rings, points)
		}
		screen.Area(dst, rings, thin)
		for _, ring := range rings {
			screen.Line(dst, ring, true, width, c)
		}
	}
	for _, l := range o.Geometry.Lines {
		screen.Line(dst, along(l, at), false, width, c)
	}
	for _, p := range o.Geometry.Points {
		screen.Dot(dst, at(p), 2*width, c)
	}
}

func along(points []geojson.Point, at func(geojson.Point) screen.Point) []screen.Point {
	out := make([]screen.Point, len(points))
	for i, p := range points {
		out[i] = at(p)
	}
	return out
}
