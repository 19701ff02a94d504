package pipeline

import (
	"image"
	"sync"

	"explant/io/open"
)

// watched is a picture that fills an overview while it is read for the first time.
type watched struct {
	*open.Picture
	view *overview
	mu   sync.Mutex
	part map[image.Point]light // overview pixels that several tiles share, until all have come
}

// light is the sum of pixels.
type light struct{ r, g, b, n uint32 }

func newWatched(src *open.Picture, view *overview) *watched {
	return &watched{Picture: src, view: view, part: map[image.Point]light{}}
}

// Watch takes the pixels of the tile r, row by row.
func (w *watched) Watch(r image.Rectangle, px []uint8) {
	step := w.view.step
	for y := r.Min.Y / step; y*step < r.Max.Y; y++ {
		for x := r.Min.X / step; x*step < r.Max.X; x++ {
			box := image.Rect(x*step, y*step, min((x+1)*step, w.view.size.X), min((y+1)*step, w.view.size.Y))
			part := box.Intersect(r)
			l := lightOf(px, r, part)
			if part != box {
				l = w.join(image.Pt(x, y), l, uint32(box.Dx()*box.Dy()))
			}
			if int(l.n) == box.Dx()*box.Dy() {
				w.view.set(x, y, l)
			}
		}
	}
}

// join adds a part of an overview pixel of n pixels to those that have come.
func (w *watched) join(at image.Point, l light, n uint32) light {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.part[at]
	l = light{l.r + p.r, l.g + p.g, l.b + p.b, l.n + p.n}
	if l.n < n {
		w.part[at] = l
	} else {
		delete(w.part, at)
	}
	return l
}

// lightOf sums the pixels of part of the tile r.
func lightOf(px []uint8, r, part image.Rectangle) light {
	l := light{n: uint32(part.Dx() * part.Dy())}
	for y := part.Min.Y; y < part.Max.Y; y++ {
		for row := px[3*((y-r.Min.Y)*r.Dx()+part.Min.X-r.Min.X):][:3*part.Dx()]; len(row) >= 3; row = row[3:] {
			l.r, l.g, l.b = l.r+uint32(row[0]), l.g+uint32(row[1]), l.b+uint32(row[2])
		}
	}
	return l
}

// set gives an overview pixel the mean light. Different pixels may be set at the same time.
func (v *overview) set(x, y int, l light) {
	out := v.rgb.Pix[v.rgb.PixOffset(x, y):][:4]
	out[0], out[1], out[2], out[3] = uint8((l.r+l.n/2)/l.n), uint8((l.g+l.n/2)/l.n), uint8((l.b+l.n/2)/l.n), 255
}
