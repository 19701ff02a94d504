package slide

import (
	"context"
	"fmt"
	"image"
	"sync"

	"explant/analysis/opencv"
)

// Source gives the pixels of a slide. It must be safe for concurrent use.
type Source interface {
	// Size is the width and height in pixels.
	Size() (w, h int)
	// ReadRGB writes the pixels of r, which lies inside the slide, row by row to dst as interleaved
	// 8-bit red, green, blue; len(dst) == 3*r.Dx()*r.Dy().
	ReadRGB(ctx context.Context, r image.Rectangle, dst []uint8) error
}

// Watcher is a [Source] that wants to see each pixel once, as it is, when the slide is read for the first time: for a
// picture of it. Watch may be called from any goroutine; px is valid only until it returns.
type Watcher interface {
	Watch(r image.Rectangle, px []uint8)
}

// Sink receives the class of each pixel of r, row by row. Tiles come one at a time in row-major order,
// each pixel once. labels is valid only until Sink returns.
type Sink func(r image.Rectangle, labels []uint8) error

// tileSize is the side of a tile in pixels. It has no influence on the result.
const tileSize = 512

// tiling cuts a slide of w x h pixels into tiles.
type tiling struct {
	src        Source
	w, h, side int
}

func (t tiling) columns() int { return (t.w + t.side - 1) / t.side }

func (t tiling) count() int { return t.columns() * ((t.h + t.side - 1) / t.side) }

// rect is tile i in row-major order.
func (t tiling) rect(i int) image.Rectangle {
	x, y := i%t.columns()*t.side, i/t.columns()*t.side
	return image.Rect(x, y, min(x+t.side, t.w), min(y+t.side, t.h))
}

// spare holds the memory of tiles that are done: fresh memory for each tile costs more than to decode some.
var spare = sync.Pool{New: func() any { return new([]uint8) }}

// read calls use with the pixels of r as they are. They are valid, and may be written, until it returns.
func (t tiling) read(ctx context.Context, r image.Rectangle, use func(px []uint8) error) error {
	n := 3 * r.Dx() * r.Dy()
	b := spare.Get().(*[]uint8)
	defer spare.Put(b)
	if cap(*b) < n {
		*b = make([]uint8, n)
	}
	px := (*b)[:n]
	if err := t.src.ReadRGB(ctx, r, px); err != nil {
		return fmt.Errorf("read pixels %v: %w", r, err)
	}
	return use(px)
}

// smooth is read after binomial smoothing, which reads a halo of radius pixels.
func (t tiling) smooth(ctx context.Context, r image.Rectangle, radius int, use func(px []uint8) error) error {
	wide := r.Inset(-radius).Intersect(image.Rect(0, 0, t.w, t.h))
	return t.read(ctx, wide, func(px []uint8) error {
		if radius == 0 {
			return use(px)
		}
		m := opencv.Image{W: wide.Dx(), H: wide.Dy(), Channels: 3, Pix: px}
		if err := opencv.Binomial(m, m, radius); err != nil {
			return fmt.Errorf("smooth pixels %v: %w", r, err)
		}
		return use(cropped(px, r, wide))
	})
}

// cropped moves the pixels of r, which lies in wide, to the front.
func cropped(px []uint8, r, wide image.Rectangle) []uint8 {
	n := 3 * r.Dx()
	for y := range r.Dy() { // rows only move towards the front
		from := 3 * ((r.Min.Y-wide.Min.Y+y)*wide.Dx() + r.Min.X - wide.Min.X)
		copy(px[y*n:(y+1)*n], px[from:from+n])
	}
	return px[:n*r.Dy()]
}
